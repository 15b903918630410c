// Stands between SQLite and the disk in the tests that link it: tells of each commit, and fails
// writes when asked to. Nothing is really synchronised, since here only a process dies. The
// program's own fdatasync() and pwrite() go before the C library's, so it must be linked with
// exported symbols.
#pragma once

#include <functional>

namespace batchyard::test::disk {

// Called before the first write of a commit to a database's log, with its number from 1, and after
// the commit is on the disk. They may copy files.
void onCommit(std::function<void(int number)> before, std::function<void(int number)> after);
// So many commits fail from now on: the disk is full.
void failCommits(int count);
void reset();

} // namespace batchyard::test::disk
