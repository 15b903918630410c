#include "ui/replay/mazepyramid.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace batchyard::ui {

namespace {

constexpr int smallestSide = 64;

QRgb *line(QImage &image, int y)
{
    return reinterpret_cast<QRgb *>(image.scanLine(y));
}

const QRgb *line(const QImage &image, int y)
{
    return reinterpret_cast<const QRgb *>(image.constScanLine(y));
}

} // namespace

void MazePyramid::build(const maze::Map &map, const WalkTrace &trace, const ReplayColours &colours)
{
    m_levels.clear();
    m_map = map;
    m_floor = colours.floor.rgb();
    m_wall = colours.wall.rgb();
    m_walk
        = blend(colours.recentWalk, colours.floor, 0.75).rgb(); // it gets thinner with each level
    m_unknown = colours.unknown.rgb();
    QSize size = trace.size() * 2 + QSize(1, 1);
    for (;;) {
        QImage image(size, QImage::Format_RGB32);
        if (image.isNull()) {
            m_levels.clear();
            return;
        }
        m_levels.push_back(std::move(image));
        if (std::min(size.width(), size.height()) <= smallestSide)
            break;
        size = QSize((size.width() + 1) / 2, (size.height() + 1) / 2);
    }
    paintLevelZero(map, trace);
    for (std::size_t level = 1; level < m_levels.size(); ++level)
        halve(level);
}

void MazePyramid::paintLevelZero(const maze::Map &map, const WalkTrace &trace)
{
    QImage &image = m_levels.front();
    image.fill(map.isEmpty() ? m_unknown : m_wall);
    const QSize size = trace.size();
    const auto shade = [this](bool isWalked) { return isWalked ? m_walk : m_floor; };
    for (int y = 0; y < size.height(); ++y) {
        QRgb *above = line(image, 2 * y);
        QRgb *cells = line(image, 2 * y + 1);
        QRgb *below = line(image, 2 * y + 2);
        for (int x = 0; x < size.width(); ++x) {
            const QPoint cell(x, y);
            if (trace.isCellWalked(cell) || !map.isEmpty())
                cells[2 * x + 1] = shade(trace.isCellWalked(cell));
            if (map.isEmpty()) {
                if (trace.isRightWalked(cell))
                    cells[2 * x + 2] = m_walk;
                if (trace.isDownWalked(cell))
                    below[2 * x + 1] = m_walk;
                continue;
            }
            if (map.isOpen(cell, maze::Side::Right))
                cells[2 * x + 2] = shade(trace.isRightWalked(cell));
            if (map.isOpen(cell, maze::Side::Down))
                below[2 * x + 1] = shade(trace.isDownWalked(cell));
            if (x == 0 && map.isOpen(cell, maze::Side::Left))
                cells[0] = m_floor;
            if (y == 0 && map.isOpen(cell, maze::Side::Up))
                above[2 * x + 1] = m_floor;
        }
    }
}

QRgb MazePyramid::average(const QImage &finer, int x, int y) const
{
    const int x1 = std::min(2 * x + 1, finer.width() - 1);
    const QRgb *upper = line(finer, 2 * y);
    const QRgb *lower = line(finer, std::min(2 * y + 1, finer.height() - 1));
    const QRgb four[] = {upper[2 * x], upper[x1], lower[2 * x], lower[x1]};
    int red = 0, green = 0, blue = 0;
    for (const QRgb pixel : four) {
        red += qRed(pixel);
        green += qGreen(pixel);
        blue += qBlue(pixel);
    }
    return qRgb(red / 4, green / 4, blue / 4);
}

void MazePyramid::halve(std::size_t level)
{
    const QImage &finer = m_levels[level - 1];
    QImage &image = m_levels[level];
    for (int y = 0; y < image.height(); ++y) {
        QRgb *pixels = line(image, y);
        for (int x = 0; x < image.width(); ++x)
            pixels[x] = average(finer, x, y);
    }
}

void MazePyramid::update(const std::vector<WalkTrace::Change> &changes, const WalkTrace &trace)
{
    if (m_levels.empty() || changes.empty())
        return;
    const QRgb emptyCell = m_map.isEmpty() ? m_unknown : m_floor;
    std::vector<QPoint> dirty;
    dirty.reserve(changes.size());
    QImage &finest = m_levels.front();
    for (const WalkTrace::Change &change : changes) {
        QPoint pixel = change.cell * 2 + QPoint(1, 1);
        bool isWalked = false;
        switch (change.what) {
        case WalkTrace::Change::What::Cell:
            isWalked = trace.isCellWalked(change.cell);
            break;
        case WalkTrace::Change::What::Right:
            pixel.rx() += 1;
            isWalked = trace.isRightWalked(change.cell);
            break;
        case WalkTrace::Change::What::Down:
            pixel.ry() += 1;
            isWalked = trace.isDownWalked(change.cell);
            break;
        }
        line(finest, pixel.y())[pixel.x()] = isWalked ? m_walk : emptyCell;
        dirty.push_back(pixel);
    }
    for (std::size_t level = 1; level < m_levels.size(); ++level) {
        // Neighbours of a walk fall together: the list halves with each level.
        for (QPoint &pixel : dirty)
            pixel = QPoint(pixel.x() / 2, pixel.y() / 2);
        dirty.erase(std::unique(dirty.begin(), dirty.end()), dirty.end());
        const QImage &finer = m_levels[level - 1];
        QImage &image = m_levels[level];
        for (const QPoint pixel : dirty)
            line(image, pixel.y())[pixel.x()] = average(finer, pixel.x(), pixel.y());
    }
}

void MazePyramid::paint(QPainter &painter, const QRectF &target, const QRectF &clip) const
{
    const QRectF shown = target.intersected(clip);
    if (m_levels.empty() || shown.isEmpty())
        return;
    // The coarsest level that still has a pixel for each pixel of the screen.
    const double ratio = painter.device()->devicePixelRatioF();
    std::size_t level = 0;
    while (level + 1 < m_levels.size() && m_levels[level + 1].width() >= target.width() * ratio)
        ++level;
    const QImage &image = m_levels[level];
    const double xScale = image.width() / target.width();
    const double yScale = image.height() / target.height();
    // Whole source pixels, so that panning does not make the picture swim.
    const QRect source
        = QRectF((shown.x() - target.x()) * xScale, (shown.y() - target.y()) * yScale,
                 shown.width() * xScale, shown.height() * yScale)
              .toAlignedRect()
              .intersected(image.rect());
    const QRectF placed(target.x() + source.x() / xScale, target.y() + source.y() / yScale,
                        source.width() / xScale, source.height() / yScale);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, true);
    painter.drawImage(placed, image, source);
}

} // namespace batchyard::ui
