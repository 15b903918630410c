// For the command line only: waits for a future while the event loop goes on. The window never
// waits; it continues with onFinished().
#pragma once

#include "backend/async.h"

#include <QEventLoop>

namespace batchyard::app {

template <typename T>
[[nodiscard]] Result<T> await(const QFuture<Result<T>> &future)
{
    QEventLoop loop;
    std::optional<Result<T>> answer;
    onFinished(future, &loop, [&](const Result<T> &result) {
        answer = result;
        loop.quit();
    });
    if (!answer)
        loop.exec();
    return *answer;
}

} // namespace batchyard::app
