// Where a path leads when symbolic links are followed.
#pragma once

#include <QString>

namespace batchyard {

// With its links resolved as far as it exists, and without dots.
[[nodiscard]] QString resolvedPath(const QString &path);
// Both resolved. A directory is within itself.
[[nodiscard]] bool isWithin(const QString &path, const QString &directory);

} // namespace batchyard
