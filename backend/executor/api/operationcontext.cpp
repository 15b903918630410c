#include "backend/executor/api/operationcontext.h"

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

Result<Json> documentOf(const ResourceRecord &record)
{
    Json document = Json::parse(record.document.cbegin(), record.document.cend(), nullptr, false);
    if (!document.is_object())
        return failure(ErrorCode::Protocol,
                       u"The stored document of %1 is damaged."_s.arg(record.name));
    return document;
}

} // namespace batchyard::executor::api
