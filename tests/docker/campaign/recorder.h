// Watches the engine's events from outside and keeps what happened to each container that carries
// an installation's label. Independent of the executor.
#pragma once

#include "backend/docker/engine.h"

#include <QMap>

#include <memory>
#include <mutex>
#include <tuple>

namespace batchyard::test {

// Job, attempt and the definition's name of the container.
struct ContainerKey {
    QString job;
    int attempt = 0;
    QString name;
    friend auto operator<=>(const ContainerKey &a, const ContainerKey &b)
    {
        return std::tie(a.job, a.attempt, a.name) <=> std::tie(b.job, b.attempt, b.name);
    }
    friend bool operator==(const ContainerKey &, const ContainerKey &) = default;
};

struct ContainerHistory {
    int starts = 0;
    QList<int> exitCodes; // one for each end
};

class Recorder
{
public:
    explicit Recorder(docker::Engine &engine);

    [[nodiscard]] QMap<ContainerKey, ContainerHistory> histories() const;
    [[nodiscard]] bool isBroken() const; // the stream ended: what follows is not recorded

private:
    void record(const docker::Event &event);

    mutable std::mutex m_mutex;
    QMap<ContainerKey, ContainerHistory> m_histories;
    bool m_broken = false;
    std::unique_ptr<docker::EventStream> m_stream; // last: its thread uses the others
};

} // namespace batchyard::test
