#include "tests/unit/core/tasksimulation.h"

namespace batchyard::executor::core {

namespace {

constexpr qint64 pullMs = 5;
constexpr qint64 createMs = 3;
constexpr qint64 startMs = 2;
constexpr qint64 restartMs = 10;
constexpr qint64 longestRunMs = 100'000'000;

batch::DependencyCondition conditionNamed(const QString &name)
{
    if (name == u"SUCCESS")
        return batch::DependencyCondition::Success;
    return name == u"COMPLETE" ? batch::DependencyCondition::Complete
                               : batch::DependencyCondition::Start;
}

QString kindName(Action::Kind kind)
{
    switch (kind) {
    case Action::Kind::Pull:
        return QStringLiteral("pull");
    case Action::Kind::Create:
        return QStringLiteral("create");
    case Action::Kind::Start:
        return QStringLiteral("start");
    case Action::Kind::Stop:
        return QStringLiteral("stop");
    }
    Q_UNREACHABLE();
}

} // namespace

ContainerRules container(const QString &name, const QStringList &dependsOn)
{
    ContainerRules rules;
    rules.essential = !name.endsWith(u'!');
    rules.name = rules.essential ? name : name.chopped(1);
    for (const QString &dependency : dependsOn)
        rules.dependsOn.append(
            {dependency.section(u' ', 0, 0), conditionNamed(dependency.section(u' ', 1)), {}});
    return rules;
}

TaskSimulation::TaskSimulation(QList<ContainerRules> rules, QList<Behaviour> behaviours)
    : m_rules(std::move(rules))
    , m_behaviours(std::move(behaviours))
    , m_real(m_rules.size())
{
    m_state.containers.resize(m_rules.size());
}

void TaskSimulation::stopAt(int ms, const QString &reason)
{
    at(ms, [this, reason] { m_state = requestStop(m_state, reason); });
}

void TaskSimulation::run()
{
    turn();
    while (!allStopped(m_state) && m_now < longestRunMs) {
        const bool eventIsNext
            = !m_events.empty() && (!m_wakeAt || atMs(m_events.begin()->first) <= *m_wakeAt);
        if (eventIsNext) {
            runNextEvent();
        } else if (m_wakeAt) {
            m_now = m_wakeAt->time_since_epoch().count();
        } else {
            m_violations.append(QStringLiteral("nothing more happens, but the task has not ended"));
            return;
        }
        turn();
    }
}

QStringList TaskSimulation::actions() const
{
    QStringList actions;
    for (const QString &line : m_log)
        actions.append(line.section(u' ', 1));
    return actions;
}

void TaskSimulation::at(qint64 ms, std::function<void()> event)
{
    m_events.emplace(ms, std::move(event));
}

void TaskSimulation::turn()
{
    if (m_restarts && m_restarts())
        restart();
    const Step step = advance(m_rules, m_state, atMs(m_now));
    checkStep(step);
    m_state = step.state;
    m_wakeAt = step.wakeAt;
    for (const Action &action : step.actions) {
        checkAction(action);
        perform(action);
    }
}

void TaskSimulation::runNextEvent()
{
    const auto event = m_events.extract(m_events.begin());
    m_now = event.key();
    event.mapped()();
}

// Docker finishes what it was asked to do while the executor is down. What the runner does on its
// start: no step is in flight, then each container is looked at.
void TaskSimulation::restart()
{
    const qint64 up = m_now + restartMs;
    m_isDown = true;
    while (!m_events.empty() && m_events.begin()->first <= up)
        runNextEvent();
    m_isDown = false;
    m_now = up;
    for (ContainerState &container : m_state.containers)
        container.applied = ContainerStatus::None;
    for (qsizetype i = 0; i < m_real.size(); ++i) {
        const Real &real = m_real[i];
        if (real.gone || real.exitCode)
            reportEnd(i);
        else if (real.startedAt)
            report(ContainerFact::Kind::Running, i);
        else if (real.created)
            report(ContainerFact::Kind::Created, i);
    }
}

void TaskSimulation::perform(const Action &action)
{
    const qsizetype index = action.container;
    const Behaviour &behaviour = m_behaviours[index];
    m_log.append(
        QStringLiteral("%1 %2 %3").arg(m_now).arg(kindName(action.kind), m_rules[index].name));
    switch (action.kind) {
    case Action::Kind::Pull:
        return at(m_now + pullMs, [=, this] {
            if (behaviour.failure == Behaviour::Failure::Pull)
                return report(ContainerFact::Kind::PullFailed, index, QStringLiteral("no image"));
            m_real[index].pulled = true;
            report(ContainerFact::Kind::Pulled, index);
        });
    case Action::Kind::Create:
        return at(m_now + createMs, [=, this] {
            if (behaviour.failure == Behaviour::Failure::Create)
                return report(ContainerFact::Kind::CreateFailed, index, QStringLiteral("bad"));
            m_real[index].created = true;
            report(ContainerFact::Kind::Created, index);
        });
    case Action::Kind::Start:
        return at(m_now + startMs, [=, this] { finishStart(index); });
    case Action::Kind::Stop:
        return askToStop(index);
    }
}

// The runner never starts a container that has been started.
void TaskSimulation::finishStart(qsizetype index)
{
    Real &real = m_real[index];
    const Behaviour &behaviour = m_behaviours[index];
    if (real.gone || real.exitCode)
        return reportEnd(index);
    if (behaviour.failure == Behaviour::Failure::Start)
        return report(ContainerFact::Kind::StartFailed, index, QStringLiteral("no such command"));
    if (!real.startedAt) {
        real.startedAt = atMs(m_now);
        ++real.starts;
        if (behaviour.runsMs >= 0)
            at(m_now + behaviour.runsMs, [=, this] { end(index, behaviour.exitCode); });
    }
    report(ContainerFact::Kind::Running, index);
}

void TaskSimulation::askToStop(qsizetype index)
{
    const Behaviour &behaviour = m_behaviours[index];
    const bool ignores = behaviour.endsOnStopMs < 0;
    const qint64 delay = ignores ? m_rules[index].stopTimeout * 1000 : behaviour.endsOnStopMs;
    at(m_now + delay, [=, this] { end(index, ignores ? 137 : behaviour.stopExitCode); });
}

void TaskSimulation::end(qsizetype index, int exitCode)
{
    Real &real = m_real[index];
    if (!real.exitCode && !real.gone) {
        real.stoppedAt = atMs(m_now);
        if (m_behaviours[index].vanishes)
            real.gone = true;
        else
            real.exitCode = exitCode;
    }
    reportEnd(index);
}

void TaskSimulation::report(ContainerFact::Kind kind, qsizetype index, const QString &error)
{
    if (m_isDown)
        return;
    ContainerFact fact;
    fact.kind = kind;
    fact.container = index;
    fact.error = error;
    fact.startedAt = m_real[index].startedAt;
    const TaskState before = m_state;
    m_state = applyFact(m_rules, m_state, fact, atMs(m_now));
    for (qsizetype i = 0; i < m_rules.size(); ++i) {
        if (m_state.containers[i].known < before.containers[i].known)
            m_violations.append(m_rules[i].name + QStringLiteral(" went backwards"));
    }
    if (applyFact(m_rules, m_state, fact, atMs(m_now + 1)) != m_state)
        m_violations.append(QStringLiteral("a repeated fact changed %1").arg(m_rules[index].name));
}

void TaskSimulation::reportEnd(qsizetype index)
{
    if (m_isDown)
        return;
    const Real &real = m_real[index];
    ContainerFact fact;
    fact.kind = real.gone ? ContainerFact::Kind::Vanished : ContainerFact::Kind::Stopped;
    fact.container = index;
    fact.exitCode = real.exitCode;
    fact.startedAt = real.startedAt;
    fact.stoppedAt = real.stoppedAt;
    m_state = applyFact(m_rules, m_state, fact, atMs(m_now));
}

void TaskSimulation::checkStep(const Step &step)
{
    const Step again = advance(m_rules, step.state, atMs(m_now));
    if (!again.actions.isEmpty() || again.state != step.state)
        m_violations.append(QStringLiteral("a second turn in the same state does something"));
    if (step.wakeAt && *step.wakeAt <= atMs(m_now))
        m_violations.append(QStringLiteral("it wants to be woken in the past"));
}

// An independent reading of the rules, from what has really happened.
void TaskSimulation::checkAction(const Action &action)
{
    const ContainerRules &target = m_rules[action.container];
    for (qsizetype i = 0; i < m_rules.size(); ++i) {
        const Real &other = m_real[i];
        if (action.kind == Action::Kind::Stop) {
            for (const auto &dependency : m_rules[i].dependsOn) {
                if (dependency.containerName == target.name && other.startedAt && !other.stoppedAt)
                    m_violations.append(QStringLiteral("%1 is stopped before %2")
                                            .arg(target.name, m_rules[i].name));
            }
            continue;
        }
        for (const auto &dependency : target.dependsOn) {
            if (dependency.containerName != m_rules[i].name)
                continue;
            const bool met = dependency.condition == batch::DependencyCondition::Start
                ? other.startedAt.has_value()
                : dependency.condition == batch::DependencyCondition::Complete
                ? other.exitCode.has_value()
                : other.exitCode == 0;
            if (!met)
                m_violations.append(QStringLiteral("%1 goes on although %2 is not met")
                                        .arg(target.name, m_rules[i].name));
        }
    }
}

} // namespace batchyard::executor::core
