// A picture of a replay at its current step with a caption: what the headless run leaves and what
// "Save picture" writes. Needs a QGuiApplication (fonts), no widget.
#pragma once

#include <QImage>
#include <QPalette>

namespace batchyard::models {
class ReplayModel;
}

namespace batchyard::ui {

[[nodiscard]] QImage renderReplay(const models::ReplayModel &model, QSize size,
                                  const QPalette &palette);

} // namespace batchyard::ui
