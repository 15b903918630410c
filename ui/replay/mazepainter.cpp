#include "ui/replay/mazepainter.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace batchyard::ui {

namespace {

// Below this a cell is drawn from the pyramid; above it the cells that are seen are few enough to
// be drawn one by one.
constexpr double smallestDrawnCell = 5.0;
constexpr qsizetype recentSteps = 40;
constexpr double smallestBadge = 15.0;
constexpr double smallestAgent = 7.0;

// A straight piece of the walk between two neighbouring cells' centres, square at its ends.
QRectF pieceOfWalk(QPointF from, QPointF to, double width)
{
    const double half = width / 2;
    return QRectF(from, to).normalized().adjusted(-half, -half, half, half);
}

} // namespace

void MazePainter::forget()
{
    m_trace.reset({});
    m_pyramid.clear();
}

void MazePainter::count(const models::ReplayModel &model, const ReplayColours &colours,
                        bool usePyramid)
{
    const QSize size = model.log().size();
    if (m_trace.size() != size) {
        m_trace.reset(size);
        m_pyramid.clear();
    }
    const QList<QPoint> &walk = model.log().walk();
    const qsizetype target = walk.isEmpty() ? 0 : model.currentStep() + 1;
    // From some length on a new pyramid costs less than the list of its changes.
    const qsizetype cells = qsizetype(size.width()) * size.height();
    if (!usePyramid || std::abs(target - m_trace.count()) > std::max<qsizetype>(cells / 8, 1000)) {
        m_trace.jumpTo(walk, target);
        m_pyramid.clear();
    }
    if (usePyramid && (m_pyramid.isEmpty() || m_pyramidColours != colours)) {
        m_trace.jumpTo(walk, target);
        m_pyramid.build(model.log().map(), m_trace, colours);
    } else if (usePyramid) {
        m_pyramid.update(m_trace.moveTo(walk, target), m_trace);
    }
    m_pyramidColours = colours;
}

void MazePainter::paint(QPainter &painter, const models::ReplayModel &model,
                        const ReplayColours &colours, QPointF origin, double cell,
                        const QRectF &clip)
{
    if (!model.hasMaze())
        return;
    const bool usePyramid = cell < smallestDrawnCell;
    count(model, colours, usePyramid);
    const QSize size = m_trace.size();
    const QRectF whole(origin, QSizeF(size) * cell);
    const QRectF shown = clip.intersected(whole);
    const QRect cells(QPoint(int(std::floor((shown.left() - origin.x()) / cell)),
                             int(std::floor((shown.top() - origin.y()) / cell))),
                      QPoint(int(std::ceil((shown.right() - origin.x()) / cell)),
                             int(std::ceil((shown.bottom() - origin.y()) / cell))));
    const View view{model, colours, origin, cell, cells.intersected(QRect(QPoint(0, 0), size))};
    painter.save();
    if (usePyramid) {
        m_pyramid.paint(painter, whole, clip);
    } else {
        painter.setPen(Qt::NoPen);
        paintFloor(painter, view);
        paintWalk(painter, view);
    }
    paintRecentWalk(painter, view);
    if (!usePyramid) {
        if (model.log().map().isEmpty())
            paintGuessedWalls(painter, view);
        else
            paintWalls(painter, view);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    paintBadges(painter, view);
    paintAgent(painter, view);
    painter.restore();
}

void MazePainter::paintFloor(QPainter &painter, const View &view) const
{
    const bool hasMap = !view.model.log().map().isEmpty();
    const QRectF whole(view.cellRect(view.cells.topLeft()).topLeft(),
                       view.cellRect(view.cells.bottomRight()).bottomRight());
    painter.fillRect(whole, hasMap ? view.colours.floor : view.colours.unknown);
    if (hasMap)
        return;
    QList<QRectF> known;
    for (int y = view.cells.top(); y <= view.cells.bottom(); ++y) {
        for (int x = view.cells.left(); x <= view.cells.right(); ++x) {
            if (m_trace.isCellWalked({x, y}))
                known.append(view.cellRect({x, y}));
        }
    }
    painter.setBrush(view.colours.floor);
    painter.drawRects(known);
}

void MazePainter::paintWalk(QPainter &painter, const View &view) const
{
    const double width = std::max(2.0, view.cell * 0.34);
    QList<QRectF> pieces;
    for (int y = view.cells.top(); y <= view.cells.bottom(); ++y) {
        for (int x = view.cells.left(); x <= view.cells.right(); ++x) {
            const QPoint cell(x, y);
            const QPointF centre = view.centre(cell);
            if (m_trace.isRightWalked(cell))
                pieces.append(pieceOfWalk(centre, view.centre({x + 1, y}), width));
            if (m_trace.isDownWalked(cell))
                pieces.append(pieceOfWalk(centre, view.centre({x, y + 1}), width));
            // Pieces that come from the left or from above the shown cells.
            if (x == view.cells.left() && x > 0 && m_trace.isRightWalked({x - 1, y}))
                pieces.append(pieceOfWalk(view.centre({x - 1, y}), centre, width));
            if (y == view.cells.top() && y > 0 && m_trace.isDownWalked({x, y - 1}))
                pieces.append(pieceOfWalk(view.centre({x, y - 1}), centre, width));
        }
    }
    painter.setBrush(view.colours.walk);
    painter.drawRects(pieces);
}

void MazePainter::paintRecentWalk(QPainter &painter, const View &view) const
{
    const QList<QPoint> &walk = view.model.log().walk();
    const qsizetype last = std::min(view.model.currentStep(), walk.size() - 1);
    const qsizetype first = std::max<qsizetype>(1, last - recentSteps + 1);
    const double width = std::max(2.0, view.cell * 0.34);
    painter.setPen(Qt::NoPen);
    for (qsizetype step = first; step <= last; ++step) {
        if ((walk[step] - walk[step - 1]).manhattanLength() != 1)
            continue;
        const double age = double(last - step) / double(recentSteps);
        painter.setBrush(blend(view.colours.walk, view.colours.recentWalk, age * age));
        painter.drawRect(pieceOfWalk(view.centre(walk[step - 1]), view.centre(walk[step]), width));
    }
}

void MazePainter::paintWalls(QPainter &painter, const View &view) const
{
    const maze::Map &map = view.model.log().map();
    const double width = std::max(1.0, std::round(view.cell * 0.11));
    const double half = width / 2;
    QList<QRectF> walls;
    // One rectangle for each straight run of walls; run ends where `isWall` first says no.
    const auto addRuns = [&walls](int from, int to, const auto &isWall, const auto &rect) {
        for (int at = from; at <= to; ++at) {
            const int begin = at;
            while (at <= to && isWall(at))
                ++at;
            if (at > begin)
                walls.append(rect(begin, at));
        }
    };
    const QRect &cells = view.cells;
    for (int y = cells.top(); y <= cells.bottom() + 1; ++y) {
        addRuns(
            cells.left(), cells.right(),
            [&](int x) {
                return y < map.size().height() ? !map.isOpen({x, y}, maze::Side::Up)
                                               : !map.isOpen({x, y - 1}, maze::Side::Down);
            },
            [&](int from, int to) {
                const QPointF start = view.cellRect({from, y}).topLeft();
                return QRectF(start.x() - half, start.y() - half, (to - from) * view.cell + width,
                              width);
            });
    }
    for (int x = cells.left(); x <= cells.right() + 1; ++x) {
        addRuns(
            cells.top(), cells.bottom(),
            [&](int y) {
                return x < map.size().width() ? !map.isOpen({x, y}, maze::Side::Left)
                                              : !map.isOpen({x - 1, y}, maze::Side::Right);
            },
            [&](int from, int to) {
                const QPointF start = view.cellRect({x, from}).topLeft();
                return QRectF(start.x() - half, start.y() - half, width,
                              (to - from) * view.cell + width);
            });
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(view.colours.wall);
    painter.drawRects(walls);
}

// Without a map a side of a walked cell that was never walked through may be a wall: dotted.
void MazePainter::paintGuessedWalls(QPainter &painter, const View &view) const
{
    QList<QLineF> sides;
    for (int y = view.cells.top(); y <= view.cells.bottom(); ++y) {
        for (int x = view.cells.left(); x <= view.cells.right(); ++x) {
            const QPoint cell(x, y);
            if (!m_trace.isCellWalked(cell))
                continue;
            const QRectF rect = view.cellRect(cell);
            if (!m_trace.isRightWalked(cell))
                sides.append(QLineF(rect.topRight(), rect.bottomRight()));
            if (!m_trace.isDownWalked(cell))
                sides.append(QLineF(rect.bottomLeft(), rect.bottomRight()));
            if (x == 0 || !m_trace.isRightWalked({x - 1, y}))
                sides.append(QLineF(rect.topLeft(), rect.bottomLeft()));
            if (y == 0 || !m_trace.isDownWalked({x, y - 1}))
                sides.append(QLineF(rect.topLeft(), rect.topRight()));
        }
    }
    painter.setPen(QPen(view.colours.wall, 1, Qt::DotLine));
    painter.drawLines(sides);
}

void MazePainter::paintBadges(QPainter &painter, const View &view) const
{
    const double side = std::max(smallestBadge, view.cell * 0.86);
    QFont font = painter.font();
    font.setPixelSize(int(side * 0.68));
    font.setBold(true);
    painter.setFont(font);
    const auto badge = [&](std::optional<QPoint> cell, const QColor &colour, QChar letter) {
        if (!cell || !QRect(QPoint(0, 0), m_trace.size()).contains(*cell))
            return;
        QRectF rect(0, 0, side, side);
        rect.moveCenter(view.centre(*cell));
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawRoundedRect(rect, side * 0.25, side * 0.25);
        painter.setPen(view.colours.badgeText);
        painter.drawText(rect, Qt::AlignCenter, letter);
    };
    badge(view.model.log().start(), view.colours.start, u'S');
    badge(view.model.log().key(), view.colours.key, u'K');
    badge(view.model.log().exit(), view.colours.exit, u'E');
}

// A ring, and a wider one around a badge, so that the letter under it can still be read.
void MazePainter::paintAgent(QPainter &painter, const View &view) const
{
    const std::optional<QPoint> cell = view.model.position();
    if (!cell)
        return;
    const maze::LogReader &log = view.model.log();
    const bool isOnBadge = cell == log.start() || cell == log.key() || cell == log.exit();
    const double radius = isOnBadge ? std::max(smallestBadge, view.cell * 0.86) * 0.68
                                    : std::max(smallestAgent, view.cell * 0.44);
    const double width = std::max(2.0, view.cell * 0.10);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(view.colours.agentRim, width + 2));
    painter.drawEllipse(view.centre(*cell), radius, radius);
    painter.setPen(QPen(view.colours.recentWalk, width));
    painter.drawEllipse(view.centre(*cell), radius, radius);
}

} // namespace batchyard::ui
