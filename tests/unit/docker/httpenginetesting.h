// What tests of the engine's client share.
#pragma once

#include "backend/docker/httpengine.h"
#include "tests/support/engine/await.h"
#include "tests/support/engine/fakedaemon.h"

#include <QTest>

Q_DECLARE_METATYPE(batchyard::ErrorCode)
Q_DECLARE_METATYPE(batchyard::test::FakeReply)

namespace batchyard::test {

using Outcome = std::optional<Error>; // nullopt: it went well

template <typename T>
Outcome outcome(const QFuture<Result<T>> &future)
{
    const Result<T> result = await(future);
    return result ? Outcome() : Outcome(result.error());
}

} // namespace batchyard::test
