#include "models/draft/drafts.h"

#include "backend/batch/draftjson.h"

namespace batchyard::models {

using namespace batch;

Parsed<ComputeEnvironment> DocumentFormat<ComputeEnvironment>::parse(const QByteArray &json)
{
    return parseComputeEnvironment(json);
}

Parsed<ComputeEnvironment> DocumentFormat<ComputeEnvironment>::parseDraft(const QByteArray &json)
{
    return parseComputeEnvironmentDraft(json);
}

QString DocumentFormat<ComputeEnvironment>::write(const ComputeEnvironment &value)
{
    return QString::fromUtf8(toJson(value));
}

Faults DocumentFormat<ComputeEnvironment>::validate(const ComputeEnvironment &value)
{
    return batch::validate(value);
}

Parsed<JobQueue> DocumentFormat<JobQueue>::parse(const QByteArray &json)
{
    return parseJobQueue(json);
}

Parsed<JobQueue> DocumentFormat<JobQueue>::parseDraft(const QByteArray &json)
{
    return parseJobQueueDraft(json);
}

QString DocumentFormat<JobQueue>::write(const JobQueue &value)
{
    return QString::fromUtf8(toJson(value));
}

Faults DocumentFormat<JobQueue>::validate(const JobQueue &value)
{
    return batch::validate(value);
}

Parsed<JobDefinition> DocumentFormat<JobDefinition>::parse(const QByteArray &json)
{
    return parseJobDefinition(json);
}

Parsed<JobDefinition> DocumentFormat<JobDefinition>::parseDraft(const QByteArray &json)
{
    return parseJobDefinitionDraft(json);
}

QString DocumentFormat<JobDefinition>::write(const JobDefinition &value)
{
    return QString::fromUtf8(toJson(value));
}

Faults DocumentFormat<JobDefinition>::validate(const JobDefinition &value)
{
    return batch::validate(value);
}

Parsed<SubmitJobRequest> DocumentFormat<SubmitJobRequest>::parse(const QByteArray &json)
{
    return parseSubmitJobRequest(json);
}

Parsed<SubmitJobRequest> DocumentFormat<SubmitJobRequest>::parseDraft(const QByteArray &json)
{
    return parseSubmitJobRequestDraft(json);
}

QString DocumentFormat<SubmitJobRequest>::write(const SubmitJobRequest &value)
{
    return QString::fromUtf8(toJson(value));
}

Faults DocumentFormat<SubmitJobRequest>::validate(const SubmitJobRequest &value)
{
    return batch::validate(value);
}

void SubmitJobDraft::setDefinition(const std::optional<JobDefinition> &definition)
{
    if (m_definition == definition)
        return;
    m_definition = definition;
    refresh();
}

Faults SubmitJobDraft::findFaults() const
{
    return m_definition ? batch::validate(value(), *m_definition) : batch::validate(value());
}

} // namespace batchyard::models
