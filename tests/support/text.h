// Literals of tests as QString, for the many that are short.
#pragma once

#include <QString>

namespace batchyard::test {

[[nodiscard]] inline QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

} // namespace batchyard::test
