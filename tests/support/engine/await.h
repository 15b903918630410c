// Waits in a test for a future while the event loop runs.
#pragma once

#include "backend/result.h"

#include <QEventLoop>
#include <QFuture>
#include <QFutureWatcher>
#include <QTimer>

#include <chrono>

namespace batchyard::test {

// The future's value; Cancelled when it ended without one, Timeout when it did not end in time.
template <typename T>
[[nodiscard]] Result<T> await(const QFuture<Result<T>> &future,
                              std::chrono::milliseconds limit = std::chrono::seconds(60))
{
    QEventLoop loop;
    QFutureWatcher<Result<T>> watcher;
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    QTimer::singleShot(limit, &loop, &QEventLoop::quit);
    watcher.setFuture(future);
    if (!future.isFinished())
        loop.exec();
    if (!future.isFinished())
        return failure(ErrorCode::Timeout, QStringLiteral("The future did not finish in time."));
    if (future.resultCount() == 0)
        return failure(ErrorCode::Cancelled, QStringLiteral("The future has no value."));
    return future.result();
}

} // namespace batchyard::test
