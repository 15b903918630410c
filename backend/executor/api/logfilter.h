// A filter pattern of FilterLogEvents: terms that all must occur, ?terms of which one must, -terms
// that must not; "quoted" terms may have blanks. Case matters, as on AWS.
#pragma once

#include "backend/result.h"

#include <QByteArrayList>

namespace batchyard::executor::api {

class LogFilter
{
public:
    // Error: InvalidInput (open quote, longer than 1024), Unsupported (JSON and regex patterns).
    [[nodiscard]] static Result<LogFilter> parse(const QString &pattern);
    [[nodiscard]] bool matches(QByteArrayView line) const;

private:
    QByteArrayList m_all;
    QByteArrayList m_any;
    QByteArrayList m_none;
};

} // namespace batchyard::executor::api
