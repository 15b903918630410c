// The same values as nlohmann::ordered_json, for the two places that put them into larger bodies:
// the client and the executor's API. Kept out of json.h so that nobody else pays for the header.
#pragma once

#include "backend/batch/json.h"
#include "backend/batch/liveview.h"

#include <nlohmann/json_fwd.hpp>

namespace batchyard::batch {

using Json = nlohmann::ordered_json;

// Text to a value within the caps: no duplicate keys, no NUL, depth at most maximumJsonDepth.
// Error: InvalidInput with line and column.
[[nodiscard]] Result<Json> parseJson(const QByteArray &text, qint64 maximumBytes);

// From a request or describe object. path is prefixed to each fault's path.
[[nodiscard]] Parsed<ComputeEnvironment> readComputeEnvironment(const Json &,
                                                                const QString &path = {});
[[nodiscard]] Parsed<JobQueue> readJobQueue(const Json &, const QString &path = {});
[[nodiscard]] Parsed<JobDefinition> readJobDefinition(const Json &, const QString &path = {});
[[nodiscard]] Parsed<SubmitJobRequest> readSubmitJobRequest(const Json &, const QString &path = {});
[[nodiscard]] Parsed<SchedulingPolicy> readSchedulingPolicy(const Json &, const QString &path = {});
[[nodiscard]] Parsed<ConsumableResource> readConsumableResource(const Json &,
                                                                const QString &path = {});
[[nodiscard]] Parsed<JobDetail> readJobDetail(const Json &, const QString &path = {});
[[nodiscard]] Parsed<JobSummary> readJobSummary(const Json &, const QString &path = {});
[[nodiscard]] Parsed<JobLiveView> readJobLiveView(const Json &, const QString &path = {});
[[nodiscard]] Parsed<EngineStatus> readEngineStatus(const Json &, const QString &path = {});

enum class Form { Request, Describe }; // Describe also writes what only describe returns

[[nodiscard]] Json toJsonValue(const ComputeEnvironment &, Form);
[[nodiscard]] Json toJsonValue(const JobQueue &, Form);
[[nodiscard]] Json toJsonValue(const JobDefinition &, Form);
[[nodiscard]] Json toJsonValue(const SubmitJobRequest &);
[[nodiscard]] Json toJsonValue(const SchedulingPolicy &, Form);
[[nodiscard]] Json toJsonValue(const ConsumableResource &, Form);
[[nodiscard]] Json toJsonValue(const ConsumableResourceProperties &);
// With AWS's two forms (container / ecsProperties) and the empty collections real replies have.
[[nodiscard]] Json toJsonValue(const JobDetail &);
[[nodiscard]] Json toJsonValue(const JobSummary &);
[[nodiscard]] Json toJsonValue(const JobLiveView &);
[[nodiscard]] Json toJsonValue(const EngineStatus &);

} // namespace batchyard::batch
