// Which jobs ListJobs is asked for (API_ListJobs): one queue, and a status or one filter.
#pragma once

#include "backend/executor/api/requestmembers.h"
#include "backend/executor/store/store.h"

#include <functional>

namespace batchyard::executor::api {

struct JobFilter {
    QString queue; // name
    QList<batch::JobStatus> states;
    std::function<bool(const JobRecord &)> condition; // empty: all

    [[nodiscard]] static Result<JobFilter> fromRequest(const Json &request);
    [[nodiscard]] bool isFiltered() const { return bool(condition); }
    [[nodiscard]] bool matches(const JobRecord &job) const { return !condition || condition(job); }
};

} // namespace batchyard::executor::api
