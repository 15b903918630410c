#include "backend/result.h"

namespace batchyard {

QString errorCodeName(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidInput:
        return QStringLiteral("InvalidInput");
    case ErrorCode::NotFound:
        return QStringLiteral("NotFound");
    case ErrorCode::Conflict:
        return QStringLiteral("Conflict");
    case ErrorCode::AccessDenied:
        return QStringLiteral("AccessDenied");
    case ErrorCode::Unreachable:
        return QStringLiteral("Unreachable");
    case ErrorCode::Timeout:
        return QStringLiteral("Timeout");
    case ErrorCode::Cancelled:
        return QStringLiteral("Cancelled");
    case ErrorCode::Protocol:
        return QStringLiteral("Protocol");
    case ErrorCode::Io:
        return QStringLiteral("Io");
    case ErrorCode::Unsupported:
        return QStringLiteral("Unsupported");
    }
    return {};
}

} // namespace batchyard
