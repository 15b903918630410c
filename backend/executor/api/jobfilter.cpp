#include "backend/executor/api/jobfilter.h"

#include "backend/executor/api/arns.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

using batch::JobStatus;

const QList<JobStatus> allStates{JobStatus::Submitted, JobStatus::Pending, JobStatus::Runnable,
                                 JobStatus::Starting,  JobStatus::Running, JobStatus::Succeeded,
                                 JobStatus::Failed};

tl::unexpected<Error> invalid(const QString &message)
{
    return failure(ErrorCode::InvalidInput, message);
}

// A trailing * matches any ending.
bool matchesText(const QString &pattern, const QString &text, Qt::CaseSensitivity sensitivity)
{
    if (pattern.endsWith(u'*'))
        return text.startsWith(QStringView(pattern).chopped(1), sensitivity);
    return text.compare(pattern, sensitivity) == 0;
}

// A name covers all revisions, an ARN exactly one.
bool matchesDefinition(const QString &pattern, const JobRecord &job)
{
    if (parseBatchArn(pattern))
        return pattern == job.definitionArn;
    const QString nameAndRevision = nameOf(job.definitionArn, u"job-definition");
    const QString name = nameAndRevision.left(nameAndRevision.indexOf(u':'));
    return matchesText(pattern, name, Qt::CaseSensitive);
}

using Condition = std::function<bool(const JobRecord &)>;

Result<Condition> timeCondition(const QString &name, const QString &value)
{
    bool isNumber = false;
    const qint64 limit = value.toLongLong(&isNumber);
    if (!isNumber)
        return invalid(u"filters[0].values[0]: %1 takes milliseconds since 1970."_s.arg(name));
    if (name == u"BEFORE_CREATED_AT"_s)
        return Condition(
            [limit](const JobRecord &job) { return batch::toEpochMs(job.createdAt) < limit; });
    return Condition(
        [limit](const JobRecord &job) { return batch::toEpochMs(job.createdAt) > limit; });
}

Result<Condition> conditionOf(const QString &name, const QStringList &values)
{
    if (name == u"BEFORE_CREATED_AT"_s || name == u"AFTER_CREATED_AT"_s)
        return timeCondition(name, values.first());
    if (name == u"JOB_NAME"_s)
        return Condition([values](const JobRecord &job) {
            return std::any_of(values.cbegin(), values.cend(), [&](const QString &value) {
                return matchesText(value, job.name, Qt::CaseInsensitive);
            });
        });
    if (name == u"JOB_DEFINITION"_s)
        return Condition([values](const JobRecord &job) {
            return std::any_of(values.cbegin(), values.cend(),
                               [&](const QString &value) { return matchesDefinition(value, job); });
        });
    return invalid(u"filters[0].name: %1 is not known; JOB_NAME, JOB_DEFINITION, "
                   "BEFORE_CREATED_AT and AFTER_CREATED_AT are allowed."_s.arg(name.left(80)));
}

Result<Condition> readFilters(const Json &request)
{
    const Json *filters = member(request, "filters");
    if (!filters || filters->empty())
        return Condition();
    if (!filters->is_array() || filters->size() != 1 || !filters->front().is_object())
        return invalid(u"filters: exactly one filter {name, values} is allowed."_s);
    const Json &filter = filters->front();
    const auto name = requiredText(filter, "name");
    if (!name)
        return tl::unexpected(name.error());
    const auto values = textsMember(filter, "values", 100);
    if (!values)
        return tl::unexpected(values.error());
    if (values->isEmpty())
        return invalid(u"filters[0].values: at least one value is required."_s);
    return conditionOf(*name, *values);
}

} // namespace

Result<JobFilter> JobFilter::fromRequest(const Json &request)
{
    for (const auto &[field, text] : {std::pair{"arrayJobId", u"array jobs are"_s},
                                      std::pair{"multiNodeJobId", u"multi-node jobs are"_s}}) {
        if (member(request, field))
            return failure(
                ErrorCode::Unsupported,
                u"%1: %2 not run locally; give a jobQueue."_s.arg(QLatin1StringView(field), text));
    }
    const auto queue = requiredText(request, "jobQueue");
    if (!queue)
        return tl::unexpected(queue.error());
    const auto status = textMember(request, "jobStatus");
    if (!status)
        return tl::unexpected(status.error());
    auto condition = readFilters(request);
    if (!condition)
        return tl::unexpected(condition.error());

    JobFilter filter{.queue = nameOf(*queue, u"job-queue"),
                     .states = {JobStatus::Running}, // AWS's answer to a query without a status
                     .condition = std::move(*condition)};
    if (!status->isEmpty()) {
        const auto state = batch::jobStatus(*status);
        if (!state)
            return invalid(u"jobStatus: %1 is not known; SUBMITTED, PENDING, RUNNABLE, STARTING, "
                           "RUNNING, SUCCEEDED and FAILED are allowed."_s.arg(status->left(80)));
        filter.states = {*state};
    }
    if (filter.isFiltered())
        filter.states = allStates; // AWS ignores jobStatus beside a filter
    return filter;
}

} // namespace batchyard::executor::api
