// The network of an attempt, there before the first of its containers starts. Containers that share
// it have a pause container, which holds their namespace while they come and go: made first, on its
// way while their images are looked for, and missed at once when it dies. A lone container has the
// network for itself, and nothing is to be held.
#pragma once

#include "backend/executor/runner/attemptservices.h"
#include "backend/executor/runner/containerdriver.h"

#include <functional>
#include <optional>

namespace batchyard::executor {

class AttemptNetwork : public QObject
{
    Q_OBJECT

public:
    struct Pause {
        docker::ContainerSpec spec;
        ContainerRecord record;
    };

    // Without a pause container: for a lone one.
    AttemptNetwork(const AttemptServices &services, const NetworkPlace &place,
                   const std::optional<Pause> &pause, QObject *parent = nullptr);

    // Goes on from where it is. ready(), failed() or held() follows.
    void start();
    [[nodiscard]] bool isReady() const { return m_ready; }
    // Of the pause container, once it is ready; empty when it is isolated or there is none.
    [[nodiscard]] const QString &address() const { return m_address; }
    // Why there will be no network; empty while there may be one.
    [[nodiscard]] const QString &failure() const { return m_failure; }
    // The start of a lone container was refused. True: the network that it was made for is gone,
    // which is to be made again, once; ready() or failed() follows and the start can be repeated.
    [[nodiscard]] bool makeAgainAfter(const Error &refusal);
    void dropReplies();
    // The attempt has ended: what has not begun yet does not begin any more.
    void abandon();

    [[nodiscard]] bool hasPause() const { return m_pauseSpec.has_value(); }
    // Of the pause container. What inspect says; died() follows when it ran and does no more.
    void seen(const std::optional<docker::ContainerState> &state);
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
    void makeAgain(std::function<void()> then);
    void becomeReady();
    void pauseRuns(const docker::ContainerState &state);
    void fail(const Error &error);
    [[nodiscard]] bool announce(core::ContainerStatus intent);
    [[nodiscard]] bool save(ContainerRecord record);
    [[nodiscard]] bool isPassed(const Result<void> &result);

    const AttemptServices &m_services;
    const NetworkPlace m_place;
    const std::optional<docker::ContainerSpec> m_pauseSpec;
    ContainerRecord m_record;
    ContainerDriver m_driver;
    bool m_starting = false;
    bool m_ready = false;
    bool m_madeAgain = false;
    bool m_abandoned = false;
    int m_preparations = 0; // network and image, still to come
    int m_generation = 0;
    QString m_failure;
    QString m_address;
};

} // namespace batchyard::executor
