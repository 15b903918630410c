// The style sheet over Fusion: shapes and distances of the standard controls, made from the colours
// of one theme.
#pragma once

#include "ui/theme/theme.h"

namespace batchyard::ui {

[[nodiscard]] QString styleSheet(const Colours &colours, bool dark);

} // namespace batchyard::ui
