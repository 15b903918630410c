// The children of an array job or the nodes of a multi-node job, as a list that keeps up with them.
#pragma once

#include "backend/batch/batchservice.h"
#include "models/console/resourcemodels.h"

namespace batchyard::models {

class Refresher;

class ChildJobs final : public QObject
{
    Q_OBJECT

public:
    explicit ChildJobs(batch::BatchService &service, QObject *parent = nullptr);

    // The job that is looked at, each time it has changed. The list is read anew then, at most once
    // a second: an array of 10,000 takes more than a hundred calls.
    void follow(const std::optional<batch::JobDetail> &job);

    [[nodiscard]] bool isParent() const { return !m_parentId.isEmpty(); }
    [[nodiscard]] JobsModel &jobs() { return m_jobs; }
    // "12 jobs: 10 succeeded, 2 running"; empty for a job without children.
    [[nodiscard]] QString summary() const { return m_summary; }

signals:
    void failed(const batchyard::Error &error);

private:
    void read(const std::function<void()> &done);

    batch::BatchService &m_service;
    JobsModel m_jobs;
    QString m_parentId;
    batch::BatchService::Parent m_kind = batch::BatchService::Parent::Array;
    QString m_summary;
    Refresher *m_refresher;
};

} // namespace batchyard::models
