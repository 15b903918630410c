// A filter pattern, and after its line feed a log line: a pattern is refused with words or tests
// any line, and a plain term is found exactly where it stands.
#include "backend/executor/api/logfilter.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>

namespace {

bool isPlainTerm(const QByteArray &pattern)
{
    return !pattern.isEmpty() && std::all_of(pattern.begin(), pattern.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || c == '_';
    });
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using batchyard::fuzz::require;
    const QByteArray bytes(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const qsizetype end = bytes.indexOf('\n');
    const QByteArray pattern = bytes.left(end);
    const QByteArray line = end < 0 ? QByteArray() : bytes.mid(end + 1);
    const auto filter = batchyard::executor::api::LogFilter::parse(QString::fromUtf8(pattern));
    if (!filter) {
        require(!filter.error().message.isEmpty(), "a refusal says why");
        require(!isPlainTerm(pattern) || pattern.size() > 1024, "a plain term is a pattern");
        return 0;
    }
    const bool isFound = filter->matches(line);
    require(filter->matches(line) == isFound, "a line matches or does not");
    if (isPlainTerm(pattern))
        require(isFound == line.contains(pattern), "a term is found where it stands");
    return 0;
}
