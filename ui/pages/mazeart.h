// A small drawing of a maze with a walk through it, for the first page. No information in it.
#pragma once

#include <QWidget>

namespace batchyard::ui {

class MazeArt final : public QWidget
{
    Q_OBJECT

public:
    explicit MazeArt(QWidget *parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace batchyard::ui
