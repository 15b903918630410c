// Log text as it is drawn: what a program prints cannot act on what one sees.
#pragma once

#include <QString>

namespace batchyard::ui {

// Position by position the same text, in which control characters have become their pictures and
// characters that turn the direction of writing or cannot be seen have become replacement marks.
[[nodiscard]] QString harmlessText(QString text);

} // namespace batchyard::ui
