// The documents that a job was accepted with, as values. Jobs of one definition that differ in
// nothing, and jobs that are asked for again and again, are parsed once.
#pragma once

#include "backend/batch/job.h"
#include "backend/executor/store/store.h"
#include "backend/result.h"

#include <QCache>

#include <memory>

namespace batchyard::executor::api {

struct JobDocuments {
    batch::SubmitJobRequest request;
    batch::JobDefinition definition;
    QList<batch::ConsumableResourceRequirement> consumables; // of the whole job
    batch::JobDetail detail; // what of it stays the same from the submission to the end
    double vcpus = 0; // of the job with all its nodes, or of each child of an array

    // The same of a single job, an array's parent or child, a multi-node job's parent or node.
    [[nodiscard]] batch::JobDetail detailOf(const JobRecord &job) const;
    [[nodiscard]] bool isMainNode(int index) const;
};

class DocumentCache
{
public:
    // Error: Protocol when the database holds something else.
    [[nodiscard]] Result<std::shared_ptr<const JobDocuments>> of(const JobRecord &job) const;

private:
    using Key = std::pair<QByteArray, QByteArray>; // request, definition
    static constexpr qsizetype maximumBytes = 4 * 1024 * 1024; // of JSON; some 10 times as values
    mutable QCache<Key, std::shared_ptr<const JobDocuments>> m_parsed{maximumBytes};
};

} // namespace batchyard::executor::api
