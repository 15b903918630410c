#include "tests/unit/runner/attemptbench.h"

#include "backend/async.h"
#include "backend/executor/runner/attemptstate.h"
#include "backend/executor/runner/containernames.h"
#include "backend/logs/logfile.h"

#include <QUuid>

namespace batchyard::test {

using namespace executor;

namespace {

constexpr int starts = 8;
constexpr int attemptLimitMs = 120'000;

std::unique_ptr<Store> openStore(const QString &path)
{
    auto store = Store::open(path);
    if (!store)
        qFatal("%s", qPrintable(store.error().message));
    return *std::move(store);
}

ContainerRecord row(const AttemptKey &key, int index, const QString &name)
{
    ContainerRecord record;
    record.jobId = key.jobId;
    record.attempt = key.attempt;
    record.index = index;
    record.name = name;
    record.dockerName = key.containerName(index);
    return record;
}

} // namespace

struct AttemptBench::Attempt {
    std::unique_ptr<AttemptRunner> runner;
    std::optional<core::AttemptOutcome> outcome;
    bool cleaned = false;
};

AttemptBench::AttemptBench(docker::Engine &engine, const RunnerSettings &settings)
    : m_engine(engine)
    , m_paths{m_directory.path(), Paths::fromEnvironment().share}
    , m_settings(settings)
    , m_store(openStore(m_paths.database()))
    , m_images(engine, m_paths, {})
    , m_network(engine, m_store->installId())
    , m_gate(starts)
    , m_services{*m_store, engine, m_images, m_network, m_gate, m_settings, m_paths}
{
    m_images.setRetryDelay(std::chrono::milliseconds(10));
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { compare(); });
    m_timer.start(m_settings.reconcileInterval);
}

AttemptBench::~AttemptBench() = default;

void AttemptBench::compare()
{
    const QString label = QString(installLabel) + u'=' + m_store->installId();
    onFinished(m_engine.listContainers({label}), &m_timer,
               [this](const Result<QList<docker::ContainerListEntry>> &list) {
                   QHash<QString, QString> states;
                   for (const docker::ContainerListEntry &entry :
                        list.value_or(QList<docker::ContainerListEntry>()))
                       states.insert(entry.name, entry.state);
                   for (const auto &[id, attempt] : m_attempts) {
                       if (list)
                           attempt->runner->compareWith(states);
                   }
               });
}

SecretStore AttemptBench::secrets() const
{
    return SecretStore(SecretStore::pathFor(m_paths));
}

QString AttemptBench::begin(const batch::EcsTaskProperties &task, const Change &change,
                            const QString &jobId)
{
    JobRecord job;
    job.id = jobId.isEmpty() ? QUuid::createUuid().toString(QUuid::WithoutBraces) : jobId;
    job.name = QStringLiteral("job");
    job.queue = QStringLiteral("q");
    job.attempt = 1;
    AttemptPlan plan;
    plan.task = task;
    plan.context.key = {m_store->installId(), job.id, job.attempt};
    plan.context.queue = job.queue;
    plan.context.computeEnvironment = QStringLiteral("ce");
    plan.context.network = networkMode({}, m_settings);
    plan.context.hostsFile = m_paths.volumes() + QStringLiteral("/hosts/") + job.id;
    if (change)
        change(plan);
    const auto volumes = TaskVolumes::plan(task, plan.context.key, m_paths.volumes());
    if (!volumes)
        qFatal("%s", qPrintable(volumes.error().message));
    plan.context.volumes = *volumes;
    AttemptRecord attempt;
    attempt.jobId = job.id;
    attempt.number = job.attempt;
    for (int i = 0; i < task.containers.size(); ++i)
        attempt.containers.append(row(plan.context.key, i, task.containers.at(i).name));
    if (m_alwaysPauses || needsPause(task, plan.context.node.has_value()))
        attempt.containers.append(row(plan.context.key, pauseIndex, pauseContainerName));
    if (const auto added = m_store->addJob(job); !added)
        qFatal("%s", qPrintable(added.error().message));
    for (const batch::JobStatus status : {batch::JobStatus::Runnable, batch::JobStatus::Starting}) {
        job.status = status;
        const auto done = status == batch::JobStatus::Runnable
            ? m_store->setJobStatus(job, {})
            : m_store->beginAttempt(job, attempt, {});
        if (!done)
            qFatal("%s", qPrintable(done.error().message));
    }
    auto &entry = m_attempts[job.id];
    entry = std::make_unique<Attempt>();
    entry->runner = std::make_unique<AttemptRunner>(m_services, plan, attempt);
    AttemptRunner *runner = entry->runner.get();
    Attempt *state = entry.get();
    QObject::connect(runner, &AttemptRunner::ended, runner,
                     [runner, state](const core::AttemptOutcome &outcome) {
                         state->outcome = outcome;
                         runner->cleanUp();
                     });
    QObject::connect(runner, &AttemptRunner::cleaned, runner, [state] { state->cleaned = true; });
    QObject::connect(runner, &AttemptRunner::held, runner, [runner] {
        QTimer::singleShot(50, runner, [runner] {
            if (runner->isHeld())
                runner->reconcile();
        });
    });
    runner->begin();
    return job.id;
}

AttemptRunner &AttemptBench::runner(const QString &id)
{
    return *m_attempts.at(id)->runner;
}

bool AttemptBench::isEnded(const QString &id) const
{
    return m_attempts.at(id)->outcome.has_value();
}

bool AttemptBench::isCleaned(const QString &id) const
{
    return m_attempts.at(id)->cleaned;
}

QString AttemptBench::run(const batch::EcsTaskProperties &task, const Change &change)
{
    const QString id = begin(task, change);
    if (!QTest::qWaitFor([&] { return isCleaned(id); }, attemptLimitMs))
        qWarning("The attempt did not end.");
    return id;
}

core::AttemptOutcome AttemptBench::outcome(const QString &id) const
{
    return m_attempts.at(id)->outcome.value_or(core::AttemptOutcome());
}

core::ContainerState AttemptBench::container(const QString &id, int index) const
{
    return m_attempts.at(id)->runner->record().containers.at(index).state;
}

QString AttemptBench::dockerName(const QString &id, int index) const
{
    return AttemptKey{m_store->installId(), id, 1}.containerName(index);
}

QString AttemptBench::logPath(const QString &id, int index) const
{
    return logs::logFilePath(m_paths.logs(), id, 1, index);
}

QStringList AttemptBench::lines(const QString &id, int index) const
{
    QStringList texts;
    const auto read = logs::readForward(logPath(id, index), 0, 10'000'000, 1LL << 40);
    if (read) {
        for (const logs::RawLine &line : read->lines)
            texts.append(QString::fromUtf8(line.text));
    }
    return texts;
}

} // namespace batchyard::test
