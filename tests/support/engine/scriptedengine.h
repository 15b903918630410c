// A Docker Engine in this process that does what a test says. Everything happens in the thread that
// uses it: futures are finished at once or when the test releases them (onFinished() brings them at
// the next turn of the event loop), and sinks are called at the next turn. Containers outlive the
// one that made them, so a test can drop a runner and let the next one adopt them.
#pragma once

#include "backend/async.h"
#include "backend/docker/engine.h"

#include <QHash>
#include <QObject>
#include <QSet>

#include <chrono>
#include <map>

namespace batchyard::test {

// What the containers of one image, command or name do.
struct Script {
    int exitCode = 0;
    bool runsOn = false; // until finish(), stop or kill; else it ends by itself after its output
    bool ignoresTerm = false; // a stop then ends it with 137
    int termExitCode = 143;
    bool oomKilled = false;
    QStringList output; // lines on standard output, printed when it starts
    QStringList errorOutput; // lines on standard error, after those
    std::optional<Error> createError;
    // The container stays `created`, with State.Error and this exit code, as on a real daemon.
    std::optional<Error> startError;
    int startErrorExitCode = 127;
};

class ScriptedEngine final : public QObject, public docker::Engine
{
    Q_OBJECT
public:
    enum class Fault {
        Refused, // nothing is done, the error is answered
        ReplyLost, // it is done, yet the error is answered
        Held, // it is done, and answered when release() is called
        HeldUndone, // done and answered when release() is called
    };

    // How long the engine takes until it acts on a call, and then until the answer is read.
    struct Pace {
        std::chrono::milliseconds act{0};
        std::chrono::milliseconds reply{0};
        friend bool operator==(const Pace &, const Pace &) = default;
    };

    ScriptedEngine();
    ~ScriptedEngine() override;

    // The key is compared with a container's name, then its command (joined by spaces), then its
    // image. Without a script a container prints nothing and ends with 0.
    void setScript(const QString &key, Script script);
    // The image is not there; a pull brings it, unless an error is given.
    void setImageMissing(const QString &image, std::optional<Error> pullError = {});
    void setInfo(docker::EngineInfo info) { m_info = std::move(info); }
    void setClock(std::function<docker::Timestamp()> clock) { m_clock = std::move(clock); }

    // The next `times` calls whose record begins with `call` ("start", "stop by-1") get the fault.
    void inject(const QString &call, Fault fault, int times = 1,
                Error error
                = {ErrorCode::Timeout, QStringLiteral("The engine did not answer."), {}});
    void release(); // answers all held calls, in the order they came
    // Asked for each call, and with "output" for each stream of a container.
    void setPace(std::function<Pace(const QString &call)> pace) { m_pace = std::move(pace); }
    // Asked for each event: when it is told; more than once, or never. Events may pass each other.
    void setEventPace(std::function<QList<std::chrono::milliseconds>()> pace)
    {
        m_eventPace = std::move(pace);
    }
    // The client is dead: what it asked for is done, yet never answered; what it asks from now on
    // is not heard; its streams are silent. adopt() takes the calls of the next one.
    void abandon();
    void adopt() { m_abandoned = false; }
    // For an observer: the call that it is told of is done all the same, as the engine had it
    // already when the client died. An abandon() follows.
    void doAndAbandon() { m_doesLast = true; }
    // All calls fail, streams end, waits fail, as when the daemon is gone. Containers live on.
    void setReachable(bool reachable);
    // What a daemon without live-restore does to running containers when it starts again: 137.
    void restart();

    void print(const QString &name, const QByteArray &bytes,
               docker::OutputChunk::Stream stream = docker::OutputChunk::Stream::Stdout);
    void finish(const QString &name, int exitCode, bool oomKilled = false);
    void rotate(const QString &name, qsizetype chunks); // the oldest of its stored output go
    void vanish(const QString &name); // as `docker rm -f` by somebody else
    // Called with each record before it acts, for tests that stop at the nth call.
    void setObserver(std::function<void(const QString &)> observer)
    {
        m_observer = std::move(observer);
    }

    // Each call in order: "create NAME", "start NAME", "stop NAME 30", "kill NAME SIGTERM",
    // "remove NAME", "inspect NAME", "list LABELS", "wait NAME", "attach NAME", "logs NAME",
    // "events LABEL", "image IMAGE", "pull IMAGE", "build TAG", "network NAME",
    // "network-create NAME", "network-remove NAME", "networks LABELS", "volume-create NAME",
    // "volume-remove NAME", "ping", "info".
    [[nodiscard]] QStringList calls() const { return m_calls; }
    // Only those that change something; what ordering tests compare.
    [[nodiscard]] QStringList acts() const;
    void clearCalls() { m_calls.clear(); }
    [[nodiscard]] int startCount(const QString &name) const; // also of containers that are gone
    [[nodiscard]] QStringList containerNames() const; // of those that exist, in order of creation
    [[nodiscard]] QStringList runningNames() const;
    [[nodiscard]] std::optional<docker::ContainerSpec> spec(const QString &name) const;
    [[nodiscard]] QStringList networkNames() const { return m_networks.keys(); }

    [[nodiscard]] QString endpoint() const override;
    QFuture<Result<void>> ping() override;
    // Finds nothing: what ping says is all there is.
    QFuture<Result<void>> diagnose() override { return finished<void>({}); }
    QFuture<Result<docker::EngineInfo>> info() override;
    QFuture<Result<docker::ImageInfo>> inspectImage(const QString &image) override;
    QFuture<Result<void>> pullImage(const docker::ImagePull &pull,
                                    docker::Progress progress) override;
    QFuture<Result<void>> buildImage(const docker::ImageBuild &build,
                                     docker::Progress progress) override;
    QFuture<Result<QString>> createContainer(const docker::ContainerSpec &spec) override;
    QFuture<Result<void>> startContainer(const QString &id) override;
    QFuture<Result<void>> stopContainer(const QString &id, int seconds) override;
    QFuture<Result<void>> killContainer(const QString &id, const QString &signal) override;
    QFuture<Result<void>> removeContainer(const QString &id, bool force) override;
    QFuture<Result<docker::ContainerState>> inspectContainer(const QString &idOrName) override;
    QFuture<Result<QList<docker::ContainerListEntry>>>
    listContainers(const QStringList &labels) override;
    QFuture<Result<docker::WaitResult>> waitContainer(const QString &id) override;
    QFuture<Result<QString>> inspectNetwork(const QString &name) override;
    QFuture<Result<QString>> createNetwork(const docker::NetworkSpec &spec) override;
    QFuture<Result<void>> removeNetwork(const QString &name) override;
    QFuture<Result<QList<docker::NetworkListEntry>>>
    listNetworks(const QStringList &labels) override;
    QFuture<Result<void>> createVolume(const docker::VolumeSpec &spec) override;
    QFuture<Result<void>> removeVolume(const QString &name) override;
    [[nodiscard]] std::unique_ptr<docker::OutputStream>
    attach(const QString &id, docker::OutputStream::Sink sink) override;
    [[nodiscard]] std::unique_ptr<docker::OutputStream>
    logs(const QString &id, bool follow, docker::OutputStream::Sink sink) override;
    [[nodiscard]] std::unique_ptr<docker::EventStream>
    events(const QString &label, docker::EventStream::Sink sink) override;

private:
    struct Container;
    struct PlannedFault;
    class Output;
    class Events;

    template <typename T, typename Act>
    QFuture<Result<T>> answer(const QString &record, Act act);
    bool begin(const QString &record);
    std::optional<PlannedFault> takeFault(const QString &record);
    [[nodiscard]] Container *find(const QString &idOrName);
    [[nodiscard]] const Container *find(const QString &idOrName) const;
    [[nodiscard]] QString nameOf(const QString &idOrName) const;
    [[nodiscard]] Script scriptFor(const docker::ContainerSpec &spec) const;
    void emitChunk(Container &container, const QByteArray &bytes,
                   docker::OutputChunk::Stream stream);
    void end(Container &container, int exitCode, bool oomKilled);
    void report(const Container &container, const QString &action);
    Result<void> start(Container &container);
    void post(std::function<void()> task, std::chrono::milliseconds delay = {});
    [[nodiscard]] Pace paceOf(const QString &record) const;
    [[nodiscard]] QList<std::chrono::milliseconds> eventDelays(bool mayBePaced) const;

    std::vector<std::unique_ptr<Container>> m_containers;
    std::map<QString, Script> m_scripts;
    QHash<QString, std::optional<Error>> m_missingImages;
    QMap<QString, docker::NetworkSpec> m_networks;
    QSet<QString> m_volumes;
    QHash<QString, int> m_starts;
    std::vector<PlannedFault> m_faults;
    std::vector<std::function<void()>> m_held;
    std::vector<Output *> m_outputs;
    std::vector<Events *> m_eventStreams;
    std::function<void(const QString &)> m_observer;
    std::function<docker::Timestamp()> m_clock;
    docker::EngineInfo m_info;
    QStringList m_calls;
    std::function<Pace(const QString &)> m_pace;
    std::function<QList<std::chrono::milliseconds>()> m_eventPace;
    std::vector<std::shared_ptr<void>> m_unheard; // promises to clients that are dead
    bool m_reachable = true;
    bool m_abandoned = false;
    bool m_doesLast = false;
    int m_client = 0;
    int m_nextId = 1;
};

} // namespace batchyard::test
