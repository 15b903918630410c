// What a label of each attempt's pause container, or lone container, tells of its job, so that a
// running attempt can be taken up again when the state database is lost: the job's row and
// documents and the names of its containers, compressed. Documents have no secrets in them, only
// where those are to be found.
#pragma once

#include "backend/docker/values.h"
#include "backend/executor/store/store.h"

namespace batchyard::executor {

inline constexpr QLatin1StringView recordLabel{"dev.batchyard.record"};

struct LabelledAttempt {
    JobRecord job;
    std::optional<JobRecord> parent; // of a child or node
    AttemptRecord attempt;
};

[[nodiscard]] QString toLabel(const LabelledAttempt &attempt);
// nullopt: the text is no such label.
[[nodiscard]] std::optional<LabelledAttempt> fromLabel(const QString &text);

// Adds the label when this is the container that has the network of an attempt, which the others
// join, and the store knows the attempt.
void labelForRecovery(const Store &store, docker::ContainerSpec &spec);

} // namespace batchyard::executor
