// An image registry (HTTP API v2) with one image, in the network of a PrivateEngine, that stops in
// the middle of the image's layer until it is told to go on.
#pragma once

#include "backend/result.h"

#include <QByteArray>
#include <QString>

#include <atomic>
#include <thread>

namespace batchyard::test {

class SlowRegistry
{
public:
    // The layer is the image's file system; its name there is "slow:1".
    explicit SlowRegistry(QByteArray layerTar);
    ~SlowRegistry();
    SlowRegistry(const SlowRegistry &) = delete;
    SlowRegistry &operator=(const SlowRegistry &) = delete;

    // Listens on the loopback of that process's network.
    [[nodiscard]] Result<void> start(qint64 pid);
    [[nodiscard]] QString image() const;
    [[nodiscard]] int layerRequests() const { return m_layerRequests; }
    void letGo() { m_letGo = true; } // the rest of the layer, now and from now on

private:
    [[nodiscard]] int listenIn(qint64 pid);
    void accept(int listener);
    void serve(int client);
    void sendLayer(int client);
    [[nodiscard]] QByteArray documentAt(const QByteArray &path) const; // empty: not found

    const QByteArray m_layer;
    const QByteArray m_layerDigest;
    QByteArray m_config;
    QByteArray m_manifest;
    quint16 m_port = 0;
    std::atomic<bool> m_letGo = false;
    std::atomic<bool> m_ending = false;
    std::atomic<int> m_layerRequests = 0;
    std::thread m_thread;
};

} // namespace batchyard::test
