// Tags of resources and jobs (API_TagResource …).
#pragma once

#include "backend/executor/api/operationcontext.h"

namespace batchyard::executor::api {

class TagOperations
{
public:
    explicit TagOperations(OperationContext &context)
        : m_context(context)
    {
    }

    [[nodiscard]] Result<Json> list(const QString &arn);
    [[nodiscard]] Result<Json> tag(const QString &arn, const Json &request);
    [[nodiscard]] Result<Json> untag(const QString &arn, const QStringList &keys);

private:
    struct Tagged; // a resource or a job, with its tags
    [[nodiscard]] Result<Tagged> find(const QString &arn) const;
    [[nodiscard]] Result<Tagged> findJob(const QString &arn, const QString &id) const;
    [[nodiscard]] Result<Json> save(Tagged &tagged);

    OperationContext &m_context;
};

} // namespace batchyard::executor::api
