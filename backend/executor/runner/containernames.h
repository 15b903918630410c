// Names and labels by which the runner knows its containers again after a crash. They depend on
// nothing but the ids of installation, job and attempt.
#pragma once

#include "backend/batch/container.h"

#include <QMap>
#include <QString>

namespace batchyard::executor {

inline constexpr QLatin1StringView installLabel{"dev.batchyard.install"};
inline constexpr QLatin1StringView jobLabel{"dev.batchyard.job"};
inline constexpr QLatin1StringView attemptLabel{"dev.batchyard.attempt"};
inline constexpr QLatin1StringView containerLabel{"dev.batchyard.container"};
inline constexpr QLatin1StringView specLabel{"dev.batchyard.spec-sha256"};

// No name of a definition's container can be this: it has a character they must not have.
inline constexpr QLatin1StringView pauseContainerName{"(pause)"};
inline constexpr QLatin1StringView pauseImage{"batchyard/pause:1"};

// One attempt of one job of one installation.
struct AttemptKey {
    QString installId;
    QString jobId; // "<parent>:<index>" of an array's child, "<parent>#<index>" of a node
    int attempt = 0;

    [[nodiscard]] QString containerName(int index) const; // index may be pauseIndex
    [[nodiscard]] QString volumeName(qsizetype index) const;
    // The labels of a container, without the hash of its specification.
    [[nodiscard]] QMap<QString, QString> labels(const QString &container) const;
    friend bool operator==(const AttemptKey &, const AttemptKey &) = default;
};

// The network of a multi-node job, see TaskNetwork.
[[nodiscard]] QString nodeNetworkName(const QString &installId, const QString &jobId);

// ECS's "prefix/container/task" with the first 200 characters of the definition's name.
[[nodiscard]] QString logStreamName(const QString &definitionName, const QString &container,
                                    const QString &taskId);
// The same where awslogs-stream-prefix takes the place of the definition's name.
[[nodiscard]] QString logStreamName(const QString &definitionName,
                                    const batch::TaskContainerProperties &container,
                                    const QString &taskId);

} // namespace batchyard::executor
