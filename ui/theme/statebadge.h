// A pill with icon and word of a state.
#pragma once

#include "ui/theme/presentation.h"

#include <QWidget>

namespace batchyard::ui {

class StateBadge final : public QWidget
{
    Q_OBJECT

public:
    explicit StateBadge(QWidget *parent = nullptr);

    void setPresentation(const Presentation &presentation);
    [[nodiscard]] QString word() const { return m_presentation.word; }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Presentation m_presentation;
};

// The same pill inside a list cell. Returns the width used.
int paintBadge(QPainter *painter, const QRect &rect, const Presentation &presentation);
[[nodiscard]] QSize badgeSize(const QFont &font, const Presentation &presentation);

} // namespace batchyard::ui
