#include "tests/unit/store/storetesting.h"

#include <QTemporaryDir>

using namespace batchyard;
using namespace batchyard::executor;
using batch::fromEpochMs;
using batch::JobStatus;
using core::ContainerStatus;

namespace {

const QList<JobStatus> allStates{JobStatus::Submitted, JobStatus::Pending, JobStatus::Runnable,
                                 JobStatus::Starting,  JobStatus::Running, JobStatus::Succeeded,
                                 JobStatus::Failed};

QString inMemory()
{
    return QStringLiteral(":memory:");
}

QStringList idsOf(const Result<QList<JobRecord>> &jobs)
{
    QStringList ids;
    for (const JobRecord &job : jobs.value_or(QList<JobRecord>()))
        ids.append(job.id);
    return ids;
}

ResourceRecord resourceNamed(const QString &name, const QByteArray &document,
                             const QString &status = QStringLiteral("VALID"))
{
    return {name, 0, status, document, fromEpochMs(5)};
}

} // namespace

class TestStore : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        auto opened = Store::open(inMemory());
        VERIFY_RESULT(opened);
        m_store = std::move(*opened);
    }

    void hasAnInstallId()
    {
        QVERIFY(m_store->isNew());
        static const QRegularExpression hex(QStringLiteral("^[0-9a-f]{8}$"));
        QVERIFY(hex.match(m_store->installId()).hasMatch());
        const auto other = Store::open(inMemory());
        VERIFY_RESULT(other);
        QVERIFY((*other)->installId() != m_store->installId());
    }

    void keepsResources()
    {
        const auto kind = ResourceKind::JobQueue;
        VERIFY_RESULT(m_store->putResource(kind, resourceNamed(QStringLiteral("b"), "{1}")));
        VERIFY_RESULT(m_store->putResource(kind, resourceNamed(QStringLiteral("a"), "{2}")));
        VERIFY_RESULT(m_store->putResource(kind, resourceNamed(QStringLiteral("b"), "{3}")));

        const auto found = m_store->resource(kind, QStringLiteral("b"));
        VERIFY_RESULT(found);
        QVERIFY(found->has_value());
        QCOMPARE((*found)->document, QByteArray("{3}"));
        QCOMPARE((*found)->status, QStringLiteral("VALID"));
        QCOMPARE((*found)->createdAt, fromEpochMs(5));

        const auto all = m_store->resources(kind);
        VERIFY_RESULT(all);
        QCOMPARE(all->size(), 2);
        QCOMPARE(all->first().name, QStringLiteral("a"));

        const auto otherKind
            = m_store->resource(ResourceKind::ComputeEnvironment, QStringLiteral("b"));
        VERIFY_RESULT(otherKind);
        QVERIFY(!otherKind->has_value());

        VERIFY_RESULT(m_store->removeResource(kind, QStringLiteral("b")));
        const auto gone = m_store->resource(kind, QStringLiteral("b"));
        VERIFY_RESULT(gone);
        QVERIFY(!gone->has_value());
    }

    void keepsWhatBlocksQueues()
    {
        QVERIFY(m_store->blockedHeads()->isEmpty());
        const core::BlockedHead a{QStringLiteral("job"), QStringLiteral("a"),
                                  QStringLiteral("CAPACITY:X"), fromEpochMs(5)};
        const core::BlockedHead b{QStringLiteral("other"), QStringLiteral("b"),
                                  QStringLiteral("MISCONFIGURATION:Y"), fromEpochMs(6)};
        VERIFY_RESULT(m_store->setBlockedHeads({b, a}));
        QCOMPARE(*m_store->blockedHeads(), (QList{a, b}));
        VERIFY_RESULT(m_store->setBlockedHeads({b}));
        QCOMPARE(*m_store->blockedHeads(), QList{b});
    }

    void neverGivesARevisionTwice()
    {
        const ResourceRecord maze = resourceNamed(QStringLiteral("maze"), "{}");
        QCOMPARE(m_store->addJobDefinition(maze).value_or(0), 1);
        QCOMPARE(m_store->addJobDefinition(maze).value_or(0), 2);
        QCOMPARE(
            m_store->addJobDefinition(resourceNamed(QStringLiteral("other"), "{}")).value_or(0), 1);
        VERIFY_RESULT(m_store->removeResource(ResourceKind::JobDefinition, QStringLiteral("maze")));
        QCOMPARE(m_store->addJobDefinition(maze).value_or(0), 3);

        const auto third
            = m_store->resource(ResourceKind::JobDefinition, QStringLiteral("maze"), 3);
        VERIFY_RESULT(third);
        QVERIFY(third->has_value());
        QCOMPARE((*third)->revision, 3);
        const auto all = m_store->resources(ResourceKind::JobDefinition);
        VERIFY_RESULT(all);
        QCOMPARE(all->size(), 2);
    }

    void findsTheNewestActiveRevision()
    {
        const QString name = QStringLiteral("maze");
        const QString active = QStringLiteral("ACTIVE");
        for (int i = 0; i < 12; ++i)
            VERIFY_RESULT(m_store->addJobDefinition(resourceNamed(name, "{}", active)));
        QCOMPARE((*m_store->activeDefinition(name))->revision, 12);
        for (const int revision : {12, 3}) {
            ResourceRecord inactive = resourceNamed(name, "{}", QStringLiteral("INACTIVE"));
            inactive.revision = revision;
            VERIFY_RESULT(m_store->putResource(ResourceKind::JobDefinition, inactive));
        }
        QCOMPARE((*m_store->activeDefinition(name))->revision, 11);
        QVERIFY(!m_store->activeDefinition(QStringLiteral("maz"))->has_value());
    }

    void namesAreData_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("quote and statement") << QStringLiteral("'; DROP TABLE job; --");
        QTest::newRow("placeholder of arg") << QStringLiteral("%1 %2 %L3");
        QTest::newRow("placeholder of SQL") << QStringLiteral("? ?1 :name @name $name");
        QTest::newRow("wildcards") << QStringLiteral("100%_[a]*");
        QTest::newRow("empty") << QStringLiteral("");
        QTest::newRow("null") << QString();
        QTest::newRow("other scripts") << QString::fromUtf8("lâbyrinthe 迷路 🧀");
        QTest::newRow("a zero inside") << QStringLiteral("a") + QChar(u'\0') + QStringLiteral("b");
        QTest::newRow("line ends") << QStringLiteral("a\r\nb");
        QTest::newRow("long") << QString(100'000, u'x');
    }

    void namesAreData()
    {
        QFETCH(QString, name);
        VERIFY_RESULT(
            m_store->putResource(ResourceKind::JobQueue, resourceNamed(name, name.toUtf8())));
        const auto resource = m_store->resource(ResourceKind::JobQueue, name);
        VERIFY_RESULT(resource);
        QVERIFY(resource->has_value());
        QCOMPARE((*resource)->name, name);
        QCOMPARE((*resource)->document, name.toUtf8());

        JobRecord job = sampleJob(name, name);
        job.endReason = name;
        VERIFY_RESULT(m_store->addJob(job));
        const auto found = m_store->job(name);
        VERIFY_RESULT(found);
        QVERIFY(found->has_value());
        QCOMPARE((*found)->queue, name);
        QCOMPARE((*found)->endReason, name);
    }

    // All that differ from what a new record has.
    void keepsEveryMemberOfAJob()
    {
        JobRecord parent = sampleJob(QStringLiteral("p"));
        parent.request = QByteArray("\0\xff{", 3);
        VERIFY_RESULT(m_store->addJob(parent));
        JobRecord job = sampleJob(QStringLiteral("j"));
        job.kind = JobKind::Node;
        job.parentId = parent.id;
        job.index = 3;
        job.size = 7;
        job.shareIdentifier = QStringLiteral("share");
        job.schedulingPriority = -4;
        job.consumableResources = QStringList{QStringLiteral("licence"), QStringLiteral("token")};
        job.tags.insert(QStringLiteral("a tag"), QStringLiteral("its \"value\""));
        job.statusReason = QStringLiteral("because");
        job.startedAt = fromEpochMs(-1);
        job.stoppedAt = fromEpochMs(253'402'300'799'999);
        job.attempt = 10;
        job.cancelRequested = true;
        job.terminateRequested = true;
        job.endReason = QStringLiteral("enough");
        job.request = parent.request;
        const auto sequence = m_store->addJob(job);
        VERIFY_RESULT(sequence);
        job.sequence = *sequence;
        const auto found = m_store->job(job.id);
        VERIFY_RESULT(found);
        QVERIFY(*found == job);
    }

    void numbersJobsAndRefusesDoubles()
    {
        const auto first = m_store->addJob(sampleJob(QStringLiteral("a")));
        const auto second = m_store->addJob(sampleJob(QStringLiteral("b")));
        VERIFY_RESULT(first);
        VERIFY_RESULT(second);
        QVERIFY(*second > *first);
        const auto again = m_store->addJob(sampleJob(QStringLiteral("a")));
        QVERIFY(!again);
        QVERIFY(again.error().code == ErrorCode::Conflict);
        const auto unknown = m_store->job(QStringLiteral("c"));
        VERIFY_RESULT(unknown);
        QVERIFY(!unknown->has_value());
    }

    void movesAJobAlongTheTable()
    {
        JobRecord job = sampleJob(QStringLiteral("j"));
        VERIFY_RESULT(m_store->addJob(job));
        job.status = JobStatus::Runnable;
        VERIFY_RESULT(m_store->setJobStatus(job, fromEpochMs(10)));
        job.statusReason = QStringLiteral("blocked"); // the same status: no new line in the history
        VERIFY_RESULT(m_store->setJobStatus(job, fromEpochMs(11)));
        job.status = JobStatus::Running;
        const auto skipped = m_store->setJobStatus(job, fromEpochMs(12));
        QVERIFY(!skipped);
        QVERIFY(skipped.error().code == ErrorCode::Conflict);
        job.status = JobStatus::Failed;
        job.statusReason = QStringLiteral("cancelled");
        job.stoppedAt = fromEpochMs(13);
        VERIFY_RESULT(m_store->setJobStatus(job, fromEpochMs(13)));
        job.status = JobStatus::Runnable;
        QVERIFY(!m_store->setJobStatus(job, fromEpochMs(14)));

        const auto history = m_store->history(job.id);
        VERIFY_RESULT(history);
        QCOMPARE(history->size(), 3);
        QVERIFY(history->at(0).status == JobStatus::Submitted);
        QVERIFY(history->at(0).at == job.createdAt);
        QVERIFY(history->at(1).status == JobStatus::Runnable);
        QVERIFY(history->at(2).status == JobStatus::Failed);
        QVERIFY(history->at(2).at == fromEpochMs(13));
        QCOMPARE(history->at(2).reason, QStringLiteral("cancelled"));
    }

    void changingAnUnknownJobIsNotFound()
    {
        const QString id = QStringLiteral("nobody");
        QVERIFY(m_store->setJobStatus(sampleJob(id), fromEpochMs(1)).error().code
                == ErrorCode::NotFound);
        QVERIFY(m_store->requestEnd(id, true, QString()).error().code == ErrorCode::NotFound);
        QVERIFY(
            m_store->beginAttempt(sampleJob(id), sampleAttempt(id, 1), fromEpochMs(1)).error().code
            == ErrorCode::NotFound);
        QVERIFY(m_store->putAttempt(sampleAttempt(id, 1)).error().code == ErrorCode::NotFound);
        QVERIFY(!m_store->putContainer(sampleContainer(id, 1, 0)));
    }

    void aStatusChangeKeepsARequestedEnd()
    {
        JobRecord job = sampleJob(QStringLiteral("j"));
        VERIFY_RESULT(m_store->addJob(job));
        VERIFY_RESULT(m_store->requestEnd(job.id, false, QStringLiteral("first")));
        job.status = JobStatus::Runnable; // a copy from before the request
        VERIFY_RESULT(m_store->setJobStatus(job, fromEpochMs(2)));
        const auto found = m_store->job(job.id);
        VERIFY_RESULT(found);
        QVERIFY((*found)->cancelRequested);
        QVERIFY(!(*found)->terminateRequested);
        QCOMPARE((*found)->endReason, QStringLiteral("first"));
    }

    void reasonsOfAnEnd_data()
    {
        QTest::addColumn<QString>("calls"); // c: cancel, t: terminate; the reason is the position
        QTest::addColumn<QString>("reason");
        QTest::newRow("cancel") << QStringLiteral("c") << QStringLiteral("0");
        QTest::newRow("cancel twice") << QStringLiteral("cc") << QStringLiteral("0");
        QTest::newRow("terminate twice") << QStringLiteral("tt") << QStringLiteral("0");
        QTest::newRow("terminate after cancel") << QStringLiteral("ct") << QStringLiteral("1");
        QTest::newRow("cancel after terminate") << QStringLiteral("tc") << QStringLiteral("0");
    }

    void reasonsOfAnEnd()
    {
        QFETCH(QString, calls);
        QFETCH(QString, reason);
        const JobRecord job = sampleJob(QStringLiteral("j"));
        VERIFY_RESULT(m_store->addJob(job));
        for (int i = 0; i < calls.size(); ++i)
            VERIFY_RESULT(m_store->requestEnd(job.id, calls[i] == u't', QString::number(i)));
        const auto found = m_store->job(job.id);
        VERIFY_RESULT(found);
        QCOMPARE((*found)->cancelRequested, calls.contains(u'c'));
        QCOMPARE((*found)->terminateRequested, calls.contains(u't'));
        QCOMPARE((*found)->endReason, reason);
    }

    void findsJobsByState()
    {
        for (const QString &id : {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")})
            VERIFY_RESULT(m_store->addJob(sampleJob(id)));
        JobRecord b = sampleJob(QStringLiteral("b"));
        b.status = JobStatus::Runnable;
        VERIFY_RESULT(m_store->setJobStatus(b, fromEpochMs(1)));
        QCOMPARE(idsOf(m_store->jobsInStates({JobStatus::Runnable, JobStatus::Submitted})),
                 QStringList({QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}));
        QCOMPARE(idsOf(m_store->jobsInStates({JobStatus::Runnable})),
                 QStringList{QStringLiteral("b")});
        QCOMPARE(idsOf(m_store->jobsInStates({})), QStringList());
    }

    void pagesThroughJobsNewestFirst()
    {
        for (int i = 0; i < 25; ++i)
            VERIFY_RESULT(m_store->addJob(
                sampleJob(QStringLiteral("%1").arg(i, 2, 10, QLatin1Char('0')),
                          i % 2 == 0 ? QStringLiteral("even") : QStringLiteral("odd"))));
        QStringList walked;
        qint64 before = 0;
        for (;;) {
            const auto page = m_store->listJobs(queryOf({}, allStates, before, 10));
            VERIFY_RESULT(page);
            if (page->isEmpty())
                break;
            QVERIFY(page->size() <= 10);
            walked.append(idsOf(page));
            before = page->last().sequence;
        }
        QCOMPARE(walked.size(), 25);
        QVERIFY(std::is_sorted(walked.rbegin(), walked.rend()));
        const auto even = m_store->listJobs(queryOf(QStringLiteral("even"), allStates, 0, 3));
        QCOMPARE(idsOf(even),
                 QStringList({QStringLiteral("24"), QStringLiteral("22"), QStringLiteral("20")}));
        QCOMPARE(idsOf(m_store->listJobs(queryOf(QStringLiteral("none"), allStates, 0, 3))),
                 QStringList());
        QCOMPARE(idsOf(m_store->listJobs(queryOf({}, {JobStatus::Failed}, 0, 3))), QStringList());
        QCOMPARE(idsOf(m_store->listJobs(queryOf({}, allStates, 0, 0))), QStringList());
        QCOMPARE(idsOf(m_store->listJobs(queryOf({}, allStates, 0, -1))), QStringList());
    }

    void keepsEveryMemberOfAnAttempt()
    {
        const JobRecord job = startedJob(QStringLiteral("j"));
        AttemptRecord attempt = sampleAttempt(job.id, 1);
        attempt.instanceId = QStringLiteral("i-0123");
        attempt.containers[0].state.known = ContainerStatus::Pulled;
        attempt.containers[0].intent = ContainerStatus::Created;
        attempt.shareVcpus = 0.25;
        VERIFY_RESULT(m_store->beginAttempt(job, attempt, fromEpochMs(20)));
        const auto starting = m_store->job(job.id);
        VERIFY_RESULT(starting);
        QVERIFY((*starting)->status == JobStatus::Starting);
        QCOMPARE((*starting)->attempt, 1);

        attempt.ended = true;
        attempt.cleaned = true;
        attempt.address = QStringLiteral("172.20.0.2");
        attempt.stopBy = fromEpochMs(23);
        attempt.startedAt = fromEpochMs(21);
        attempt.stoppedAt = fromEpochMs(22);
        attempt.statusReason = QStringLiteral("done");
        attempt.desiredStopped = true;
        attempt.stopReason = QStringLiteral("asked");
        attempt.decidingContainer = 1;
        VERIFY_RESULT(m_store->putAttempt(attempt));
        ContainerRecord &container = attempt.containers[1];
        container.dockerId = QStringLiteral("deadbeef");
        container.intent = ContainerStatus::Stopped;
        container.state = {ContainerStatus::Stopped,
                           ContainerStatus::Stopped,
                           ContainerStatus::None,
                           137,
                           QStringLiteral("OutOfMemoryError: x"),
                           true,
                           true,
                           fromEpochMs(21),
                           fromEpochMs(22),
                           {}};
        container.logComplete = true;
        container.removed = true;
        VERIFY_RESULT(m_store->putContainer(container));

        const auto read = m_store->attempts(job.id);
        VERIFY_RESULT(read);
        QCOMPARE(read->size(), 1);
        QVERIFY(read->first() == attempt);
    }

    void endsAnAttemptTogetherWithItsJob()
    {
        JobRecord job = startedJob(QStringLiteral("j"));
        AttemptRecord attempt = sampleAttempt(job.id, 1);
        VERIFY_RESULT(m_store->beginAttempt(job, attempt, fromEpochMs(20)));
        attempt.ended = true;
        job.attempt = 1;
        job.status = JobStatus::Succeeded; // not from STARTING: neither part may be written
        QVERIFY(!m_store->endAttempt(attempt, job, fromEpochMs(30)));
        QVERIFY(!m_store->attempts(job.id)->first().ended);
        QVERIFY((*m_store->job(job.id))->status == JobStatus::Starting);

        job.status = JobStatus::Runnable;
        VERIFY_RESULT(m_store->endAttempt(attempt, job, fromEpochMs(31)));
        QVERIFY(m_store->attempts(job.id)->first().ended);
        VERIFY_RESULT(m_store->beginAttempt(job, sampleAttempt(job.id, 2), fromEpochMs(32)));
        QCOMPARE(m_store->attempts(job.id)->size(), 2);
        QVERIFY(!m_store->beginAttempt(job, sampleAttempt(job.id, 2), fromEpochMs(33)));
        QCOMPARE(m_store->history(job.id)->size(), 5);
    }

    void tellsWhatSharesHaveUsed()
    {
        const auto end = [this](const QString &id, double vcpus, int at) {
            JobRecord job = sampleJob(id);
            job.shareIdentifier = QStringLiteral("blue");
            VERIFY_RESULT(m_store->addJob(job));
            job.status = JobStatus::Runnable;
            VERIFY_RESULT(m_store->setJobStatus(job, fromEpochMs(10)));
            AttemptRecord attempt = sampleAttempt(id, 1);
            attempt.createdAt = fromEpochMs(20);
            attempt.shareVcpus = vcpus;
            VERIFY_RESULT(m_store->beginAttempt(job, attempt, fromEpochMs(20)));
            attempt.stoppedAt = fromEpochMs(at);
            VERIFY_RESULT(m_store->putAttempt(attempt));
        };
        end(QStringLiteral("early"), 1, 100);
        end(QStringLiteral("late"), 0.5, 101);
        end(QStringLiteral("without a share"), 0, 102);
        const auto used = m_store->pastUse(fromEpochMs(100));
        VERIFY_RESULT(used);
        const JobRecord late = sampleJob(QStringLiteral("late"));
        QCOMPARE(*used,
                 (QList{core::PastUse{late.queue, QStringLiteral("blue"), 0.5, fromEpochMs(20),
                                      fromEpochMs(101)}}));
    }

    void findsWhatJobsCameTo()
    {
        for (const QString &id : {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}) {
            const JobRecord job = startedJob(id);
            VERIFY_RESULT(m_store->beginAttempt(job, sampleAttempt(id, 1), fromEpochMs(20)));
        }
        const auto end = [&](const QString &id, int number, int exitCode) {
            AttemptRecord attempt = sampleAttempt(id, number);
            attempt.decidingContainer = 1;
            ContainerRecord &container = attempt.containers[1];
            container.state.exitCode = exitCode;
            container.state.error = QStringLiteral("of attempt %1").arg(number);
            VERIFY_RESULT(m_store->putContainer(container));
            VERIFY_RESULT(m_store->putAttempt(attempt));
        };
        end(QStringLiteral("a"), 1, 3);
        end(QStringLiteral("b"), 1, 4);
        JobRecord again = **m_store->job(QStringLiteral("b"));
        again.status = JobStatus::Runnable;
        VERIFY_RESULT(m_store->setJobStatus(again, fromEpochMs(30)));
        VERIFY_RESULT(m_store->beginAttempt(again, sampleAttempt(again.id, 2), fromEpochMs(31)));
        end(QStringLiteral("b"), 2, 0);
        const auto outcomes = m_store->outcomes(
            {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c"), QStringLiteral("d")});
        VERIFY_RESULT(outcomes);
        QCOMPARE(outcomes->size(), 2); // the others are undecided
        QCOMPARE(outcomes->value(QStringLiteral("a")).exitCode, std::optional(3));
        QCOMPARE(outcomes->value(QStringLiteral("b")).exitCode, std::optional(0));
        QCOMPARE(outcomes->value(QStringLiteral("b")).reason, QStringLiteral("of attempt 2"));
    }

    void findsAttemptsThatAreNotCleanedUp()
    {
        for (const QString &id : {QStringLiteral("a"), QStringLiteral("b")}) {
            const JobRecord job = startedJob(id);
            VERIFY_RESULT(m_store->beginAttempt(job, sampleAttempt(id, 1), fromEpochMs(20)));
        }
        AttemptRecord cleaned = sampleAttempt(QStringLiteral("a"), 1);
        cleaned.ended = cleaned.cleaned = true;
        VERIFY_RESULT(m_store->putAttempt(cleaned));
        const auto open = m_store->unfinishedAttempts();
        VERIFY_RESULT(open);
        QCOMPARE(open->size(), 1);
        QCOMPARE(open->first().jobId, QStringLiteral("b"));
        QCOMPARE(open->first().containers.size(), 3);
        QCOMPARE(open->first().containers.last().index, pauseIndex);
    }

    void findsLogStreams()
    {
        const JobRecord job = startedJob(QStringLiteral("j"));
        VERIFY_RESULT(m_store->beginAttempt(job, sampleAttempt(job.id, 1, 3), fromEpochMs(20)));
        const auto found = m_store->containerOfLogStream(QStringLiteral("maze/c2/j-1"));
        VERIFY_RESULT(found);
        QVERIFY(found->has_value());
        QCOMPARE((*found)->index, 2);
        QVERIFY(!m_store->containerOfLogStream(QString())->has_value());
        QVERIFY(!m_store->containerOfLogStream(QStringLiteral("maze/%"))->has_value());

        const QStringList all{QStringLiteral("maze/c0/j-1"), QStringLiteral("maze/c1/j-1"),
                              QStringLiteral("maze/c2/j-1")};
        const auto names = [&](const QString &prefix, const QString &after, int limit) {
            QStringList result;
            const auto streams = m_store->logStreams(prefix, after, limit);
            for (const LogStreamRecord &stream : streams.value())
                result += stream.name;
            return result;
        };
        QCOMPARE(names(QString(), QString(), 10), all);
        QCOMPARE(names(QStringLiteral("maze/c1"), QString(), 10), all.mid(1, 1));
        QCOMPARE(names(QStringLiteral("maze/"), all[0], 1), all.mid(1, 1));
        QCOMPARE(names(QStringLiteral("%"), QString(), 10), QStringList());
        QCOMPARE(names(QString(), QString(), 0), QStringList());
        const auto second = m_store->logStreams(QStringLiteral("maze/c1"), QString(), 1);
        VERIFY_RESULT(second);
        QCOMPARE(second->first().jobId, job.id);
        QCOMPARE(second->first().attempt, 1);
        QCOMPARE(second->first().index, 1);
    }

    void refusesALogStreamOfTwoContainers()
    {
        const JobRecord job = startedJob(QStringLiteral("j"));
        AttemptRecord attempt = sampleAttempt(job.id, 1);
        attempt.containers[1].logStreamName = attempt.containers[0].logStreamName;
        QVERIFY(!m_store->beginAttempt(job, attempt, fromEpochMs(20)));
        QCOMPARE(m_store->attempts(job.id)->size(), 0); // nothing of it was written
        QVERIFY((*m_store->job(job.id))->status == JobStatus::Runnable);
    }

private:
    JobRecord startedJob(const QString &id)
    {
        JobRecord job = sampleJob(id);
        [&] { VERIFY_RESULT(m_store->addJob(job)); }();
        job.status = JobStatus::Runnable;
        [&] { VERIFY_RESULT(m_store->setJobStatus(job, fromEpochMs(15))); }();
        return job;
    }

    std::unique_ptr<Store> m_store;
};

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"
