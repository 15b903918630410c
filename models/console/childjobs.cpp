#include "models/console/childjobs.h"

#include "backend/async.h"
#include "models/console/refresher.h"
#include "models/console/wording.h"

namespace batchyard::models {

namespace {

constexpr int childRefreshIntervalMs = 1'000;

} // namespace

ChildJobs::ChildJobs(batch::BatchService &service, QObject *parent)
    : QObject(parent)
    , m_service(service)
    , m_refresher(new Refresher([this](const std::function<void()> &done) { read(done); },
                                childRefreshIntervalMs, this))
{
}

void ChildJobs::follow(const std::optional<batch::JobDetail> &job)
{
    const bool isArray = job && job->arrayProperties && job->arrayProperties->size;
    const bool isParent = isArray || (job && job->nodeProperties);
    const QString id = isParent ? job->jobId : QString();
    if (id != m_parentId)
        m_jobs.setRecords({});
    m_parentId = id;
    m_summary.clear();
    if (!isParent)
        return;
    m_kind = isArray ? batch::BatchService::Parent::Array : batch::BatchService::Parent::MultiNode;
    m_summary = isArray ? childrenText(*job->arrayProperties)
                        : tr("%1 nodes").arg(job->nodeProperties->numNodes);
    m_refresher->ask();
}

void ChildJobs::read(const std::function<void()> &done)
{
    if (m_parentId.isEmpty()) {
        done();
        return;
    }
    onFinished(m_service.listChildJobs(m_parentId, m_kind), this,
               [this, done, id = m_parentId](const Result<QList<batch::JobSummary>> &jobs) {
                   if (id == m_parentId && jobs)
                       m_jobs.setRecords(*jobs);
                   else if (id == m_parentId)
                       emit failed(jobs.error());
                   done();
               });
}

} // namespace batchyard::models
