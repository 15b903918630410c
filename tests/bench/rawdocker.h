// The floor of the benchmarks that run containers: the same containers by plain calls of the Docker
// API and no more, with the images and the network that the executor uses.
#pragma once

#include "backend/docker/engine.h"

namespace bench {

// A container of tiny:1 that runs `true`. joins: the id of the container whose network it shares.
[[nodiscard]] batchyard::docker::ContainerSpec rawMember(const QString &joins);
// Alone in a network of its own: "none" or "bridge", as the tag batchyard:network says it.
[[nodiscard]] batchyard::docker::ContainerSpec rawAlone(const QString &network);
[[nodiscard]] batchyard::docker::ContainerSpec rawPause(const QString &network);

// Milliseconds for a pause container and two members in its network, until both members have ended.
[[nodiscard]] double rawPair(batchyard::docker::Engine &engine, const QString &network);
// Seconds for this many containers alone: create, start, wait and remove, so many at a time.
[[nodiscard]] double rawSingles(batchyard::docker::Engine &engine, const QString &network,
                                int count, int concurrency);

} // namespace bench
