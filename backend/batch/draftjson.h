// Documents that are still being made: the members that AWS requires may be missing. For saved
// drafts only; what is missing is for validate() to tell. Everything else is judged as in json.h.
#pragma once

#include "backend/batch/json.h"

namespace batchyard::batch {

[[nodiscard]] Parsed<ComputeEnvironment> parseComputeEnvironmentDraft(const QByteArray &json);
[[nodiscard]] Parsed<JobQueue> parseJobQueueDraft(const QByteArray &json);
[[nodiscard]] Parsed<JobDefinition> parseJobDefinitionDraft(const QByteArray &json);
[[nodiscard]] Parsed<SubmitJobRequest> parseSubmitJobRequestDraft(const QByteArray &json);

} // namespace batchyard::batch
