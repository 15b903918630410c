// A filter pattern of FilterLogEvents and StartLiveTail, as AWS's "Filter pattern syntax" has it:
// terms that all must occur, ?terms of which one must, -terms that must not ("quoted" when they are
// not of letters and digits alone); one %regular expression%; or a pattern on JSON or columns
// (logpatterns.h). Case matters.
#pragma once

#include "backend/executor/api/logpatterns.h"

namespace batchyard::executor::api {

class LogFilter
{
public:
    // Error: InvalidInput, in AWS's words where they are known.
    [[nodiscard]] static Result<LogFilter> parse(const QString &pattern);
    [[nodiscard]] bool matches(QByteArrayView line) const { return m_test(line); }

private:
    explicit LogFilter(LineTest test)
        : m_test(std::move(test))
    {
    }

    LineTest m_test;
};

} // namespace batchyard::executor::api
