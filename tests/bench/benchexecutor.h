// An executor as a user has it: the program in a process of its own, on a state directory that goes
// with the object. What fails is an exception: a benchmark can do nothing but end.
#pragma once

#include "backend/client/httpbatchservice.h"
#include "backend/client/localconnection.h"
#include "backend/paths.h"
#include "tests/support/engine/await.h"

#include <QTemporaryDir>

#include <stdexcept>

namespace bench {

using namespace batchyard;

template <typename T>
T must(const Result<T> &result)
{
    if (!result)
        throw std::runtime_error(
            QString(result.error().message + u' ' + result.error().detail).toStdString());
    if constexpr (!std::is_void_v<T>)
        return *result;
}

// Of a process, as the kernel accounts it: its own pages and its share of those in common, in MB.
[[nodiscard]] double memoryOf(qint64 pid);

class BenchExecutor
{
public:
    // engineSocket: nobody need listen there.
    explicit BenchExecutor(QString engineSocket);
    ~BenchExecutor(); // stops

    void start(); // returns when it answers
    void stop(); // waits for the end; containers go on
    [[nodiscard]] const Paths &paths() const { return m_paths; }
    [[nodiscard]] const client::LocalConnection &connection() const { return m_connection; }
    [[nodiscard]] batch::BatchService &service() { return *m_service; } // watches for changes

    // A compute environment, and a queue on it, both of this name.
    void createQueue(const QString &name, int maximumVcpus);
    // Containers of the image tiny:1 that run `true`, each dependent on the START of the one
    // before; the last one is essential. Returns when it is registered.
    void registerDefinition(const QString &name, const QStringList &containers,
                            const QStringList &command = {QStringLiteral("true")},
                            const QString &vcpus = QStringLiteral("0.25"));
    [[nodiscard]] QString submit(const batch::SubmitJobRequest &request);

private:
    [[nodiscard]] client::LocalConnection writtenConnection() const;

    QTemporaryDir m_home;
    QString m_engineSocket;
    Paths m_paths;
    client::LocalConnection m_connection;
    std::unique_ptr<client::HttpBatchService> m_service;
};

// A request for a job of this definition, in the queue "bench".
[[nodiscard]] batch::SubmitJobRequest request(const QString &definition, const QString &network);

} // namespace bench
