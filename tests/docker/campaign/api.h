// The executor's API as a program outside sees it: signed requests, AWS's JSON in and out.
#pragma once

#include "backend/batch/jsonvalues.h"
#include "backend/result.h"

#include <QFuture>

#include <chrono>
#include <memory>

namespace batchyard::client {
class ServiceCalls;
}

namespace batchyard::test {

using batch::Json;

// Empty when the member is no string.
[[nodiscard]] QString textOf(const Json &object, const char *member);

class Api
{
public:
    // The file of the executor's state directory that says where it listens and how to sign.
    explicit Api(const QString &connectionFile);
    ~Api();

    // Sent once: what becomes of it is unknown when nobody answers.
    [[nodiscard]] QFuture<Result<Json>> send(const char *operation, const Json &body);
    // Sent again until somebody answers: for what may be done twice.
    [[nodiscard]] Result<Json> call(const char *operation, const Json &body,
                                    std::chrono::milliseconds limit = std::chrono::seconds(30));
    // The jobs that the executor knows of these; the others are left out.
    [[nodiscard]] Result<Json> describeJobs(const QStringList &ids);
    // Id and name of all jobs of a queue, of every state.
    [[nodiscard]] Result<QList<std::pair<QString, QString>>> listJobs(const QString &queue);
    // Of the executor's extension.
    [[nodiscard]] Result<Json> get(const QByteArray &path);
    [[nodiscard]] Result<QStringList> logLines(const QString &stream);

private:
    std::unique_ptr<client::ServiceCalls> m_calls;
};

} // namespace batchyard::test
