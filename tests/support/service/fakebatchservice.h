// An AWS Batch in memory for tests of models and windows: what it holds are plain members, answers
// come in a later turn of the event loop, each call is written down and any can be made to fail.
// Jobs stand still until a test moves them (moveJob, log, endContainer) or a script does.
#pragma once

#include "backend/batch/batchservice.h"

#include <QHash>
#include <QPromise>
#include <QTimer>

#include <functional>
#include <memory>

namespace batchyard::test {

class FakeBatchService final : public batch::BatchService
{
    Q_OBJECT

public:
    explicit FakeBatchService(QObject *parent = nullptr);

    // ---- What it holds. After a change by hand call announceResources() or announceJob().
    QList<batch::ComputeEnvironment> environments;
    QList<batch::JobQueue> queues;
    QList<batch::JobDefinition> definitions; // all revisions
    QString name = QStringLiteral("Local");

    // The sample environment, queue and maze definition, as the executor makes them.
    void addSamples();
    void announceResources() { emit resourcesChanged(); }

    // ---- Behaviour of calls.
    // "describeJobs", "submitJob maze-1", … in order, with the name or id that was meant.
    QStringList calls;
    int delayMs = 0; // before each answer; 0: the next turn of the event loop
    // The next call of this verb fails with the error; queued when called several times.
    void failNext(const QString &verb, const Error &error);
    // While set, every call fails with it, and reachabilityChanged has been emitted.
    void setUnreachable(const QString &why);
    void setReachable();
    void setEngine(const batch::EngineStatus &status);
    // A definition is registered only with exactly these, as by the executor's policy.
    QStringList neededPermissions;
    // Streams that exist give at most so many lines per page.
    int linesPerPage = 10'000;

    // ---- Jobs.
    // Runs for each submitted job, in the event loop turn of the answer; scripts its life.
    std::function<void(const QString &jobId)> onSubmitted;
    // A job of a definition's task in state SUBMITTED, without a call; returns its id.
    QString addJob(const QString &jobName, const batch::EcsTaskProperties &task);
    // An array job with its children "<id>:<index>"; countChildren() after children have moved.
    QString addArray(const QString &jobName, const batch::EcsTaskProperties &task, int size);
    void countChildren(const QString &parentId);
    void moveJob(const QString &jobId, batch::JobStatus status, const QString &reason = {});
    void setContainer(const QString &jobId, const batch::ContainerLiveState &state);
    // Ends a container with this code; decided marks it as the one that ended the attempt.
    void endContainer(const QString &jobId, const QString &container, int exitCode,
                      bool decided = false, const QString &reason = {});
    // The attempt is put among the ended ones and the job is RUNNABLE again.
    void retryJob(const QString &jobId, const QString &attemptReason);
    // Appends to the stream of the current attempt.
    void log(const QString &jobId, const QString &container, const QStringList &lines,
             batch::LogLine::Stream stream = batch::LogLine::Stream::Stdout);
    void log(const QString &jobId, const QString &container, const QList<batch::LogLine> &lines);
    // Starts the job, logs a small solved maze of the grammar of the sample and ends it well; each
    // step in a turn of the event loop. The job's containers are named model and agent.
    void playMaze(const QString &jobId);

    [[nodiscard]] batch::JobDetail *job(const QString &jobId);
    [[nodiscard]] batch::JobLiveView *live(const QString &jobId);
    void announceJob(const QString &jobId) { emit jobsChanged({jobId}); }

    // The time that jobs and log lines get; moves on by one millisecond with each use.
    batch::Timestamp clock = batch::fromEpochMs(1'790'000'000'000);

    // ---- BatchService
    [[nodiscard]] QString connectionName() const override { return name; }
    QFuture<Result<QList<batch::ComputeEnvironment>>>
    describeComputeEnvironments(const QStringList &names) override;
    QFuture<Result<batch::ResourceId>>
    createComputeEnvironment(const batch::ComputeEnvironment &environment) override;
    QFuture<Result<batch::ResourceId>>
    updateComputeEnvironment(const batch::ComputeEnvironment &environment) override;
    QFuture<Result<void>> deleteComputeEnvironment(const QString &environment) override;
    QFuture<Result<QList<batch::JobQueue>>> describeJobQueues(const QStringList &names) override;
    QFuture<Result<batch::ResourceId>> createJobQueue(const batch::JobQueue &queue) override;
    QFuture<Result<batch::ResourceId>> updateJobQueue(const batch::JobQueue &queue) override;
    QFuture<Result<void>> deleteJobQueue(const QString &queue) override;
    QFuture<Result<QList<batch::JobDefinition>>>
    describeJobDefinitions(const QString &status, const QString &definition) override;
    QFuture<Result<batch::ResourceId>> registerJobDefinition(const batch::JobDefinition &definition,
                                                             const QStringList &allowed
                                                             = {}) override;
    QFuture<Result<void>> deregisterJobDefinition(const QString &nameAndRevision) override;
    QFuture<Result<batch::SubmittedJob>> submitJob(const batch::SubmitJobRequest &request) override;
    QFuture<Result<QList<batch::JobDetail>>> describeJobs(const QStringList &jobIds) override;
    QFuture<Result<QList<batch::JobSummary>>> listJobs(const QString &queue) override;
    QFuture<Result<QList<batch::JobSummary>>> listChildJobs(const QString &jobId,
                                                            Parent parent) override;
    QFuture<Result<void>> cancelJob(const QString &jobId, const QString &reason) override;
    QFuture<Result<void>> terminateJob(const QString &jobId, const QString &reason) override;
    QFuture<Result<batch::LogPage>> getLogEvents(const QString &logStreamName,
                                                 const QString &nextToken) override;
    QFuture<Result<batch::JobLiveView>> jobLiveView(const QString &jobId) override;
    QFuture<Result<batch::EngineStatus>> engineStatus() override;

private:
    struct Job {
        batch::JobDetail detail;
        batch::JobLiveView live;
    };

    // Writes the call down and answers later: with an error that is waiting, else with what make()
    // returns at that time.
    template <typename T>
    QFuture<Result<T>> answer(const QString &verb, const QString &subject,
                              std::function<Result<T>()> make);
    [[nodiscard]] std::optional<Error> takeFailure(const QString &verb);
    [[nodiscard]] batch::Timestamp tick();
    [[nodiscard]] const batch::JobDefinition *findDefinition(const QString &reference) const;
    void beginAttempt(Job &job);
    [[nodiscard]] QString addJobOf(const batch::SubmitJobRequest &request,
                                   const batch::EcsTaskProperties &task);

    QHash<QString, QList<Error>> m_failures;
    std::optional<Error> m_unreachable;
    batch::EngineStatus m_engine;
    QHash<QString, Job> m_jobs;
    QStringList m_jobOrder; // oldest first
    QHash<QString, QList<batch::LogLine>> m_streams;
};

template <typename T>
QFuture<Result<T>> FakeBatchService::answer(const QString &verb, const QString &subject,
                                            std::function<Result<T>()> make)
{
    calls.append(subject.isEmpty() ? verb : verb % QLatin1Char(' ') % subject);
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    QTimer::singleShot(delayMs, this, [this, promise, verb, make = std::move(make)] {
        if (const auto error = takeFailure(verb))
            promise->addResult(Result<T>(tl::unexpected(*error)));
        else
            promise->addResult(make());
        promise->finish();
    });
    return promise->future();
}

} // namespace batchyard::test
