// What the labels of a container tell of its job comes back whole; anything else is refused.
#include "backend/executor/runner/recoverylabel.h"
#include "tests/unit/store/storetesting.h"

using namespace batchyard::executor;

class TestRecoveryLabel : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        auto opened = Store::open(QStringLiteral(":memory:"));
        VERIFY_RESULT(opened);
        m_store = std::move(*opened);
    }

    void tellsOfAJob()
    {
        JobRecord job = sampleJob(QStringLiteral("a"));
        job.tags.insert(QStringLiteral("k"), QStringLiteral("v"));
        VERIFY_RESULT(m_store->addJob(job));
        const AttemptRecord attempt = sampleAttempt(QStringLiteral("a"), 1);
        const auto read = fromLabels(RecoveryLabels(*m_store).of(withoutDocuments(job), attempt));
        QVERIFY(read);
        QVERIFY(!read->parent);
        QCOMPARE(read->job.request, job.request);
        QCOMPARE(read->job.definition, job.definition);
        QCOMPARE(read->job.tags, job.tags);
        QCOMPARE(read->job.attempt, 1);
        QCOMPARE(read->attempt.taskId, attempt.taskId);
        QCOMPARE(read->attempt.containers.size(), attempt.containers.size());
        QCOMPARE(read->attempt.containers.last().dockerName, attempt.containers.last().dockerName);
    }

    // Children of two arrays in turn: each tells of its own parent.
    void tellsOfTheParent()
    {
        RecoveryLabels labels(*m_store);
        QList<JobRecord> children;
        for (const QString &id : {QStringLiteral("a"), QStringLiteral("b")}) {
            JobRecord parent = sampleJob(id);
            parent.kind = JobKind::ArrayParent;
            parent.size = 2;
            parent.request = "{\"jobName\":\"" + id.toUtf8() + "\"}";
            for (int index = 0; index < 2; ++index) {
                JobRecord child = sampleJob(id + QStringLiteral(":%1").arg(index));
                child.kind = JobKind::ArrayChild;
                child.parentId = id;
                child.index = index;
                children.append(withoutDocuments(child));
            }
            VERIFY_RESULT(m_store->addJob(parent, children.last(2)));
        }
        for (const int i : {0, 2, 1, 3}) {
            const JobRecord &child = children[i];
            const auto read = fromLabels(labels.of(child, sampleAttempt(child.id, 1)));
            QVERIFY(read);
            QCOMPARE(read->job.index, child.index);
            QVERIFY(read->job.request.isEmpty());
            QVERIFY(read->parent);
            QCOMPARE(read->parent->id, child.parentId);
            QCOMPARE(read->parent->size, 2);
            QCOMPARE(read->parent->request, m_store->job(child.parentId).value()->request);
        }
    }

    void tellsNothingOfAJobThatIsNotStored()
    {
        const JobRecord job = sampleJob(QStringLiteral("a"));
        QVERIFY(RecoveryLabels(*m_store).of(job, sampleAttempt(job.id, 1)).isEmpty());
    }

    void refusesOtherLabels_data()
    {
        QTest::addColumn<QString>("text");
        const auto packed = [](const QByteArray &text) {
            return QString::fromLatin1(qCompress(text).toBase64());
        };
        QTest::newRow("empty") << QString();
        QTest::newRow("text") << QStringLiteral("hello there");
        QTest::newRow("huge") << QString::fromLatin1(
            QByteArray("\xff\xff\xff\xff?????").toBase64());
        QTest::newRow("no object") << packed("[1]");
        QTest::newRow("no attempt") << packed("{\"job\":{\"id\":\"a\",\"kind\":0}}");
        QTest::newRow("no parent")
            << packed("{\"job\":{\"id\":\"a:0\",\"kind\":2,\"parent\":\"a\"},"
                      "\"attempt\":{\"number\":1,\"containers\":[{}]}}");
    }

    void refusesOtherLabels()
    {
        QFETCH(QString, text);
        QVERIFY(!fromLabels({{recordLabel, text}}));
    }

private:
    static JobRecord withoutDocuments(JobRecord job)
    {
        job.request.clear();
        job.definition.clear();
        return job;
    }

    std::unique_ptr<Store> m_store;
};

QTEST_GUILESS_MAIN(TestRecoveryLabel)
#include "tst_recoverylabel.moc"
