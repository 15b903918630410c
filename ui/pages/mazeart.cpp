#include "ui/pages/mazeart.h"

#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <array>

namespace batchyard::ui {

namespace {

constexpr int columns = 7;
constexpr int rows = 6;
constexpr int cell = 20;
constexpr int margin = 4;

// Walls of each cell, to its right (1) and below it (2).
constexpr std::array<std::array<int, columns>, rows> walls{{
    {0, 2, 1, 0, 2, 2, 1},
    {3, 0, 3, 1, 0, 1, 1},
    {0, 1, 0, 3, 1, 2, 1},
    {1, 2, 2, 0, 3, 0, 1},
    {2, 2, 0, 1, 0, 3, 1},
    {2, 2, 2, 3, 2, 2, 3},
}};

constexpr std::array<QPoint, 15> walk{{{6, 0},
                                       {6, 1},
                                       {6, 2},
                                       {6, 3},
                                       {5, 3},
                                       {5, 4},
                                       {4, 4},
                                       {4, 5},
                                       {5, 5},
                                       {4, 5},
                                       {4, 4},
                                       {5, 4},
                                       {5, 3},
                                       {6, 3},
                                       {6, 4}}};

QPointF centre(QPoint at)
{
    return {margin + (at.x() + 0.5) * cell, margin + (at.y() + 0.5) * cell};
}

} // namespace

MazeArt::MazeArt(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize MazeArt::sizeHint() const
{
    return {columns * cell + 2 * margin, rows * cell + 2 * margin};
}

void MazeArt::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPen pen(colours().border.darker(isDark() ? 70 : 118), 2.5);
    pen.setCapStyle(Qt::RoundCap);
    painter.setPen(pen);
    painter.drawLine(QPointF(margin, margin), QPointF(margin + (columns - 1) * cell, margin));
    painter.drawLine(QPointF(margin, margin), QPointF(margin, margin + rows * cell));
    for (int y = 0; y < rows; ++y) {
        for (int x = 0; x < columns; ++x) {
            const int sides = walls.at(static_cast<std::size_t>(y)).at(static_cast<std::size_t>(x));
            const QPointF corner(margin + (x + 1) * cell, margin + (y + 1) * cell);
            if (sides & 1)
                painter.drawLine(corner, corner - QPointF(0, cell));
            if (sides & 2)
                painter.drawLine(corner, corner - QPointF(cell, 0));
        }
    }
    QPainterPath path(centre(walk.front()));
    for (const QPoint at : walk)
        path.lineTo(centre(at));
    QPen red(QColor(0xd6, 0x33, 0x3f), 3);
    red.setCapStyle(Qt::RoundCap);
    red.setJoinStyle(Qt::RoundJoin);
    painter.setPen(red);
    painter.drawPath(path);
    painter.setPen(Qt::NoPen);
    painter.setBrush(toneColour(Tone::Good));
    painter.drawEllipse(centre(walk.front()), 4.5, 4.5);
    painter.setBrush(QColor(0xd6, 0x33, 0x3f));
    painter.drawEllipse(centre(walk.back()), 5, 5);
}

} // namespace batchyard::ui
