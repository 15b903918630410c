// The four documents that the wizards edit.
#pragma once

#include "backend/batch/json.h"
#include "backend/batch/validation.h"
#include "models/draft/draft.h"

namespace batchyard::models {

template <>
struct DocumentFormat<batch::ComputeEnvironment> {
    static constexpr QLatin1StringView request{"CreateComputeEnvironment"};
    static batch::Parsed<batch::ComputeEnvironment> parse(const QByteArray &json);
    static batch::Parsed<batch::ComputeEnvironment> parseDraft(const QByteArray &json);
    static QString write(const batch::ComputeEnvironment &value);
    static batch::Faults validate(const batch::ComputeEnvironment &value);
};

template <>
struct DocumentFormat<batch::JobQueue> {
    static constexpr QLatin1StringView request{"CreateJobQueue"};
    static batch::Parsed<batch::JobQueue> parse(const QByteArray &json);
    static batch::Parsed<batch::JobQueue> parseDraft(const QByteArray &json);
    static QString write(const batch::JobQueue &value);
    static batch::Faults validate(const batch::JobQueue &value);
};

template <>
struct DocumentFormat<batch::JobDefinition> {
    static constexpr QLatin1StringView request{"RegisterJobDefinition"};
    static batch::Parsed<batch::JobDefinition> parse(const QByteArray &json);
    static batch::Parsed<batch::JobDefinition> parseDraft(const QByteArray &json);
    static QString write(const batch::JobDefinition &value);
    static batch::Faults validate(const batch::JobDefinition &value);
};

template <>
struct DocumentFormat<batch::SubmitJobRequest> {
    static constexpr QLatin1StringView request{"SubmitJob"};
    static batch::Parsed<batch::SubmitJobRequest> parse(const QByteArray &json);
    static batch::Parsed<batch::SubmitJobRequest> parseDraft(const QByteArray &json);
    static QString write(const batch::SubmitJobRequest &value);
    static batch::Faults validate(const batch::SubmitJobRequest &value);
};

using ComputeEnvironmentDraft = Draft<batch::ComputeEnvironment>;
using JobQueueDraft = Draft<batch::JobQueue>;
using JobDefinitionDraft = Draft<batch::JobDefinition>;

// Is also checked against the definition it names, once that is known.
class SubmitJobDraft final : public Draft<batch::SubmitJobRequest>
{
public:
    using Draft::Draft;

    [[nodiscard]] const std::optional<batch::JobDefinition> &definition() const
    {
        return m_definition;
    }
    void setDefinition(const std::optional<batch::JobDefinition> &definition);

protected:
    [[nodiscard]] batch::Faults findFaults() const override;

private:
    std::optional<batch::JobDefinition> m_definition;
};

} // namespace batchyard::models
