// Merged log lines as text or as one JSON object per line, for files and the clipboard.
#pragma once

#include "backend/batch/liveview.h"
#include "backend/result.h"

namespace batchyard::models {

struct LogRecord {
    QString container;
    int attempt = 1;
    batch::LogLine line;
    friend bool operator==(const LogRecord &, const LogRecord &) = default;
};

enum class LogFormat { Text, JsonLines };

// Text: "2026-11-24T14:03:07.123Z model     out text", attempts after the first announced by a line
// of their own. JsonLines: {"time","container","attempt","stream","message"}. UTF-8, each line
// ended.
[[nodiscard]] QByteArray formatLog(const QList<LogRecord> &records, LogFormat format);

// Replaces the file whole, or leaves it as it was. Any thread.
[[nodiscard]] Result<void> saveLog(const QString &fileName, const QList<LogRecord> &records,
                                   LogFormat format);

} // namespace batchyard::models
