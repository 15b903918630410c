// The one way to continue after a QFuture: the callback runs in the context's thread and is dropped
// with the context. (QFuture::then(context, …) of Qt 6.4 aborts in a debug build when the context
// dies before the result.)
#pragma once

#include "backend/result.h"

#include <QFuture>
#include <QFutureWatcher>
#include <QPromise>

namespace batchyard {

// Calls fn(value) once in the context's thread. A future that ends without a value (its promise was
// dropped) is reported as ErrorCode::Cancelled.
template <typename T, typename Function>
void onFinished(const QFuture<Result<T>> &future, QObject *context, Function fn)
{
    auto *watcher = new QFutureWatcher<Result<T>>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                     [watcher, fn = std::move(fn)]() mutable {
                         watcher->deleteLater();
                         const QFuture<Result<T>> done = watcher->future();
                         if (done.resultCount() > 0)
                             fn(done.result());
                         else
                             fn(Result<T>(failure(ErrorCode::Cancelled,
                                                  QStringLiteral("The request was given up."))));
                     });
    watcher->setFuture(future);
}

// A future that is finished already.
template <typename T>
[[nodiscard]] QFuture<Result<T>> finished(Result<T> value)
{
    QPromise<Result<T>> promise;
    promise.start();
    promise.addResult(std::move(value));
    promise.finish();
    return promise.future();
}

} // namespace batchyard
