// A container's log file: plain text, one line per line printed,
// "2026-11-24T05:38:46.123Z out text" (or "err"), UTC, in the order received. Bytes of the line are
// kept as they were printed.
#pragma once

#include "backend/batch/common.h"

#include <QByteArray>

#include <optional>

namespace batchyard::logs {

using batch::Timestamp;

enum class Stream { Stdout, Stderr };

struct RawLine {
    Timestamp time;
    Stream stream = Stream::Stdout;
    QByteArray text; // without the line's end
    friend bool operator==(const RawLine &, const RawLine &) = default;
};

// What stands before the text of a line: "2026-11-24T05:38:46.123Z out ".
[[nodiscard]] QByteArray formatHead(Stream stream, Timestamp time);
// "2026-11-24T05:38:46.123Z out " before a line's text.
inline constexpr qsizetype headBytes = 29;

// With the closing newline.
[[nodiscard]] QByteArray formatLine(const RawLine &line);
// nullopt: not a line of a log file (torn by a crash, or foreign).
[[nodiscard]] std::optional<RawLine> parseLine(QByteArrayView line);

} // namespace batchyard::logs
