// Moves all jobs of the executor along: dependencies, placement, attempts, retries, cancel and
// terminate, and what becomes of them while the engine is away. It alone changes a job's status;
// each attempt's own state belongs to its AttemptRunner. Everything is on the executor's thread and
// nothing blocks.
#pragma once

#include "backend/docker/engine.h"
#include "backend/executor/changefeed.h"
#include "backend/executor/executorcontrol.h"
#include "backend/executor/runner/runnersettings.h"
#include "backend/paths.h"

#include <QObject>

#include <memory>

namespace batchyard::executor {

class JobDispatcher final : public QObject, public ExecutorControl
{
    Q_OBJECT
public:
    // The store, engine and feed must outlive it. Nothing happens before start().
    JobDispatcher(Store &store, docker::Engine &engine, ChangeFeed &feed, const Paths &paths,
                  const RunnerSettings &settings = RunnerSettings::fromEnvironment(),
                  QObject *parent = nullptr);
    ~JobDispatcher() override; // leaves all containers as they are: the next one adopts them

    // Takes up what the store says is unfinished and begins to watch the engine. Error: the
    // store's.
    [[nodiscard]] Result<void> start();
    // Nothing to do and nothing left to clean up: the executor may end.
    [[nodiscard]] bool isIdle() const;

    void jobSubmitted(const QString &jobId) override;
    [[nodiscard]] Result<void> cancelJob(const QString &jobId, const QString &reason) override;
    [[nodiscard]] Result<void> terminateJob(const QString &jobId, const QString &reason) override;
    void resourcesChanged() override;
    [[nodiscard]] Result<void> interrupt(const QString &jobId, bool notice) override;
    [[nodiscard]] batch::EngineStatus engineStatus() const override;
    [[nodiscard]] QString waitReason(const QString &jobId) const override;
    [[nodiscard]] QString blockedStatusReason(const QString &jobId) const override;
    [[nodiscard]] QList<batch::ContainerLiveState>
    containerStates(const QString &jobId) const override;
    [[nodiscard]] core::QueueSnapshot queueSnapshot(const QString &queue) const override;
    [[nodiscard]] core::EnvironmentState environmentState(const QString &name) const override;
    [[nodiscard]] qint64 consumableInUse(const QString &name) const override;
    [[nodiscard]] QStringList consumableHolders(const QString &name) const override;

signals:
    void idleChanged(bool idle);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::executor
