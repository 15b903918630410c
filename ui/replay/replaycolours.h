// The colours of a maze and its walk for a palette, light or dark. No theme and no widget needed:
// the headless picture uses them too.
#pragma once

#include <QColor>
#include <QPalette>

namespace batchyard::ui {

struct ReplayColours {
    QColor background; // around the maze
    QColor floor;
    QColor unknown; // cells of which nothing is known
    QColor wall;
    QColor walk; // where the agent has been
    QColor recentWalk; // its last steps
    QColor agentRim;
    QColor start, key, exit; // badges
    QColor badgeText;
    QColor text, mutedText;

    [[nodiscard]] static ReplayColours of(const QPalette &palette);
    friend bool operator==(const ReplayColours &, const ReplayColours &) = default;
};

// The first colour over the second, with this share of the first.
[[nodiscard]] QColor blend(const QColor &over, const QColor &under, double share);

} // namespace batchyard::ui
