// Nothing that changes something reaches Docker before what was written is on the disk.
#include "backend/executor/durableengine.h"
#include "backend/executor/recoverylabel.h"
#include "backend/executor/runner/containernames.h"
#include "backend/executor/store/database.h"
#include "tests/support/engine/scriptedengine.h"
#include "tests/unit/store/storetesting.h"

#include <QTemporaryDir>

using namespace batchyard;
using namespace batchyard::executor;
using batch::fromEpochMs;

class TestDurableEngine : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_path = m_directory->filePath(QStringLiteral("executor.sqlite"));
        auto opened = Store::open(m_path);
        VERIFY_RESULT(opened);
        m_store = std::move(*opened);
        m_scripted = std::make_unique<test::ScriptedEngine>();
        m_engine = std::make_unique<DurableEngine>(*m_scripted, *m_store);
    }

    void cleanup()
    {
        m_store.reset();
        m_scripted.reset();
    }

    void actsWhenTheIntentIsOnTheDisk()
    {
        add(QStringLiteral("a"));
        int jobsWhenCalled = -1;
        m_scripted->setObserver([&](const QString &) { jobsWhenCalled = onDisk(); });
        const auto created = m_engine->createContainer(named(QStringLiteral("c")));
        const auto started = m_engine->startContainer(QStringLiteral("c"));
        QVERIFY(m_scripted->acts().isEmpty());
        QTRY_VERIFY(created.isFinished() && started.isFinished());
        QCOMPARE(jobsWhenCalled, 1);
        QCOMPARE(m_scripted->acts(),
                 (QStringList{QStringLiteral("create c"), QStringLiteral("start c")}));
        VERIFY_RESULT(created.result());
    }

    void looksAtOnce()
    {
        add(QStringLiteral("a"));
        static_cast<void>(m_engine->ping());
        static_cast<void>(m_engine->inspectContainer(QStringLiteral("c")));
        static_cast<void>(m_engine->listContainers({}));
        QCOMPARE(m_scripted->calls().size(), 3);
        QVERIFY(!m_store->isDurable());
    }

    void actsAtOnceWhenAllIsWritten()
    {
        const auto created = m_engine->createContainer(named(QStringLiteral("c")));
        QCOMPARE(m_scripted->acts().size(), 1);
    }

    void dropsWhatWaitsAtItsEnd()
    {
        add(QStringLiteral("a"));
        const auto removed = m_engine->removeVolume(QStringLiteral("v"));
        m_engine.reset();
        VERIFY_RESULT(m_store->commit());
        QVERIFY(removed.isFinished());
        QCOMPARE(removed.resultCount(), 0);
        QVERIFY(m_scripted->acts().isEmpty());
    }

    // The pause container, or a lone one.
    void labelsWhoIsOnTheNetwork()
    {
        JobRecord job = sampleJob(QStringLiteral("a"));
        job.tags.insert(QStringLiteral("k"), QStringLiteral("v"));
        VERIFY_RESULT(m_store->addJob(job));
        job.status = batch::JobStatus::Runnable;
        VERIFY_RESULT(m_store->setJobStatus(job, fromEpochMs(2)));
        const AttemptRecord attempt = sampleAttempt(QStringLiteral("a"), 1);
        VERIFY_RESULT(m_store->beginAttempt(job, attempt, fromEpochMs(3)));
        VERIFY_RESULT(m_store->commit());
        docker::ContainerSpec spec = named(QStringLiteral("pause"));
        spec.labels = {{jobLabel, job.id},
                       {attemptLabel, QStringLiteral("1")},
                       {containerLabel, pauseContainerName}};
        static_cast<void>(m_engine->createContainer(spec));
        const auto made = m_scripted->spec(QStringLiteral("pause"));
        QVERIFY(made);
        const auto read = fromLabel(made->labels.value(recordLabel));
        QVERIFY(read);
        QCOMPARE(read->job.request, job.request);
        QCOMPARE(read->job.definition, job.definition);
        QCOMPARE(read->job.tags, job.tags);
        QCOMPARE(read->attempt.taskId, attempt.taskId);
        QCOMPARE(read->attempt.containers.size(), attempt.containers.size());
        QCOMPARE(read->attempt.containers.last().dockerName, attempt.containers.last().dockerName);
        spec.name = QStringLiteral("other");
        spec.labels.insert(containerLabel, QStringLiteral("c0"));
        spec.networkMode = QStringLiteral("container:pause");
        static_cast<void>(m_engine->createContainer(spec));
        QVERIFY(!m_scripted->spec(QStringLiteral("other"))->labels.contains(recordLabel));
    }

    void refusesOtherLabels_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << QString();
        QTest::newRow("text") << QStringLiteral("hello there");
        QTest::newRow("huge") << QString::fromLatin1(
            QByteArray("\xff\xff\xff\xff?????").toBase64());
        QTest::newRow("no object") << QString::fromLatin1(qCompress("[1]").toBase64());
        QTest::newRow("no attempt")
            << QString::fromLatin1(qCompress("{\"job\":{\"id\":\"a\",\"kind\":0}}").toBase64());
    }

    void refusesOtherLabels()
    {
        QFETCH(QString, text);
        QVERIFY(!fromLabel(text));
    }

private:
    void add(const QString &id) { VERIFY_RESULT(m_store->addJob(sampleJob(id))); }

    static docker::ContainerSpec named(const QString &name)
    {
        docker::ContainerSpec spec;
        spec.name = name;
        spec.image = QStringLiteral("image");
        return spec;
    }

    [[nodiscard]] int onDisk() const
    {
        const auto other = Database::open(m_path, Database::Access::ReadOnly);
        const auto ids = (*other)->select(QStringLiteral("SELECT id FROM job"), {}, &readText);
        return static_cast<int>(ids->size());
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_path;
    std::unique_ptr<test::ScriptedEngine> m_scripted;
    std::unique_ptr<Store> m_store;
    std::unique_ptr<DurableEngine> m_engine;
};

QTEST_GUILESS_MAIN(TestDurableEngine)
#include "tst_durableengine.moc"
