#include "backend/executor/api/joblists.h"

#include "backend/batch/wording.h"
#include "backend/executor/api/namefilter.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int largestListPage = 1000;
constexpr int largestFilteredListPage = 100;

const QStringList listJobsFilters{u"JOB_NAME"_s, u"JOB_DEFINITION"_s, u"BEFORE_CREATED_AT"_s,
                                  u"AFTER_CREATED_AT"_s, u"SHARE_IDENTIFIER"_s};

Result<Timestamp> timeOf(const ListFilter &filter)
{
    bool isNumber = false;
    const qint64 time = filter.values.first().toLongLong(&isNumber);
    if (!isNumber || filter.values.size() > 1)
        return failure(
            ErrorCode::InvalidInput,
            u"filters[0].values: %1 takes one time in milliseconds since 1970."_s.arg(filter.name));
    return batch::fromEpochMs(time);
}

Result<QList<JobQuery>> filteredQueries(const JobQuery &query, const ListFilter &filter)
{
    if (filter.name == u"JOB_NAME"_s)
        return variantsByName(query, filter.values);
    QList<JobQuery> queries;
    if (filter.name == u"BEFORE_CREATED_AT"_s || filter.name == u"AFTER_CREATED_AT"_s) {
        const auto time = timeOf(filter);
        if (!time)
            return tl::unexpected(time.error());
        queries += query;
        (filter.name == u"BEFORE_CREATED_AT"_s ? queries.first().createdBefore
                                               : queries.first().createdAfter)
            = *time;
        return queries;
    }
    for (const QString &value : filter.values) {
        queries += query;
        (filter.name == u"JOB_DEFINITION"_s ? queries.last().definition
                                            : queries.last().shareIdentifier)
            = value;
    }
    return queries;
}

// The query of all jobs of the queue, array or multi-node job that the request names.
Result<JobQuery> scopeOf(const OperationContext &context, const Json &request)
{
    const auto queue = textMember(request, "jobQueue");
    const auto array = textMember(request, "arrayJobId");
    const auto nodes = textMember(request, "multiNodeJobId");
    for (const auto *text : {&queue, &array, &nodes}) {
        if (!*text)
            return tl::unexpected(text->error());
    }
    if (!queue->isEmpty() + !array->isEmpty() + !nodes->isEmpty() != 1)
        return failure(
            ErrorCode::InvalidInput,
            u"Exactly one of jobQueue, arrayJobId and multiNodeJobId must be specified."_s);
    JobQuery query;
    if (!queue->isEmpty()) {
        query.queue = nameOf(*queue, u"job-queue");
        const auto record = context.store.resource(ResourceKind::JobQueue, query.queue);
        if (!record)
            return tl::unexpected(record.error());
        if (!*record)
            return failure(ErrorCode::NotFound,
                           u"JobQueue %1 not found."_s.arg(batch::shownName(*queue)));
        return query;
    }
    query.parentId = nameOf(array->isEmpty() ? *nodes : *array, u"job");
    const auto parent = context.store.job(query.parentId);
    if (!parent)
        return tl::unexpected(parent.error());
    const JobKind kind = array->isEmpty() ? JobKind::MultiNodeParent : JobKind::ArrayParent;
    if (!*parent || (*parent)->kind != kind)
        return failure(ErrorCode::NotFound,
                       array->isEmpty() ? u"multiNodeJobId: %1 is no multi-node job."_s.arg(*nodes)
                                        : u"arrayJobId: %1 is no array job."_s.arg(*array));
    return query;
}

} // namespace

QList<batch::JobStatus> unfinishedStates()
{
    using enum batch::JobStatus;
    return {Submitted, Pending, Runnable, Starting, Running};
}

Result<QList<batch::JobStatus>> jobStates(const QStringList &names, const QString &path)
{
    QList<batch::JobStatus> states;
    for (const QString &name : names) {
        const auto state = batch::jobStatus(name);
        if (!state)
            return failure(ErrorCode::InvalidInput,
                           path % u": " % name.left(80)
                               % u" is not known; SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, "
                                 "SUCCEEDED and FAILED are allowed.");
        states += *state;
    }
    return states;
}

QList<JobQuery> variantsByName(const JobQuery &query, const QStringList &names)
{
    if (names.isEmpty())
        return {query};
    QList<JobQuery> queries;
    for (const QString &name : names) {
        queries += query;
        queries.last().name = name;
    }
    return queries;
}

Result<JobPage> jobPage(const OperationContext &context, QList<JobQuery> queries,
                        const PageRequest &page)
{
    QList<JobRecord> jobs;
    for (JobQuery &query : queries) {
        query.before = page.position.toLongLong();
        query.limit = page.size + 1;
        const auto found = context.store.listJobs(query);
        if (!found)
            return tl::unexpected(found.error());
        jobs += *found;
    }
    if (queries.size() > 1) {
        std::ranges::sort(jobs, std::greater(), &JobRecord::sequence);
        const auto same = std::ranges::unique(jobs, {}, &JobRecord::sequence);
        jobs.erase(same.begin(), same.end());
    }
    JobPage result;
    if (jobs.size() > page.size) {
        jobs.resize(page.size);
        result.nextToken = pageToken(page, QByteArray::number(jobs.last().sequence));
    }
    result.jobs = std::move(jobs);
    return result;
}

Result<JobPage> listedJobs(const OperationContext &context, const Json &request)
{
    auto query = scopeOf(context, request);
    if (!query)
        return tl::unexpected(query.error());
    auto filters = listFilters(request, listJobsFilters, 1);
    if (!filters)
        return tl::unexpected(filters.error());
    const auto status = textMember(request, "jobStatus");
    if (!status)
        return tl::unexpected(status.error());
    const auto states = jobStates(
        status->isEmpty() ? QStringList{u"RUNNING"_s} : QStringList{*status}, u"jobStatus"_s);
    if (!states)
        return tl::unexpected(states.error());
    if (!query->parentId.isEmpty())
        filters->clear(); // they do not reach children and nodes
    const bool isFiltered = !filters->isEmpty();
    // Beside a filter the status counts with SHARE_IDENTIFIER only.
    if (!isFiltered || (filters->first().name == u"SHARE_IDENTIFIER"_s && !status->isEmpty()))
        query->states = *states;
    const int largest = isFiltered ? largestFilteredListPage : largestListPage;
    const auto page = pageRequest(request, "ListJobs", largest, largest);
    if (!page)
        return tl::unexpected(page.error());
    const auto queries
        = isFiltered ? filteredQueries(*query, filters->first()) : QList<JobQuery>{*query};
    if (!queries)
        return tl::unexpected(queries.error());
    return jobPage(context, *queries, *page);
}

} // namespace batchyard::executor::api
