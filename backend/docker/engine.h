// A Docker Engine: the calls Batchyard makes, values in and values out. Abstract so that tests can
// script faults that a real daemon will not give on demand. Futures finish on the I/O thread
// (continue with onFinished()); every call has a total deadline, since a stopped daemon accepts
// connections and never answers.
//
// Errors: Unreachable (no daemon at the socket), Timeout, NotFound (404), Conflict (409),
// InvalidInput (400), Protocol (a reply that is none), Io (the daemon's 5xx; the daemon uses 500
// for bad input too, so it does not mean "try again"). Error::message carries the daemon's own
// text.
#pragma once

#include "backend/docker/stream.h"
#include "backend/docker/values.h"
#include "backend/result.h"

#include <QFuture>

#include <functional>
#include <memory>

namespace batchyard::docker {

// Called on the I/O thread with one line of progress ("Downloading 12.3 MB / 40.1 MB").
using Progress = std::function<void(const QString &)>;

class Engine
{
public:
    virtual ~Engine() = default;

    [[nodiscard]] virtual QString endpoint() const = 0; // the socket's path

    virtual QFuture<Result<void>> ping() = 0;
    // After a ping that failed: what is wrong at the endpoint, why, and the command that mends it,
    // as an error; success when nothing is found wrong.
    virtual QFuture<Result<void>> diagnose() = 0;
    virtual QFuture<Result<EngineInfo>> info() = 0;

    virtual QFuture<Result<ImageInfo>> inspectImage(const QString &image) = 0; // NotFound: absent
    virtual QFuture<Result<void>> pullImage(const ImagePull &pull, Progress progress) = 0;
    // A build that fails half-way answers 200 and tells in the stream; that is an error here.
    virtual QFuture<Result<void>> buildImage(const ImageBuild &build, Progress progress) = 0;

    virtual QFuture<Result<QString>> createContainer(const ContainerSpec &spec) = 0; // its id
    // 204 and 304 (already running) are both success. Starting an exited container runs it again:
    // the caller must have seen that it was never started.
    virtual QFuture<Result<void>> startContainer(const QString &id) = 0;
    // 204, 304 (already stopped) are success. Ends after at most `seconds` plus the kill.
    virtual QFuture<Result<void>> stopContainer(const QString &id, int seconds) = 0;
    virtual QFuture<Result<void>> killContainer(const QString &id, const QString &signal) = 0;
    // 204 and 404 are success.
    virtual QFuture<Result<void>> removeContainer(const QString &id, bool force) = 0;
    virtual QFuture<Result<ContainerState>> inspectContainer(const QString &idOrName) = 0;
    // Containers, running or not, that carry all these labels ("key=value" or "key").
    virtual QFuture<Result<QList<ContainerListEntry>>> listContainers(const QStringList &labels)
        = 0;
    // Finishes when the container has stopped; no deadline: give it up by cancelling the future.
    // Ask after the start is answered; one that was never started counts as stopped (its error and
    // times are inspect's to tell). NotFound: it is gone.
    virtual QFuture<Result<WaitResult>> waitContainer(const QString &id) = 0;

    virtual QFuture<Result<QString>> inspectNetwork(const QString &name)
        = 0; // its id; NotFound: absent
    virtual QFuture<Result<QString>> createNetwork(const NetworkSpec &spec) = 0; // its id
    // 204 and 404 are success. Refused while a container is connected.
    virtual QFuture<Result<void>> removeNetwork(const QString &name) = 0;
    // Networks that carry all these labels.
    virtual QFuture<Result<QList<NetworkListEntry>>> listNetworks(const QStringList &labels) = 0;
    // Success when a volume of that name exists already, whatever its options.
    virtual QFuture<Result<void>> createVolume(const VolumeSpec &spec) = 0;
    virtual QFuture<Result<void>> removeVolume(const QString &name) = 0;

    // Output of a container as it is printed, from OutputStarted on: to lose nothing, start the
    // container after that has arrived. The stream ends when the container stops (an empty Result)
    // or the daemon goes (an error); a container that is never started leaves it open.
    [[nodiscard]] virtual std::unique_ptr<OutputStream> attach(const QString &id,
                                                               OutputStream::Sink sink)
        = 0;
    // The daemon's stored output from its beginning; with follow, then what is printed further.
    // Chunks carry the daemon's time stamps (OutputChunk::time).
    [[nodiscard]] virtual std::unique_ptr<OutputStream> logs(const QString &id, bool follow,
                                                             OutputStream::Sink sink)
        = 0;
    // Container events that carry this label, until the stream is dropped. A hint: inspect is the
    // truth, and events that happened while the daemon was down are never sent.
    [[nodiscard]] virtual std::unique_ptr<EventStream> events(const QString &label,
                                                              EventStream::Sink sink)
        = 0;
};

} // namespace batchyard::docker
