#include "backend/executor/runner/attemptrunner.h"

#include "backend/async.h"
#include "backend/executor/runner/attemptmember.h"
#include "backend/executor/runner/attemptstate.h"
#include "backend/logs/logfile.h"

#include <QDir>
#include <QFileInfo>
#include <QLoggingCategory>

#include <algorithm>

namespace batchyard::executor {

using core::ContainerFact;
using core::ContainerStatus;

Q_LOGGING_CATEGORY(lcAttempt, "batchyard.runner")

namespace {

// By the rows, which an earlier version may have written.
AttemptPlan planFor(AttemptPlan plan, const AttemptRecord &attempt)
{
    plan.context.lone
        = std::none_of(attempt.containers.begin(), attempt.containers.end(),
                       [](const ContainerRecord &row) { return row.index == pauseIndex; });
    return plan;
}

std::chrono::milliseconds untilThen(Timestamp then, Timestamp now)
{
    return std::clamp(then - now, std::chrono::milliseconds(0),
                      std::chrono::milliseconds(std::numeric_limits<int>::max()));
}

} // namespace

AttemptRunner::AttemptRunner(const AttemptServices &services, AttemptPlan plan,
                             AttemptRecord attempt, QObject *parent)
    : QObject(parent)
    , m_services(services)
    , m_plan(planFor(std::move(plan), attempt))
    , m_rules(rulesOf(m_plan.task))
    , m_attempt(std::move(attempt))
    , m_savedAttempt(m_attempt)
    , m_state(taskStateOf(m_attempt))
    , m_phase(m_attempt.ended ? Phase::Cleaning : Phase::Running)
{
    std::optional<AttemptNetwork::Pause> pause;
    for (const ContainerRecord &row : std::as_const(m_attempt.containers)) {
        if (row.index == pauseIndex) {
            pause = AttemptNetwork::Pause{pauseSpec(m_plan.context, m_plan.task), row};
            continue;
        }
        m_members.push_back(std::make_unique<Member>(services, row));
        makeCapture(*m_members.back());
        connect(&m_members.back()->driver, &ContainerDriver::becameIdle, this,
                &AttemptRunner::continueCleaning);
    }
    Q_ASSERT(m_members.size() == static_cast<size_t>(m_rules.size()));
    m_network = std::make_unique<AttemptNetwork>(services, m_plan.context.place(), pause);
    connect(m_network.get(), &AttemptNetwork::ready, this, [this] {
        m_attempt.address = m_network->address();
        emit networkReady(m_attempt.address);
        proceed();
    });
    connect(m_network.get(), &AttemptNetwork::failed, this, &AttemptRunner::proceed);
    connect(m_network.get(), &AttemptNetwork::held, this, &AttemptRunner::hold);
    connect(m_network.get(), &AttemptNetwork::died, this,
            [this] { requestStop(networkLostReason); });
    connect(&m_network->driver(), &ContainerDriver::becameIdle, this,
            &AttemptRunner::continueCleaning);
    for (QTimer *timer : {&m_wakeTimer, &m_outputTimer, &m_cleanTimer})
        timer->setSingleShot(true);
    connect(&m_wakeTimer, &QTimer::timeout, this, &AttemptRunner::proceed);
    connect(&m_timeLimit, &LimitTimer::expired, this, [this] {
        if (!m_held) // else the containers may have ended in time: reconcile() will tell
            requestStop(core::timeoutReason);
    });
    connect(&m_outputTimer, &QTimer::timeout, this, &AttemptRunner::finish);
    connect(&m_cleanTimer, &QTimer::timeout, this, &AttemptRunner::continueCleaning);
}

AttemptRunner::~AttemptRunner() = default;

void AttemptRunner::makeCapture(Member &member)
{
    if (member.record.logComplete)
        return;
    const QString path = logs::logFilePath(m_services.paths.logs(), member.record.jobId,
                                           member.record.attempt, member.record.index);
    member.capture = std::make_unique<LogCapture>(m_services.engine, path, m_services.settings);
    member.capture->leaveTo(foreignLogDriver(m_plan.task.containers.at(member.index())));
    connect(member.capture.get(), &LogCapture::attachSettled, this, [this, &member] {
        member.attachSettled = true;
        startWhenReady(member);
    });
    connect(member.capture.get(), &LogCapture::streamEnded, this, [this, &member] {
        if (member.record.state.startedAt)
            observe(member);
    });
    connect(member.capture.get(), &LogCapture::written, this, &AttemptRunner::outputWritten);
    connect(
        member.capture.get(), &LogCapture::completed, this,
        [this, &member, path] {
            member.record.logComplete = true;
            if (m_services.logLimiter != nullptr)
                m_services.logLimiter->added(QFileInfo(path).size());
            if (!save())
                hold();
            finishWhenStopped();
            continueCleaning();
        },
        Qt::QueuedConnection);
}

void AttemptRunner::begin()
{
    m_held = false;
    m_network->start();
    prepareVolumes();
}

// What exists already is left as it is, so this can be done again.
void AttemptRunner::prepareVolumes()
{
    const TaskVolumes &volumes = m_plan.context.volumes;
    Result<void> made = volumes.makeDirectories();
    if (made && !m_plan.context.place().hasInterface())
        made = writeHostsFile();
    if (!made) {
        volumesFailed(
            {.kind = ContainerFact::Kind::ResourcesFailed, .error = made.error().message});
        return;
    }
    const bool isUsed = std::any_of(m_members.begin(), m_members.end(),
                                    [](const auto &member) { return member->mayExist(); });
    if (!isUsed)
        made = volumes.writeSecrets(SecretStore(SecretStore::pathFor(m_services.paths)));
    if (!made) {
        volumesFailed(resourcesFailed(0, made.error()));
        return;
    }
    const QMap<QString, QString> labels = m_plan.context.key.labels(QStringLiteral("(volume)"));
    auto open = std::make_shared<qsizetype>(volumes.scratch.size() + 1);
    const auto prepared = [this, open, run = m_run](const Result<void> &done) {
        if (run != m_run || m_state.desiredStopped)
            return;
        if (!done && isInconclusive(done.error())) {
            hold();
        } else if (!done) {
            volumesFailed(
                {.kind = ContainerFact::Kind::ResourcesFailed, .error = done.error().message});
        } else if (--*open == 0) {
            m_volumesReady = true;
            proceed();
        }
    };
    for (docker::VolumeSpec volume : volumes.scratch) {
        volume.labels = labels;
        onFinished(m_services.engine.createVolume(volume), this, prepared);
    }
    prepared({});
}

// Those that a restart finds created have what they need.
void AttemptRunner::volumesFailed(ContainerFact fact)
{
    qCWarning(lcAttempt).noquote() << fact.error;
    const auto unmade = std::find_if(
        m_state.containers.begin(), m_state.containers.end(),
        [](const auto &container) { return container.known < ContainerStatus::Created; });
    if (unmade != m_state.containers.end())
        fact.container = unmade - m_state.containers.begin();
    m_volumesReady = true; // nothing will be created
    apply(fact);
}

Result<void> AttemptRunner::writeHostsFile() const
{
    QStringList names;
    for (const core::ContainerRules &rules : m_rules)
        names.append(rules.name);
    const QByteArray text = hostsFile(names);
    QFile file(m_plan.context.hostsFile);
    const QString directory = QFileInfo(file).absolutePath();
    if (!QDir().mkpath(directory))
        return failure(ErrorCode::Io,
                       QStringLiteral("The directory %1 cannot be made.").arg(directory));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        return failure(ErrorCode::Io,
                       QStringLiteral("The file %1 cannot be written: %2.")
                           .arg(file.fileName(), file.errorString()));
    file.setPermissions(file.permissions() | QFile::ReadGroup | QFile::ReadOther);
    return {};
}

void AttemptRunner::proceed()
{
    if (m_held || m_phase != Phase::Running || !m_volumesReady)
        return;
    if (m_state.desiredStopped)
        releaseWaiting();
    const Timestamp now = m_services.settings.clock();
    for (const auto &member : m_members) {
        core::ContainerState &state = m_state.containers[member->index()];
        state.ranFor = member->ranFor(state, now);
    }
    const core::Step step = core::advance(m_rules, m_state, now);
    m_state = step.state;
    for (const core::Action &action : step.actions) {
        ContainerRecord &record = m_members[static_cast<size_t>(action.container)]->record;
        switch (action.kind) {
        case core::Action::Kind::Pull:
            break;
        case core::Action::Kind::Create:
            record.intent = ContainerStatus::Created;
            break;
        case core::Action::Kind::Start:
            break; // announced when it is its turn
        case core::Action::Kind::Stop:
            record.intent = ContainerStatus::Stopped;
            break;
        }
    }
    std::vector<Member *> ahead;
    for (const auto &member : m_members) {
        if (isToCreateAhead(*member)) {
            member->record.intent = ContainerStatus::Created;
            ahead.push_back(member.get());
        }
    }
    if (!save()) {
        hold();
        return;
    }
    emit changed();
    noteStart();
    if (step.wakeAt)
        m_wakeTimer.start(untilThen(*step.wakeAt, m_services.settings.clock()));
    for (const core::Action &action : step.actions)
        perform(action);
    for (Member *member : ahead)
        createAhead(*member);
    for (const auto &member : m_members) {
        createWhenReady(*member);
        startWhenReady(*member);
    }
    finishWhenStopped();
}

// Writes what differs from what the store has. False: nothing may be done on the strength of it.
bool AttemptRunner::save()
{
    for (const auto &member : m_members) {
        ContainerRecord &record = member->record;
        record.state = m_state.containers.at(member->index());
        record.state.applied = ContainerStatus::None; // in flight is a matter of this process
        record.state.ranFor.reset(); // as its clock is
        record.dockerId = member->driver.id();
        if (record == member->saved)
            continue;
        if (const auto done = m_services.store.putContainer(record); !done) {
            qCWarning(lcAttempt).noquote() << done.error().message;
            return false;
        }
        member->saved = record;
    }
    m_attempt.desiredStopped = m_state.desiredStopped;
    m_attempt.stopReason = m_state.stopReason;
    m_attempt.decidingContainer = m_state.decidingContainer;
    m_attempt.startedAt = m_state.startedAt;
    if (m_attempt != m_savedAttempt) {
        if (const auto done = m_services.store.putAttempt(m_attempt); !done) {
            qCWarning(lcAttempt).noquote() << done.error().message;
            return false;
        }
        m_savedAttempt = m_attempt;
    }
    return true;
}

// What is in flight is forgotten; reconcile() finds out what came of it.
void AttemptRunner::suspend()
{
    ++m_run;
    for (const auto &member : m_members) {
        member->driver.dropReplies();
        member->observing = false;
        member->starting = false;
        member->createWaits = false;
        member->creatingAhead = false;
        member->startWaits = false;
        m_state.containers[member->index()].applied = ContainerStatus::None;
    }
    m_network->dropReplies();
    m_removals = 0;
    m_unseen = 0;
    m_held = true;
}

void AttemptRunner::hold()
{
    suspend();
    emit held();
}

bool AttemptRunner::isStarting() const
{
    return m_phase == Phase::Running && !m_held && m_network->failure().isEmpty()
        && (!m_network->isReady() || isLoneStarting());
}

// Its network is made in its start. While an image is on its way nothing is being started.
bool AttemptRunner::isLoneStarting() const
{
    if (m_network->hasPause())
        return false;
    const core::ContainerState &state = m_state.containers.first();
    const QString &image = m_plan.task.containers.first().image;
    const bool isPulling
        = state.known < ContainerStatus::Pulled && !m_services.images.progress(image).isEmpty();
    return state.known < ContainerStatus::Running && !isPulling;
}

void AttemptRunner::engineLost()
{
    suspend();
    m_engineWasLost = true;
    for (const auto &member : m_members) {
        if (member->capture)
            member->capture->engineLost();
    }
}

void AttemptRunner::reconcile()
{
    m_held = true;
    m_findings.clear();
    m_unseen = 1; // this function itself
    const auto found = [this, run = ++m_run](Member *member, const ContainerDriver::Seen &reply) {
        if (run != m_run)
            return;
        m_findings.append({member, reply});
        reconciled();
    };
    for (const auto &member : m_members) {
        if (!member->mayExist())
            continue;
        ++m_unseen;
        member->driver.inspect([found, member = member.get()](const ContainerDriver::Seen &reply) {
            found(member, reply);
        });
    }
    if (m_network->mayExist()) {
        ++m_unseen;
        m_network->driver().inspect(
            [found](const ContainerDriver::Seen &reply) { found(nullptr, reply); });
    }
    reconciled();
}

void AttemptRunner::reconciled()
{
    if (--m_unseen > 0)
        return;
    const QList<Finding> findings = std::exchange(m_findings, {});
    const bool conclusive = std::all_of(findings.begin(), findings.end(),
                                        [](const Finding &each) { return each.reply.has_value(); });
    if (!conclusive) {
        emit held();
        return;
    }
    for (const Finding &finding : findings) {
        if (finding.member != nullptr)
            seen(*finding.member, *finding.reply);
    }
    // After the others: when all have ended, it was not the network that ended them.
    for (const Finding &finding : findings) {
        if (finding.member == nullptr)
            m_network->seen(*finding.reply);
    }
    m_held = false;
    m_engineWasLost = false;
    if (m_phase != Phase::Running) {
        continueCleaning();
        return;
    }
    if (!m_state.desiredStopped)
        m_network->start();
    if (m_volumesReady || m_state.desiredStopped) {
        m_volumesReady = true;
        proceed();
    } else {
        prepareVolumes();
    }
}

void AttemptRunner::requestStop(const QString &reason, std::optional<std::chrono::seconds> grace)
{
    if (m_phase != Phase::Running)
        return;
    if (!m_state.desiredStopped && grace)
        m_attempt.stopBy = m_services.settings.clock() + *grace;
    m_state = core::requestStop(std::move(m_state), reason);
    m_volumesReady = true; // nothing will be created any more
    proceed();
}

void AttemptRunner::apply(const ContainerFact &fact)
{
    m_state = core::applyFact(m_rules, std::move(m_state), fact, m_services.settings.clock());
    proceed();
}

AttemptRecord AttemptRunner::record() const
{
    AttemptRecord attempt = m_attempt;
    attempt.containers.clear();
    for (const auto &member : m_members)
        attempt.containers.append(member->record);
    if (m_network->hasPause())
        attempt.containers.append(m_network->record());
    return attempt;
}

void AttemptRunner::noteStart()
{
    if (!m_state.startedAt)
        return;
    if (m_plan.timeoutSeconds && !m_state.desiredStopped) {
        // The timer is monotonic: a jump of the wall clock from here on changes nothing.
        const std::chrono::milliseconds limit = std::chrono::seconds(*m_plan.timeoutSeconds);
        if (m_timeLimit.isStarted())
            m_timeLimit.resume();
        else
            m_timeLimit.start(std::clamp(*m_state.startedAt + limit - m_services.settings.clock(),
                                         std::chrono::milliseconds(0), limit));
    }
    if (!std::exchange(m_startTold, true))
        emit started(*m_state.startedAt);
}

void AttemptRunner::finishWhenStopped()
{
    if (m_held || m_phase != Phase::Running || !core::allStopped(m_state))
        return;
    bool complete = true;
    for (const auto &member : m_members) {
        if (member->record.logComplete)
            continue;
        complete = false;
        if (!m_state.containers.at(member->index()).startedAt && !member->gone)
            member->capture->containerNeverRan();
    }
    if (complete)
        finish();
    else if (!m_outputTimer.isActive())
        m_outputTimer.start(m_services.settings.outputGrace);
}

void AttemptRunner::finish()
{
    if (m_phase != Phase::Running)
        return;
    m_phase = Phase::Ended;
    m_outputTimer.stop();
    m_timeLimit.stop();
    m_wakeTimer.stop();
    const core::AttemptOutcome outcome = outcomeOf(m_rules, m_state);
    // The clock may have been set back since.
    m_attempt.stoppedAt
        = std::max(m_services.settings.clock(), m_state.startedAt.value_or(Timestamp()));
    m_attempt.statusReason = outcome.statusReason;
    emit ended(outcome);
}

} // namespace batchyard::executor
