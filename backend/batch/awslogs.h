// How the log driver awslogs makes events of the lines that a container prints (Docker, "Amazon
// CloudWatch Logs logging driver"; AWS's page on LogConfiguration).
#pragma once

#include "backend/batch/container.h"

#include <QRegularExpression>

namespace batchyard::batch {

// What the first line of an event matches when an event may have several lines: by
// awslogs-datetime-format or, without it, by awslogs-multiline-pattern. An empty pattern, also for
// other drivers: each line is an event. The pattern is the user's and may not be valid.
[[nodiscard]] QRegularExpression eventStart(const std::optional<LogConfiguration> &configuration);

// The group that awslogs-group names, else AWS Batch's own.
[[nodiscard]] QString logGroup(const std::optional<LogConfiguration> &configuration);
inline constexpr QLatin1StringView batchLogGroup{"/aws/batch/job"};

inline constexpr QLatin1StringView logGroupOption{"awslogs-group"};
inline constexpr QLatin1StringView datetimeFormatOption{"awslogs-datetime-format"};
inline constexpr QLatin1StringView multilinePatternOption{"awslogs-multiline-pattern"};

} // namespace batchyard::batch
