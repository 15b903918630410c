// The slider over all steps, with marks where the key was found and the exit reached, and the range
// of the loop shaded. A click jumps there; the arrow keys are left to the player.
#pragma once

#include "models/replay/replaymodel.h"

#include <QPointer>
#include <QSlider>

namespace batchyard::ui {

class SeekBar final : public QSlider
{
    Q_OBJECT

public:
    explicit SeekBar(QWidget *parent = nullptr);

    void setModel(models::ReplayModel *model);
    [[nodiscard]] QSize sizeHint() const override { return {300, 34}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {120, 34}; }

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void readModel();
    [[nodiscard]] double positionOf(qsizetype step) const;
    [[nodiscard]] qsizetype stepAt(double x) const;
    void drag(double x, bool isRange);

    QPointer<models::ReplayModel> m_model;
    std::optional<qsizetype> m_rangeStart; // of a loop range that is being drawn
};

} // namespace batchyard::ui
