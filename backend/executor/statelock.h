// One executor per state directory: a kernel lock (flock) on a file, so that a killed process never
// leaves it behind and no pid has to be guessed at.
#pragma once

#include "backend/result.h"

#include <QString>

namespace batchyard::executor {

class StateLock
{
public:
    // Error: Conflict when another process holds it (its pid is in the message), Io otherwise.
    [[nodiscard]] static Result<StateLock> take(const QString &path);

    StateLock(StateLock &&other) noexcept;
    StateLock &operator=(StateLock &&other) noexcept;
    ~StateLock();

private:
    explicit StateLock(int descriptor);

    int m_descriptor = -1;
};

} // namespace batchyard::executor
