// The Docker Engine behind a unix socket, spoken to over HTTP by an I/O thread of its own. Speaks
// the API from 1.41 to 1.44, whichever the daemon offers; ping() settles it.
#pragma once

#include "backend/docker/engine.h"
#include "backend/net/httpclient.h"

#include <atomic>

namespace batchyard::docker {

class HttpEngine final : public Engine
{
public:
    explicit HttpEngine(QString socketPath);
    ~HttpEngine() override;

    [[nodiscard]] QString endpoint() const override { return m_socket; }
    // As seen in the last reply ("1.41"); empty before.
    [[nodiscard]] QString apiVersion() const;

    QFuture<Result<void>> ping() override;
    QFuture<Result<void>> diagnose() override;
    QFuture<Result<EngineInfo>> info() override;
    QFuture<Result<ImageInfo>> inspectImage(const QString &image) override;
    QFuture<Result<void>> pullImage(const ImagePull &pull, Progress progress) override;
    QFuture<Result<void>> buildImage(const ImageBuild &build, Progress progress) override;
    QFuture<Result<QString>> createContainer(const ContainerSpec &spec) override;
    QFuture<Result<void>> startContainer(const QString &id) override;
    QFuture<Result<void>> stopContainer(const QString &id, int seconds) override;
    QFuture<Result<void>> killContainer(const QString &id, const QString &signal) override;
    QFuture<Result<void>> removeContainer(const QString &id, bool force) override;
    QFuture<Result<ContainerState>> inspectContainer(const QString &idOrName) override;
    QFuture<Result<QList<ContainerListEntry>>> listContainers(const QStringList &labels) override;
    QFuture<Result<WaitResult>> waitContainer(const QString &id) override;
    QFuture<Result<QString>> inspectNetwork(const QString &name) override;
    QFuture<Result<QString>> createNetwork(const NetworkSpec &spec) override;
    QFuture<Result<void>> removeNetwork(const QString &name) override;
    QFuture<Result<QList<NetworkListEntry>>> listNetworks(const QStringList &labels) override;
    QFuture<Result<void>> createVolume(const VolumeSpec &spec) override;
    QFuture<Result<void>> removeVolume(const QString &name) override;
    [[nodiscard]] std::unique_ptr<OutputStream> attach(const QString &id,
                                                       OutputStream::Sink sink) override;
    [[nodiscard]] std::unique_ptr<OutputStream> logs(const QString &id, bool follow,
                                                     OutputStream::Sink sink) override;
    [[nodiscard]] std::unique_ptr<EventStream> events(const QString &label,
                                                      EventStream::Sink sink) override;

private:
    struct Call;
    template <typename T>
    using Read = std::function<Result<T>(const net::HttpReply &)>;

    template <typename T>
    QFuture<Result<T>> send(const Call &call, Read<T> read);
    QFuture<Result<void>> act(const Call &call);
    QFuture<Result<void>> removeThing(const QByteArray &path);
    QFuture<Result<void>> follow(const Call &call, Progress progress);
    void sendOnce(const Call &call, std::function<bool()> isGivenUp,
                  std::function<void(Result<net::HttpReply>)> done, bool repeatable = true);
    [[nodiscard]] net::HttpRequest request(const Call &call) const;
    [[nodiscard]] net::HttpRequest streamRequest(const QByteArray &method,
                                                 const QByteArray &path) const;
    // True when the refusal was about the version and another one is worth a try.
    bool learnVersion(const net::HttpReply &reply, int sentMinor);

    QString m_socket;
    std::atomic<int> m_minor; // of the API version that is spoken
    std::atomic<int> m_daemonMinor = 0; // that the daemon offers; 0: not known yet
    net::HttpClient m_client; // last: its thread uses the others
};

} // namespace batchyard::docker
