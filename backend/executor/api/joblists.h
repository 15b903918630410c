// Lists of jobs in pages, newest first: which jobs ListJobs is asked for (API_ListJobs), and the
// queries of the store that find them.
#pragma once

#include "backend/executor/api/operationcontext.h"

namespace batchyard::executor::api {

[[nodiscard]] QList<batch::JobStatus> unfinishedStates();
// Error: InvalidInput, with `path` as the place.
[[nodiscard]] Result<QList<batch::JobStatus>> jobStates(const QStringList &names,
                                                        const QString &path);

// The query once for each name; as it is without names.
[[nodiscard]] QList<JobQuery> variantsByName(const JobQuery &query, const QStringList &names);

struct JobPage {
    QList<JobRecord> jobs;
    std::string nextToken; // empty on the last page
};
// The jobs that one of the queries has, newest first, from the page's position.
[[nodiscard]] Result<JobPage> jobPage(const OperationContext &context, QList<JobQuery> queries,
                                      const PageRequest &page);

// The page of jobs that a ListJobs request asks for. Errors: InvalidInput, NotFound.
[[nodiscard]] Result<JobPage> listedJobs(const OperationContext &context, const Json &request);

} // namespace batchyard::executor::api
