// The maze itself: fits, zooms, pans, follows the agent when it walks out of sight, and tells which
// cell the mouse is on.
#pragma once

#include "ui/replay/mazepainter.h"

#include <QPointer>
#include <QWidget>

namespace batchyard::ui {

class ReplayCanvas final : public QWidget
{
    Q_OBJECT

public:
    explicit ReplayCanvas(QWidget *parent = nullptr);

    void setModel(models::ReplayModel *model);
    [[nodiscard]] QSize sizeHint() const override { return {640, 400}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 100}; }
    [[nodiscard]] double cellSize() const { return m_cell; } // pixels
    [[nodiscard]] bool isFitted() const { return m_fitted; }
    [[nodiscard]] std::optional<QPoint> cellAt(QPointF position) const;

public slots:
    void fit();
    void zoomIn();
    void zoomOut();

signals:
    void hovered(std::optional<QPoint> cell);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    [[nodiscard]] QSize mazeSize() const;
    [[nodiscard]] double fittingCell() const;
    void zoomTo(double cell, QPointF around);
    void keepInSight();
    void onMazeChanged();
    void followAgent();

    QPointer<models::ReplayModel> m_model;
    MazePainter m_painter;
    QSize m_knownSize;
    QPointF m_origin; // of the maze's upper left corner
    double m_cell = 10;
    bool m_fitted = true;
    std::optional<QPointF> m_grabbed;
};

} // namespace batchyard::ui
