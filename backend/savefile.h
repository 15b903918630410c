// The end of writing a file through QSaveFile.
#pragma once

#include <QSaveFile>

namespace batchyard {

// Puts the new file in place of the old one, whole or not at all. commit() alone does not see that
// bytes which it still holds find no room on the disk, and would leave an empty file.
[[nodiscard]] inline bool commitWhole(QSaveFile &file)
{
    return file.flush() && file.commit();
}

} // namespace batchyard
