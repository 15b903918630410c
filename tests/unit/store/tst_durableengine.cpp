// Nothing that changes something reaches Docker before what was written is on the disk.
#include "backend/executor/durableengine.h"
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
