// Names and errors as the parts of FakeBatchService write them.
#pragma once

#include "backend/result.h"

namespace batchyard::test {

inline constexpr QLatin1StringView arnPrefix{"arn:aws:batch:us-east-1:000000000000:"};

[[nodiscard]] inline Error notFound(const QString &what)
{
    return {ErrorCode::NotFound, QStringLiteral("%1 does not exist.").arg(what), {}};
}

[[nodiscard]] inline QString nameOfArn(const QString &reference)
{
    return reference.section(QLatin1Char('/'), -1);
}

} // namespace batchyard::test
