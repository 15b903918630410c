// Finds the executor of this user, and starts one (`batchyard executor`, detached) when nobody
// answers. Nothing here waits: answers come as futures. Calls may come from any thread; the work is
// done in the thread of the object.
#pragma once

#include "backend/client/localconnection.h"
#include "backend/net/httpclient.h"
#include "backend/paths.h"

#include <QFuture>
#include <QObject>

#include <chrono>
#include <memory>

namespace batchyard::client {

class ExecutorProcess : public QObject
{
    Q_OBJECT

public:
    // program: QCoreApplication::applicationFilePath() of a batchyard; arguments are what it takes
    // to become the executor.
    ExecutorProcess(QString program, Paths paths,
                    QStringList arguments = {QStringLiteral("executor")},
                    QObject *parent = nullptr);
    ~ExecutorProcess() override;

    // The connection of an executor that answers. Calls while one is under way share its answer.
    // Errors: Unreachable or Timeout, with the end of executor.log as detail.
    [[nodiscard]] QFuture<Result<LocalConnection>> ensureRunning();
    // The same, but NotFound or Unreachable instead of a start.
    [[nodiscard]] QFuture<Result<LocalConnection>> findRunning();

    void setStartTimeout(std::chrono::milliseconds timeout); // 20 s unless set
    [[nodiscard]] qint64 startedPid() const; // of the executor started last; 0: none

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace batchyard::client
