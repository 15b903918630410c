// Helpers of the store's tests.
#pragma once

#include "backend/executor/store/store.h"

#include <QFile>
#include <QTest>

// Fails the test with the error's own words.
#define VERIFY_RESULT(expression)                                                                  \
    do {                                                                                           \
        const auto &checked = (expression);                                                        \
        QVERIFY2(checked.has_value(),                                                              \
                 checked.has_value() ? ""                                                          \
                                     : qPrintable(checked.error().message + QStringLiteral(" | ")  \
                                                  + checked.error().detail));                      \
    } while (false)

namespace batchyard::executor {

[[nodiscard]] inline QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(cannot be read)");
}

inline void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

[[nodiscard]] inline JobRecord sampleJob(const QString &id,
                                         const QString &queue = QStringLiteral("q"))
{
    JobRecord job;
    job.id = id;
    job.name = QStringLiteral("name of ") + id;
    job.queue = queue;
    job.definitionArn = QStringLiteral("arn:aws:batch:local:000000000000:job-definition/maze:1");
    job.createdAt = batch::fromEpochMs(1'700'000'000'000);
    job.request = QByteArrayLiteral("{\"jobName\":\"x\"}");
    job.definition = QByteArrayLiteral("{\"type\":\"container\"}");
    return job;
}

// Of an array or a multi-node job.
[[nodiscard]] inline QList<JobRecord> sampleChildren(const JobRecord &parent)
{
    const bool isArray = parent.kind == JobKind::ArrayParent;
    QList<JobRecord> children;
    for (int i = 0; i < parent.size; ++i) {
        JobRecord child
            = sampleJob(parent.id + QLatin1Char(isArray ? ':' : '#') + QString::number(i));
        child.kind = isArray ? JobKind::ArrayChild : JobKind::Node;
        child.parentId = parent.id;
        child.index = i;
        children.append(child);
    }
    return children;
}

[[nodiscard]] inline JobQuery queryOf(const QString &queue, const QList<batch::JobStatus> &states,
                                      qint64 before, int limit)
{
    JobQuery query;
    query.queue = queue;
    query.states = states;
    query.before = before;
    query.limit = limit;
    return query;
}

[[nodiscard]] inline ContainerRecord sampleContainer(const QString &jobId, int attempt, int index)
{
    ContainerRecord container;
    container.jobId = jobId;
    container.attempt = attempt;
    container.index = index;
    container.name
        = index == pauseIndex ? QStringLiteral("pause") : QStringLiteral("c%1").arg(index);
    container.dockerName
        = QStringLiteral("by-0badcafe-%1-a%2-%3").arg(jobId).arg(attempt).arg(index);
    if (index != pauseIndex)
        container.logStreamName
            = QStringLiteral("maze/c%1/%2-%3").arg(index).arg(jobId).arg(attempt);
    return container;
}

[[nodiscard]] inline AttemptRecord sampleAttempt(const QString &jobId, int number,
                                                 int containers = 2)
{
    AttemptRecord attempt;
    attempt.jobId = jobId;
    attempt.number = number;
    attempt.taskId = QStringLiteral("0123456789abcdef0123456789abcdef");
    attempt.computeEnvironment = QStringLiteral("local");
    attempt.createdAt = batch::fromEpochMs(1'700'000'001'000 + number);
    for (int i = 0; i < containers; ++i)
        attempt.containers.append(sampleContainer(jobId, number, i));
    attempt.containers.append(sampleContainer(jobId, number, pauseIndex));
    return attempt;
}

} // namespace batchyard::executor
