#include "backend/executor/api/jobdocuments.h"

#include "backend/batch/json.h"
#include "backend/batch/validation.h"

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

Result<std::shared_ptr<const JobDocuments>> DocumentCache::of(const JobRecord &job) const
{
    const Key key(job.request, job.definition);
    if (const auto *known = m_parsed.object(key))
        return *known;
    const auto request = batch::parseSubmitJobRequest(job.request);
    const auto definition = batch::parseJobDefinition(job.definition);
    if (!request.value || !definition.value)
        return failure(ErrorCode::Protocol,
                       u"The stored documents of job %1 are damaged."_s.arg(job.id));
    const auto documents = std::make_shared<const JobDocuments>(
        JobDocuments{*request.value, *definition.value,
                     batch::effectiveConsumables(*request.value, *definition.value)});
    m_parsed.insert(key, new std::shared_ptr<const JobDocuments>(documents),
                    job.request.size() + job.definition.size());
    return documents;
}

} // namespace batchyard::executor::api
