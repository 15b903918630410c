// The container that holds a job's network namespace while the others come and go: made first, on
// its way while their images are looked for, and missed at once when it dies.
#pragma once

#include "backend/executor/runner/attemptservices.h"
#include "backend/executor/runner/containerdriver.h"

namespace batchyard::executor {

class PauseContainer : public QObject
{
    Q_OBJECT

public:
    PauseContainer(const AttemptServices &services, const docker::ContainerSpec &spec,
                   const NetworkPlace &place, const ContainerRecord &record,
                   QObject *parent = nullptr);

    // Goes on from where it is to running. ready(), failed() or held() follows.
    void start();
    [[nodiscard]] bool isReady() const { return m_ready; }
    // Of the job on its network, once it is ready; empty when it is isolated.
    [[nodiscard]] const QString &address() const { return m_address; }
    // Why there will be no network; empty while there may be one.
    [[nodiscard]] const QString &failure() const { return m_failure; }
    // What inspect says; died() follows when it ran and does no more.
    void seen(const std::optional<docker::ContainerState> &state);
    void dropReplies();

    [[nodiscard]] ContainerDriver &driver() { return m_driver; }
    [[nodiscard]] const ContainerRecord &record() const { return m_record; }
    [[nodiscard]] bool mayExist() const;
    void markRemoved();

signals:
    void ready();
    void failed();
    void died();
    void
    held(); // the engine or the store could not be asked: see what there is, then start() again

private:
    void create();
    void startCreated();
    void startAgainWithNetwork(const Error &error);
    void becomeReady(const docker::ContainerState &state);
    void fail(const Error &error);
    [[nodiscard]] bool announce(core::ContainerStatus intent);
    [[nodiscard]] bool save(ContainerRecord record);
    [[nodiscard]] bool isPassed(const Result<void> &result);

    const AttemptServices &m_services;
    const docker::ContainerSpec m_spec;
    const NetworkPlace m_place;
    ContainerRecord m_record;
    ContainerDriver m_driver;
    bool m_starting = false;
    bool m_ready = false;
    bool m_networkRetried = false;
    int m_preparations = 0; // network and image, still to come
    int m_generation = 0;
    QString m_failure;
    QString m_address;
};

} // namespace batchyard::executor
