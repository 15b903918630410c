// What the console knows of the world: the lists, the engine, and whether the service answers; kept
// fresh by the service's signals.
#pragma once

#include "backend/batch/batchservice.h"
#include "models/console/resourcemodels.h"

#include <QTimer>

#include <array>

namespace batchyard::models {

class Refresher;

class Console final : public QObject
{
    Q_OBJECT

public:
    enum List { Jobs, Definitions, Queues, Environments, ListCount };
    Q_ENUM(List)

    // The service must outlive the console.
    explicit Console(batch::BatchService &service, QObject *parent = nullptr);

    void start(); // asks for everything
    void refresh();

    [[nodiscard]] batch::BatchService &service() const { return m_service; }
    [[nodiscard]] JobsModel &jobs() { return m_jobs; }
    [[nodiscard]] JobDefinitionsModel &definitions() { return m_definitions; }
    [[nodiscard]] JobQueuesModel &queues() { return m_queues; }
    [[nodiscard]] ComputeEnvironmentsModel &environments() { return m_environments; }
    // Whether the list has been read once; an empty list before that says nothing.
    [[nodiscard]] bool isLoaded(List list) const { return m_loaded[list]; }

    [[nodiscard]] const std::optional<batch::EngineStatus> &engine() const { return m_engine; }
    [[nodiscard]] bool isReachable() const { return m_reachable; }
    [[nodiscard]] QString reachabilityProblem() const { return m_reachabilityProblem; }
    // "2 running · 1 waiting (Needs 2 vCPU, 1 free.)"; what the status bar says of the jobs.
    [[nodiscard]] QString jobsSummary() const;

signals:
    void loaded(batchyard::models::Console::List list);
    void jobsSummaryChanged();
    void engineChanged();
    void reachabilityChanged();
    void failed(const batchyard::Error &error); // a refresh; once until it works again

private:
    // Answers of one list: taken by take(), or reported.
    template <typename Value, typename Take>
    void receive(List list, const Result<Value> &answer, Take take);
    void report(List list, const Error &error);
    void setEngine(const batch::EngineStatus &status);

    batch::BatchService &m_service;
    JobsModel m_jobs;
    JobDefinitionsModel m_definitions;
    JobQueuesModel m_queues;
    ComputeEnvironmentsModel m_environments;
    std::array<Refresher *, ListCount> m_refreshers = {};
    Refresher *m_engineRefresher;
    std::array<bool, ListCount> m_loaded = {};
    std::array<bool, ListCount> m_failing = {};
    std::optional<batch::EngineStatus> m_engine;
    bool m_reachable = true;
    QString m_reachabilityProblem;
    QTimer m_durations;
};

} // namespace batchyard::models
