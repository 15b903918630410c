#include "ui/replay/replaycolours.h"

namespace batchyard::ui {

QColor blend(const QColor &over, const QColor &under, double share)
{
    const auto mix = [share](int a, int b) { return qRound(a * share + b * (1 - share)); };
    return {mix(over.red(), under.red()), mix(over.green(), under.green()),
            mix(over.blue(), under.blue())};
}

ReplayColours ReplayColours::of(const QPalette &palette)
{
    const QColor base = palette.color(QPalette::Base);
    const QColor text = palette.color(QPalette::Text);
    const QColor window = palette.color(QPalette::Window);
    const bool isDark = base.lightness() < 128;
    const QColor red = isDark ? QColor(0xff, 0x5c, 0x5c) : QColor(0xd9, 0x1e, 0x2e);

    ReplayColours colours;
    colours.background = window;
    colours.floor = base;
    colours.unknown = blend(text, base, 0.10);
    colours.wall = blend(text, base, isDark ? 0.62 : 0.72);
    colours.walk = blend(red, base, isDark ? 0.50 : 0.38);
    colours.recentWalk = red;
    colours.agentRim = isDark ? QColor(Qt::white) : QColor(0x5c, 0x06, 0x10);
    colours.start = isDark ? QColor(0x7a, 0xb8, 0xff) : QColor(0x0b, 0x5f, 0xc4);
    colours.key = isDark ? QColor(0xf2, 0xc1, 0x4e) : QColor(0x8a, 0x5a, 0x00);
    colours.exit = isDark ? QColor(0x5f, 0xd3, 0x8d) : QColor(0x1b, 0x75, 0x3b);
    colours.badgeText = isDark ? QColor(0x14, 0x14, 0x18) : QColor(Qt::white);
    colours.text = palette.color(QPalette::WindowText);
    colours.mutedText = blend(colours.text, window, 0.70);
    return colours;
}

} // namespace batchyard::ui
