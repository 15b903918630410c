#include "backend/executor/runner/loginbox.h"

#include "backend/logs/logfile.h"

namespace batchyard::executor {

namespace {

using namespace std::chrono_literals;

// The engine takes the time of a line about when it hands it on. Printing so much that its oldest
// file goes takes longer.
constexpr auto beginTolerance = 2s;

} // namespace

qsizetype LogInbox::Piece::fileBytes() const
{
    return bytes.size() + logs::headBytes * bytes.count('\n');
}

void LogInbox::compareBegin(Timestamp time)
{
    const auto file = std::exchange(written, {});
    if (!file || time <= file->first + beginTolerance)
        return;
    known = 0;
    knownUntil = file->second;
    isCut = true;
    hasGap = time > file->second;
}

bool LogInbox::isKnown(Timestamp time)
{
    if (knownUntil && time > *knownUntil)
        knownUntil.reset();
    return knownUntil.has_value();
}

void LogInbox::drop(Piece piece)
{
    tailBytes += piece.fileBytes();
    tail.push_back(std::move(piece));
    while (tail.size() > 1 && tailBytes - tail.front().fileBytes() >= logTailLimit) {
        dropped += tail.front().bytes.size();
        tailBytes -= tail.front().fileBytes();
        tail.pop_front();
    }
}

} // namespace batchyard::executor
