// The AWS Batch and CloudWatch Logs APIs of the executor over HTTP on loopback: every request is
// checked, its signature verified, and its operation carried out on the thread of this object.
#pragma once

#include "backend/executor/api/eventsink.h"
#include "backend/executor/changefeed.h"
#include "backend/executor/executorcontrol.h"
#include "backend/executor/store/store.h"
#include "backend/net/sigv4.h"
#include "backend/result.h"

#include <QObject>

#include <chrono>
#include <functional>
#include <memory>

namespace batchyard::executor::api {

struct ApiSettings {
    net::Credentials credentials; // the only key pair that is accepted
    QString region = QStringLiteral("us-east-1"); // in ARNs
    QString account = QStringLiteral("000000000000"); // in ARNs
    QString logsDirectory; // Paths::logs()
    QString policyFile; // see localpolicy.h; empty: nothing is allowed
    QStringList guardedPaths; // not to be mounted without engineSocket, beside the engine's own
    EventSink::Settings events = {}; // without a target: none is sent
    std::function<Timestamp()> clock; // empty: the system's
    std::chrono::milliseconds settlingTime{0}; // of resources, see settling.h
};

class ApiServer : public QObject
{
    Q_OBJECT

public:
    // The store, control and feed must outlive it; control and store are called on this thread.
    ApiServer(Store &store, ExecutorControl &control, ChangeFeed &feed, ApiSettings settings,
              QObject *parent = nullptr);
    ~ApiServer() override; // stops

    // Listens on 127.0.0.1; port 0 means any free one. Returns the port. Error: Io (port in use).
    [[nodiscard]] Result<quint16> start(quint16 port);
    // Ends what waits and closes all connections. Closes the change feed.
    void stop();

    // When the last request with a valid signature came, or start(); for ending when idle. A client
    // that waits for changes asks again at least every 25 s.
    [[nodiscard]] std::chrono::steady_clock::time_point lastRequest() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::executor::api
