// The lines of a container's log as the events that the awslogs driver would send: one for each
// line or, when its options say what an event begins with, one for the lines up to the next that
// does. They are joined when they are read, so the files stay what the container has printed.
#pragma once

#include "backend/executor/api/logstreams.h"

#include "backend/logs/logfile.h"

namespace batchyard::executor::api {

struct LogEvent {
    logs::RawLine line; // of several lines: the first's time and stream, and the texts of all
    qint64 begin = 0; // offset of its first line
    qint64 end = 0; // behind its last line
};

struct LogEvents {
    QList<LogEvent> events;
    qint64 begin = 0; // offset of the first event
    qint64 end = 0; // where to go on; before an event that may not be complete yet
};

// At most so many events and about so many bytes from the offset, at which an event must begin. A
// file that is not there yet has none.
[[nodiscard]] Result<LogEvents> readEventsForward(const LogStream &stream, qint64 offset, int count,
                                                  qint64 bytes, Timestamp now);
// The last ones before the offset (-1: the end), in the file's order.
[[nodiscard]] Result<LogEvents> readEventsBackward(const LogStream &stream, qint64 offset,
                                                   int count, qint64 bytes, Timestamp now);
// Offset of the first event at or after this time; the end if there is none.
[[nodiscard]] Result<qint64> eventOffsetOfTime(const LogStream &stream, Timestamp time,
                                               Timestamp now);

} // namespace batchyard::executor::api
