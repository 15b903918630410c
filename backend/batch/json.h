// AWS's JSON, both ways. Reading checks size, depth, duplicate keys, types and required members
// and names each fault by its path (syntax faults by line and column); members that are not known
// are kept in `unknown` and reported as warnings. Nothing is defaulted: an absent member is absent.
#pragma once

#include "backend/batch/computeenvironment.h"
#include "backend/batch/job.h"
#include "backend/batch/jobqueue.h"
#include "backend/batch/schedulingpolicy.h"
#include "backend/result.h"

#include <QByteArray>

namespace batchyard::batch {

template <typename Value>
struct Parsed {
    std::optional<Value> value; // nullopt when faults has an error
    Faults faults;
};

// Caps before parsing.
inline constexpr qint64 maximumDocumentBytes = 8 * 1024 * 1024; // a file; the API's caps are lower
inline constexpr int maximumJsonDepth = 64;

[[nodiscard]] Parsed<ComputeEnvironment> parseComputeEnvironment(const QByteArray &json);
[[nodiscard]] Parsed<JobQueue> parseJobQueue(const QByteArray &json);
[[nodiscard]] Parsed<JobDefinition> parseJobDefinition(const QByteArray &json);
[[nodiscard]] Parsed<SubmitJobRequest> parseSubmitJobRequest(const QByteArray &json);
[[nodiscard]] Parsed<SchedulingPolicy> parseSchedulingPolicy(const QByteArray &json);
[[nodiscard]] Parsed<ConsumableResource> parseConsumableResource(const QByteArray &json);

enum class JsonStyle { Compact, Indented };

// The document that the create, register or submit call takes: what describe adds is left out.
[[nodiscard]] QByteArray toJson(const ComputeEnvironment &, JsonStyle = JsonStyle::Indented);
[[nodiscard]] QByteArray toJson(const JobQueue &, JsonStyle = JsonStyle::Indented);
[[nodiscard]] QByteArray toJson(const JobDefinition &, JsonStyle = JsonStyle::Indented);
[[nodiscard]] QByteArray toJson(const SubmitJobRequest &, JsonStyle = JsonStyle::Indented);
[[nodiscard]] QByteArray toJson(const SchedulingPolicy &, JsonStyle = JsonStyle::Indented);
[[nodiscard]] QByteArray toJson(const ConsumableResource &, JsonStyle = JsonStyle::Indented);

} // namespace batchyard::batch
