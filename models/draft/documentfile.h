// Documents as files: what is refused before it is read, and writing that leaves no half file.
#pragma once

#include "backend/result.h"

namespace batchyard::models {

// The text of a regular file within batch::maximumDocumentBytes.
[[nodiscard]] Result<QString> readDocument(const QString &fileName);
[[nodiscard]] Result<void> writeDocument(const QString &fileName, const QString &text);

} // namespace batchyard::models
