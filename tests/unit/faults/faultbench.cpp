#include "tests/unit/faults/faultbench.h"

#include "backend/logs/logfile.h"
#include "tests/unit/runner/runnerbench.h"

#include <QDirIterator>

namespace batchyard::test {

namespace {

void copyFiles(const QString &from, const QString &to)
{
    QDirIterator files(from, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString file = files.next();
        if (file.endsWith(u"-shm")) // memory of those that have the database open
            continue;
        const QString copy = to + file.mid(from.size());
        if (!QDir().mkpath(QFileInfo(copy).path()) || !QFile::copy(file, copy))
            qFatal("%s cannot be copied.", qPrintable(file));
    }
}

} // namespace

FaultBench::FaultBench(ScriptedEngine &engine, const QString &state)
    : m_engine(engine)
{
    copyFiles(state, directory(m_life));
}

FaultBench::~FaultBench()
{
    end();
}

QString FaultBench::directory(int life) const
{
    return m_directory.filePath(QString::number(life));
}

Paths FaultBench::paths() const
{
    return {directory(m_life), m_directory.filePath(QStringLiteral("share"))};
}

void FaultBench::start()
{
    auto store = executor::Store::open(paths().database());
    if (!store)
        qFatal("%s", qPrintable(store.error().message));
    m_store = *std::move(store);
    m_durableEngine = std::make_unique<executor::DurableEngine>(m_engine, *m_store);
    m_feed = std::make_unique<executor::ChangeFeed>();
    executor::RunnerSettings settings = quickSettings();
    settings.startGrace = std::chrono::milliseconds(10);
    settings.pingInterval = std::chrono::milliseconds(20);
    settings.reconcileInterval = std::chrono::milliseconds(50);
    settings.retryInterval = std::chrono::milliseconds(5);
    m_dispatcher = std::make_unique<executor::JobDispatcher>(*m_store, *m_durableEngine, *m_feed,
                                                             paths(), settings);
    if (const auto started = m_dispatcher->start(); !started)
        qFatal("%s", qPrintable(started.error().message));
}

void FaultBench::die()
{
    if (std::exchange(m_dead, true))
        return;
    m_engine.abandon();
    copyFiles(directory(m_life), directory(m_life + 1));
}

void FaultBench::startAgain()
{
    end();
    ++m_life;
    m_dead = false;
    m_engine.adopt();
    start();
}

void FaultBench::end()
{
    m_dispatcher.reset();
    m_durableEngine.reset();
    m_store.reset();
    m_feed.reset();
}

executor::JobRecord FaultBench::job(const QString &id) const
{
    const auto record = m_store->job(id);
    return record && *record ? **record : executor::JobRecord();
}

QString FaultBench::history(const QString &id) const
{
    QStringList states;
    if (const auto changes = m_store->history(id))
        for (const executor::StateChangeRecord &change : *changes)
            states.append(toString(change.status));
    return states.join(u' ');
}

QList<executor::AttemptRecord> FaultBench::attempts(const QString &id) const
{
    return m_store->attempts(id).value_or(QList<executor::AttemptRecord>());
}

QStringList FaultBench::lines(const QString &id, int index, int attempt) const
{
    QStringList texts;
    const auto read = logs::readForward(logs::logFilePath(paths().logs(), id, attempt, index), 0,
                                        10'000'000, 1LL << 40);
    if (read)
        for (const logs::RawLine &line : read->lines)
            texts.append(QString::fromUtf8(line.text));
    return texts;
}

} // namespace batchyard::test
