// An executor's API without an executor: a real store in a temporary directory, and a control that
// notes what it is told. Operations are called with JSON texts, or over HTTP through serve().
#pragma once

#include "backend/executor/api/apiserver.h"
#include "backend/executor/api/operationcontext.h"
#include "backend/executor/api/routes.h"
#include "backend/executor/core/jobscheduler.h"

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

// Fails the test with the error's own words.
#define VERIFY_RESULT(expression)                                                                  \
    do {                                                                                           \
        const auto &checked = (expression);                                                        \
        QVERIFY2(checked.has_value(),                                                              \
                 checked.has_value() ? "" : qPrintable(checked.error().message));                  \
    } while (false)

namespace batchyard::test {

class FakeControl final : public executor::ExecutorControl
{
public:
    void jobSubmitted(const QString &jobId) override { calls += u"submitted " + jobId; }
    [[nodiscard]] Result<void> cancelJob(const QString &jobId, const QString &reason) override
    {
        return end(u"cancel", jobId, reason);
    }
    [[nodiscard]] Result<void> terminateJob(const QString &jobId, const QString &reason) override
    {
        return end(u"terminate", jobId, reason);
    }
    void resourcesChanged() override { ++resourceChanges; }
    [[nodiscard]] Result<void> interrupt(const QString &jobId, bool notice) override
    {
        calls += u"interrupt " + jobId + (notice ? u" with notice" : u"");
        return {};
    }
    [[nodiscard]] batch::EngineStatus engineStatus() const override { return engine; }
    [[nodiscard]] QString waitReason(const QString &) const override { return waiting; }
    [[nodiscard]] QString blockedStatusReason(const QString &) const override { return blocked; }
    [[nodiscard]] QList<batch::ContainerLiveState> containerStates(const QString &) const override
    {
        return states;
    }
    [[nodiscard]] executor::core::QueueSnapshot queueSnapshot(const QString &) const override
    {
        return snapshot;
    }
    [[nodiscard]] executor::core::EnvironmentState environmentState(const QString &) const override
    {
        return environment;
    }
    [[nodiscard]] qint64 consumableInUse(const QString &name) const override
    {
        return consumablesInUse.value(name);
    }
    [[nodiscard]] QStringList consumableHolders(const QString &) const override { return holders; }

    QStringList calls;
    QString unwritable; // the id of a job whose end the store refuses to note
    int resourceChanges = 0;
    batch::EngineStatus engine;
    QString waiting;
    QString blocked;
    QList<batch::ContainerLiveState> states;
    executor::core::QueueSnapshot snapshot;
    executor::core::EnvironmentState environment;
    QMap<QString, qint64> consumablesInUse;
    QStringList holders;

private:
    [[nodiscard]] Result<void> end(QStringView call, const QString &jobId, const QString &reason)
    {
        if (jobId == unwritable)
            return failure(ErrorCode::Io, QStringLiteral("The state database is locked."));
        calls += call + u' ' + jobId + u' ' + reason;
        return {};
    }
};

class ApiFixture
{
public:
    ApiFixture();
    ~ApiFixture();

    using Json = batch::Json;

    // A call of AWS Batch ("CreateJobQueue"), CloudWatch Logs or the extension, without HTTP.
    [[nodiscard]] Result<Json> batch(const QByteArray &operation, const QByteArray &body);
    [[nodiscard]] Result<Json> logs(const QByteArray &operation, const QByteArray &body);
    [[nodiscard]] Result<Json> request(const QByteArray &method, const QByteArray &target,
                                       const QByteArray &headers, const QByteArray &body);

    // Compute environment "ce", queue "q" and definition "maze" (two containers, model and agent).
    [[nodiscard]] bool addResources();
    // A job of these; returns its id.
    [[nodiscard]] QString submit(const QByteArray &name = "run1");
    // Leads a job through the states on the way to this one; Starting and later without an attempt.
    [[nodiscard]] bool moveTo(const QString &jobId, batch::JobStatus status);
    // The next attempt of a job: model stopped by Batch with 143, agent ended with exitCode. Then
    // the job is SUCCEEDED or FAILED, or what is given.
    [[nodiscard]] bool runAttempt(const QString &jobId, int exitCode,
                                  std::optional<batch::JobStatus> then = {});
    // Appends lines to the log file of a container (0: model, 1: agent) of the job's attempt 1, one
    // each millisecond of `now`, which is also when the file was changed.
    [[nodiscard]] bool writeLog(const QString &jobId, int container, const QStringList &lines);

    [[nodiscard]] executor::api::ApiSettings settings() const;

    QTemporaryDir directory;
    std::unique_ptr<executor::Store> store;
    FakeControl control;
    executor::ChangeFeed feed;
    batch::Timestamp now; // the clock of the operations
    int executorCalls = 0; // what inquiries had run on the executor's thread
    executor::api::ExecutorThread executorThread; // this one
    std::unique_ptr<executor::api::OperationContext> context;
    std::unique_ptr<executor::api::Routes> routes;
};

extern const net::Credentials testCredentials;
extern const QByteArray mazeDefinition;

// The text at a path of names and indices, "jobs/0/status"; numbers as decimal text; empty when
// there is nothing.
[[nodiscard]] QString at(const batch::Json &json, const QByteArray &path);
// The messages of log events, with blanks between.
[[nodiscard]] inline QString messages(const batch::Json &reply)
{
    QStringList texts;
    for (const batch::Json &event : reply["events"])
        texts += at(event, "message");
    return texts.join(u' ');
}
[[nodiscard]] int sizeAt(const batch::Json &json, const QByteArray &path);

} // namespace batchyard::test
