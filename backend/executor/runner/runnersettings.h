// What can be set about running jobs, with the values that serve everybody, and the clock that all
// of the runner reads.
#pragma once

#include "backend/batch/common.h"

#include <QRandomGenerator>

#include <functional>

namespace batchyard::executor {

using batch::Timestamp;
using Clock = std::function<Timestamp()>;

[[nodiscard]] inline Timestamp systemNow()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

struct RunnerSettings {
    // Jobs get a network of their own without the outside world, which starts faster. A job's tag
    // batchyard:network = none or bridge goes before this.
    bool isolatedNetwork = false;
    // For the Dockerfiles of the bundled images: BASE_IMAGE of those in Python.
    QMap<QString, QString> buildArguments;
    std::chrono::milliseconds pingInterval{5000};
    std::chrono::milliseconds reconcileInterval{5000};
    // How long a container whose start was announced may still be `created` before the start is
    // taken as never done: the daemon finishes a request whose sender has died.
    std::chrono::milliseconds startGrace{2000};
    // After the engine or the database has refused something that is to be tried again.
    std::chrono::milliseconds retryInterval{1000};
    // How long a finished container's output may take to arrive before the job ends without it; it
    // is fetched later all the same.
    std::chrono::milliseconds outputGrace{10000};
    // A container's log file: what comes after so many bytes is dropped, but for its last lines.
    qint64 logLimit = 64LL * 1024 * 1024;
    // All log files together: the oldest of ended containers are dropped beyond it.
    qint64 logsLimit = 2LL * 1024 * 1024 * 1024;
    Clock clock = systemNow;
    // Of what is drawn by chance: the ids of simulated instances, when Spot capacity goes away.
    quint64 seed = QRandomGenerator::global()->generate64();

    // isolatedNetwork from BATCHYARD_NETWORK=none, BASE_IMAGE from BATCHYARD_PYTHON_IMAGE.
    [[nodiscard]] static RunnerSettings fromEnvironment();
};

} // namespace batchyard::executor
