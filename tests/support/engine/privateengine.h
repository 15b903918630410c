// A Docker daemon of a test's own, in network and mount namespaces of its own: nothing of the
// host's Docker or network is touched, and nothing is left when it goes. Needs root. The namespaces
// outlive the daemon, so that it can be killed and started again around running containers.
#pragma once

#include "backend/result.h"

#include <QProcess>
#include <QTemporaryDir>

#include <memory>

namespace batchyard::test {

class PrivateEngine
{
public:
    enum class LiveRestore { Off, On };

    explicit PrivateEngine(LiveRestore liveRestore = LiveRestore::Off);
    ~PrivateEngine(); // removes all containers and ends the daemon
    PrivateEngine(const PrivateEngine &) = delete;
    PrivateEngine &operator=(const PrivateEngine &) = delete;

    // Before the first start(): the daemon's data lie on a disk of their own of this size.
    void setDiskSize(qint64 bytes) { m_diskBytes = bytes; }
    // Writes until no byte is left on that disk, and takes that back.
    [[nodiscard]] bool fillDisk();
    [[nodiscard]] bool freeDisk();

    // Returns when the daemon answers. After kill() or stop(): the same daemon again.
    [[nodiscard]] Result<void> start();
    void stop(); // SIGTERM, and SIGKILL after 20 seconds; waits
    void kill(); // SIGKILL; containers go on; waits
    void freeze(); // SIGSTOP: it accepts connections and does not answer
    void thaw();

    // A file system of the host's static busybox with all its applets, as a tar archive, and an
    // image of it.
    [[nodiscard]] static Result<QByteArray> tinyFiles();
    [[nodiscard]] Result<void> importTiny(const QString &name = QStringLiteral("tiny:1"));

    [[nodiscard]] QString socketPath() const { return path("d.sock"); }
    [[nodiscard]] QString directory() const { return m_directory.path(); }
    [[nodiscard]] qint64 pid() const;
    // A process that is always in its network.
    [[nodiscard]] qint64 networkPid() const { return m_namespaces.processId(); }

private:
    [[nodiscard]] QString path(const char *name) const;
    [[nodiscard]] Result<void> makeNamespaces();
    [[nodiscard]] int runInside(const QString &script) const;
    [[nodiscard]] Result<void> waitUntilItAnswers();
    [[nodiscard]] QString logTail() const;
    void removeContainers();
    void forgetContainerd();

    QTemporaryDir m_directory;
    LiveRestore m_liveRestore;
    qint64 m_diskBytes = 0; // 0: the temporary directory's disk
    QProcess m_namespaces; // holds them
    QProcess m_daemon;
};

} // namespace batchyard::test
