// Tags of resources (API_TagResource …). A job keeps the tags it was submitted with.
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
    struct Tagged;
    [[nodiscard]] Result<Tagged> find(const QString &arn) const;
    [[nodiscard]] Result<Json> save(Tagged &tagged, const Json &tags);

    OperationContext &m_context;
};

} // namespace batchyard::executor::api
