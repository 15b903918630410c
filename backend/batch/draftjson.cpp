#include "backend/batch/draftjson.h"

#include "backend/batch/documentmembers.h"
#include "backend/batch/jsonvalues.h"
#include "backend/batch/objectreader.h"

namespace batchyard::batch {

namespace {

template <typename Value>
Parsed<Value> parseDraft(const QByteArray &text)
{
    const Result<Json> json = parseJson(text, maximumDocumentBytes);
    if (!json)
        return {std::nullopt, {{QString(), json.error().message, Fault::Severity::Error}}};
    ReadOptions options;
    options.required = false;
    return readObject<Value>(*json, QString(), options);
}

} // namespace

Parsed<ComputeEnvironment> parseComputeEnvironmentDraft(const QByteArray &json)
{
    return parseDraft<ComputeEnvironment>(json);
}

Parsed<JobQueue> parseJobQueueDraft(const QByteArray &json)
{
    return parseDraft<JobQueue>(json);
}

Parsed<JobDefinition> parseJobDefinitionDraft(const QByteArray &json)
{
    return parseDraft<JobDefinition>(json);
}

Parsed<SubmitJobRequest> parseSubmitJobRequestDraft(const QByteArray &json)
{
    return parseDraft<SubmitJobRequest>(json);
}

} // namespace batchyard::batch
