// An icon engine that draws a single-coloured icon of the theme in any colour, so that one set of
// pictures serves light, dark, disabled and coloured states.
#pragma once

#include <QColor>
#include <QIconEngine>
#include <QString>

namespace batchyard::ui {

class TintedIcon final : public QIconEngine
{
public:
    TintedIcon(QString name, const QColor &colour);

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override;
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override;
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state,
                         qreal scale) override;
    [[nodiscard]] QIconEngine *clone() const override;
    [[nodiscard]] QString key() const override;
    bool isNull() override;
    QString iconName() override { return m_name; }

private:
    [[nodiscard]] QColor colourOf(QIcon::Mode mode) const;
    [[nodiscard]] QPixmap render(const QSize &pixels, QIcon::Mode mode) const;

    QString m_name;
    QColor m_colour;
};

} // namespace batchyard::ui
