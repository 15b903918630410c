#include "tests/unit/faults/disk.h"

#include <QByteArray>
#include <QStringBuilder>

#include <cerrno>
#include <sys/syscall.h>
#include <unistd.h>

namespace batchyard::test::disk {

namespace {

struct State {
    std::function<void(int)> before;
    std::function<void(int)> after;
    int commits = 0;
    bool isInCommit = false;
    bool isAsking = false; // a hook runs: what it writes is its own
    int failures = 0;
};

State &state()
{
    static State only;
    return only;
}

bool isDatabaseLog(int file)
{
    char path[4096];
    const QByteArray link = QByteArrayLiteral("/proc/self/fd/") + QByteArray::number(file);
    const ssize_t length = ::readlink(link.constData(), path, sizeof path);
    return length > 0 && QByteArrayView(path, length).endsWith("-wal");
}

void call(const std::function<void(int)> &hook)
{
    state().isAsking = true;
    if (hook)
        hook(state().commits);
    state().isAsking = false;
}

} // namespace

void onCommit(std::function<void(int)> before, std::function<void(int)> after)
{
    state().before = std::move(before);
    state().after = std::move(after);
}

void failCommits(int count)
{
    state().failures = count;
}

void reset()
{
    state() = {};
}

namespace {

// False: the write is to fail.
bool noteWrite(int file)
{
    State &disk = state();
    if (disk.isAsking || !isDatabaseLog(file))
        return true;
    if (!disk.isInCommit) {
        disk.isInCommit = true;
        ++disk.commits;
        call(disk.before);
    }
    if (disk.failures == 0)
        return true;
    --disk.failures;
    disk.isInCommit = false;
    return false;
}

void noteSync(int file)
{
    State &disk = state();
    if (disk.isAsking || !disk.isInCommit || !isDatabaseLog(file))
        return;
    disk.isInCommit = false;
    call(disk.after);
}

} // namespace

} // namespace batchyard::test::disk

using namespace batchyard::test;

// NOLINTBEGIN(readability-identifier-naming): the C library's names.
extern "C" {

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset)
{
    if (disk::noteWrite(file))
        return ::syscall(SYS_pwrite64, file, bytes, size, offset);
    errno = ENOSPC;
    return -1;
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset)
{
    return pwrite(file, bytes, size, offset);
}

int fdatasync(int file)
{
    disk::noteSync(file);
    return 0;
}

int fsync(int file)
{
    disk::noteSync(file);
    return 0;
}
}
// NOLINTEND(readability-identifier-naming)
