// A maze as a picture of one pixel per character of its map text (two per cell and direction), and
// that picture halved again and again. A change of the walk repaints only its pixels on each
// level, so that millions of cells stay fluid when they are shown small.
#pragma once

#include "backend/maze/map.h"
#include "ui/replay/replaycolours.h"
#include "ui/replay/walktrace.h"

#include <QImage>

class QPainter;

namespace batchyard::ui {

class MazePyramid
{
public:
    [[nodiscard]] bool isEmpty() const { return m_levels.empty(); }
    void clear() { m_levels.clear(); }
    // map may be empty: then openings are where the walk went.
    void build(const maze::Map &map, const WalkTrace &trace, const ReplayColours &colours);
    void update(const std::vector<WalkTrace::Change> &changes, const WalkTrace &trace);
    // The whole maze into the rectangle; what lies outside the clip is not drawn.
    void paint(QPainter &painter, const QRectF &target, const QRectF &clip) const;

private:
    [[nodiscard]] QRgb average(const QImage &finer, int x, int y) const;
    void paintLevelZero(const maze::Map &map, const WalkTrace &trace);
    void halve(std::size_t level);

    std::vector<QImage> m_levels; // finest first
    maze::Map m_map;
    QRgb m_floor = 0, m_wall = 0, m_walk = 0, m_unknown = 0;
};

} // namespace batchyard::ui
