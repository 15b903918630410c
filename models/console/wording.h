// Times, durations and names in the words the console shows.
#pragma once

#include "backend/batch/job.h"

#include <QDateTime>

namespace batchyard::models {

// "14:03:07" today, "23 Nov 14:03" this year, else "23 Nov 2025", in local time; empty for nullopt.
[[nodiscard]] QString timeText(std::optional<batch::Timestamp> time, const QDateTime &now);
// Date and time to the second, in local time.
[[nodiscard]] QString fullTimeText(std::optional<batch::Timestamp> time);
// "0.4 s", "12 s", "3 min 5 s", "2 h 4 min", "3 d 4 h"
[[nodiscard]] QString durationText(std::chrono::milliseconds duration);
// "1 attempt", "up to 3 attempts"
[[nodiscard]] QString attemptsText(int attempts);
// "12 jobs: 10 succeeded, 2 running", the states that come last first.
[[nodiscard]] QString childrenText(const batch::ArrayPropertiesDetail &array);
// What stands after the last slash of an ARN; the text itself when there is none.
[[nodiscard]] QString nameOfArn(const QString &arn);
// "512 MiB", "2 GiB", "1.5 GiB"
[[nodiscard]] QString memoryText(qint64 mebibytes);

// How long a job ran or has run; nullopt before it started.
[[nodiscard]] std::optional<std::chrono::milliseconds>
runTime(std::optional<batch::Timestamp> startedAt, std::optional<batch::Timestamp> stoppedAt,
        batch::Timestamp now);

} // namespace batchyard::models
