// What DescribeJobs tells of a pod: eksProperties and eksAttempts, both ways. Private to this
// folder, as is what jobjson.cpp shares with it.
#pragma once

#include "backend/batch/job.h"
#include "backend/batch/objectreader.h"

namespace batchyard::batch {

// What real replies have even when there is nothing in it (aws-batch.md 2.7).
inline void addEmptyLists(Json &object, std::initializer_list<const char *> names)
{
    for (const char *name : names) {
        if (!object.contains(name))
            object[name] = Json::array();
    }
}

// AWS's 0 for "not yet".
[[nodiscard]] inline std::optional<Timestamp> nonZero(std::optional<Timestamp> time)
{
    return time && toEpochMs(*time) != 0 ? time : std::nullopt;
}

[[nodiscard]] ContainerRuntime runtimeNamed(const QList<ContainerRuntime> &containers,
                                            const QString &name);

// Pre-condition: the job is a pod's.
[[nodiscard]] Json podPropertiesOf(const JobDetail &job);
[[nodiscard]] Json podAttemptsOf(const JobDetail &job);

// Into the job: its pod and task, its containers, and its attempts.
void readPodForm(const Json &json, const QString &path, ReadContext &context, JobDetail &job);
void readPodAttempts(const Json &json, const QString &path, ReadContext &context, JobDetail &job);

} // namespace batchyard::batch
