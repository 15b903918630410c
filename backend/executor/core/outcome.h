// How an attempt ended and what follows. Open points of AWS's behaviour are decided in this header
// and nowhere else: rule (a) of the deciding container (the essential container whose end began the
// stop decides), missing reason or exit code compared as empty text, patterns compared without
// regard to case.
#pragma once

#include "backend/batch/jobdefinition.h"
#include "backend/executor/core/taskstate.h"

namespace batchyard::executor::core {

struct AttemptOutcome {
    bool succeeded = false;
    QString statusReason; // "Essential container in task exited", "Task failed to start" …
    std::optional<int> exitCode; // of the deciding container
    QString reason; // of the deciding container
    int decidingContainer = -1;
    bool mayRetry = true; // false: timeout, terminate
    friend bool operator==(const AttemptOutcome &, const AttemptOutcome &) = default;
};

inline constexpr QLatin1StringView timeoutReason{"Job attempt duration exceeded timeout"};
inline constexpr QLatin1StringView essentialExitReason{"Essential container in task exited"};
inline constexpr QLatin1StringView failedToStartReason{"Task failed to start"};

// Pre-condition: allStopped(state). Absence of an exit code is never success.
[[nodiscard]] AttemptOutcome attemptOutcome(const QList<ContainerRules> &rules,
                                            const TaskState &state);

// Whether a failed attempt `number` (from 1) is tried again (API_RetryStrategy, evaluateOnExit:
// first match decides, no match retries).
[[nodiscard]] bool shouldRetry(const std::optional<batch::RetryStrategy> &strategy, int number,
                               const AttemptOutcome &outcome);

// Whether one evaluateOnExit pattern (trailing * is a prefix) covers the value.
[[nodiscard]] bool matchesPattern(QStringView pattern, QStringView value);

} // namespace batchyard::executor::core
