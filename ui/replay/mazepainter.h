// Draws the maze of a ReplayModel at its current step: walls, the walk, S, K and E, the agent.
// Keeps what it has counted and painted between two calls, so that a step costs little.
#pragma once

#include "ui/replay/mazepyramid.h"

#include "models/replay/replaymodel.h"

class QPainter;

namespace batchyard::ui {

class MazePainter
{
public:
    // After another model, map or walk: nothing that was kept holds any more.
    void forget();

    // cell: pixels per cell; origin: where the maze's upper left corner lies; clip: what is shown.
    void paint(QPainter &painter, const models::ReplayModel &model, const ReplayColours &colours,
               QPointF origin, double cell, const QRectF &clip);

private:
    struct View {
        const models::ReplayModel &model;
        const ReplayColours &colours;
        QPointF origin;
        double cell;
        QRect cells; // shown, in cells
        [[nodiscard]] QRectF cellRect(QPoint at) const
        {
            return {origin.x() + at.x() * cell, origin.y() + at.y() * cell, cell, cell};
        }
        [[nodiscard]] QPointF centre(QPoint at) const { return cellRect(at).center(); }
    };

    void count(const models::ReplayModel &model, const ReplayColours &colours, bool usePyramid);
    void paintFloor(QPainter &painter, const View &view) const;
    void paintWalk(QPainter &painter, const View &view) const;
    void paintRecentWalk(QPainter &painter, const View &view) const;
    void paintWalls(QPainter &painter, const View &view) const;
    void paintGuessedWalls(QPainter &painter, const View &view) const;
    void paintBadges(QPainter &painter, const View &view) const;
    void paintAgent(QPainter &painter, const View &view) const;

    WalkTrace m_trace;
    MazePyramid m_pyramid;
    ReplayColours m_pyramidColours;
};

} // namespace batchyard::ui
