// What the daemon answers, read with distrust: a reply that is no JSON, nested too deep or of wrong
// types is ErrorCode::Protocol "The engine sent an invalid reply: …". Pure functions.
#pragma once

#include "backend/docker/values.h"
#include "backend/result.h"

namespace batchyard::docker {

[[nodiscard]] Result<ContainerState> readContainer(QByteArrayView body);
[[nodiscard]] Result<QList<ContainerListEntry>> readContainerList(QByteArrayView body);
[[nodiscard]] Result<QList<NetworkListEntry>> readNetworkList(QByteArrayView body);
[[nodiscard]] Result<ImageInfo> readImage(QByteArrayView body);
// Without apiVersion, which stands in a header.
[[nodiscard]] Result<EngineInfo> readInfo(QByteArrayView body);
[[nodiscard]] Result<WaitResult> readWait(QByteArrayView body);
[[nodiscard]] Result<QString> readId(QByteArrayView body); // of a container or network
[[nodiscard]] Result<Event> readEvent(QByteArrayView line);

// How much of one layer of an image has come.
struct LayerProgress {
    QString layer; // its id
    qint64 current = 0; // bytes
    qint64 total = 0;
    friend bool operator==(const LayerProgress &, const LayerProgress &) = default;
};

// One line of a pull's or a build's progress.
struct ProgressLine {
    QString text; // for a person; empty when the line says nothing
    std::optional<QString> error; // the work has failed
    std::optional<LayerProgress> download = {};
    friend bool operator==(const ProgressLine &, const ProgressLine &) = default;
};
[[nodiscard]] Result<ProgressLine> readProgress(QByteArrayView line);

// The layers of a pull together: "12 of 30 MB" once their sizes are known.
class PullProgress
{
public:
    // What to tell after this line; empty when it says nothing new.
    [[nodiscard]] QString after(const ProgressLine &line);

private:
    QMap<QString, LayerProgress> m_layers;
    QString m_told;
};

// The error of a reply whose status tells of none of the call's successes.
[[nodiscard]] Error readError(int status, QByteArrayView body);
// The same of an attach, where the daemon writes its message as plain text.
[[nodiscard]] Error readAttachError(int status, QByteArrayView body);
// The error of a pull or build that failed half-way, from the daemon's text.
[[nodiscard]] Error progressError(const QString &text);

[[nodiscard]] Error invalidReply(const QString &what, const QString &detail = {});

// Cuts a stream of JSON documents at its line ends. A line of more than 1 MiB is Protocol.
class LineSplitter
{
public:
    [[nodiscard]] Result<QList<QByteArray>> feed(const QByteArray &bytes);
    [[nodiscard]] QByteArray rest() const { return m_rest; }

private:
    QByteArray m_rest;
};

} // namespace batchyard::docker
