// What a container's stream has brought and its log file has not yet: filled on the engine's
// thread, emptied on its LogCapture's, under the mutex.
#pragma once

#include "backend/logs/logwriter.h"

#include <deque>
#include <mutex>
#include <optional>

namespace batchyard::executor {

using batch::Timestamp;

// What is kept of the end of an output that is too long, in bytes of the file.
inline constexpr qsizetype logTailLimit = 1024 * 1024;

struct LogInbox {
    struct Piece {
        logs::Stream stream;
        QByteArray bytes;
        Timestamp time;

        [[nodiscard]] qsizetype fileBytes() const; // what it takes in the file
    };

    std::mutex mutex;
    QList<Piece> pieces;
    qsizetype bytes = 0;
    qint64 known = 0; // bytes of a replay that are in the file already
    qint64 room = 0; // for further ones; the rest goes through the tail
    std::deque<Piece> tail; // the last output beyond the limit
    qsizetype tailBytes = 0;
    qint64 dropped = 0; // that the tail has lost again
    // Of what the file has, until the first piece of a replay has come.
    std::optional<std::pair<Timestamp, Timestamp>> written;
    std::optional<Timestamp> knownUntil; // in place of `known`
    bool isCut = false; // the replay does not begin where the file does
    bool hasGap = false; // nor before the file ends

    // For the first piece of a replay: the daemon throws away the oldest when its files are full,
    // and byte counts say nothing then.
    void compareBegin(Timestamp time);
    // Whether the file has what is of this time; once past it no more.
    [[nodiscard]] bool isKnown(Timestamp time);
    // Into the tail, which then loses its oldest.
    void drop(Piece piece);
};

} // namespace batchyard::executor
