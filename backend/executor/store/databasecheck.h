// Reads a large database through beside its use, in a thread of its own. For the store only.
#pragma once

#include "backend/result.h"

#include <atomic>
#include <functional>
#include <thread>

namespace batchyard::executor {

class DatabaseCheck
{
public:
    // Calls `damaged` in that thread with what was found, if anything; a file that cannot be read
    // for another reason is not damaged.
    DatabaseCheck(QString path, std::function<void(const Error &)> damaged);
    ~DatabaseCheck(); // gives up after the table it is at
    DatabaseCheck(const DatabaseCheck &) = delete;
    DatabaseCheck &operator=(const DatabaseCheck &) = delete;

private:
    std::atomic<bool> m_givenUp = false;
    std::thread m_thread;
};

} // namespace batchyard::executor
