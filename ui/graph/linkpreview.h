// What is drawn while a dependency is being made: the arrow that would come to be, and a word at
// the cursor on what it means or why it is refused.
#pragma once

#include <QGraphicsObject>

namespace batchyard::ui {

class LinkPreview final : public QGraphicsObject
{
    Q_OBJECT

public:
    LinkPreview();

    void show(const QPainterPath &path, const QPointF &cursor, const QString &text, bool refused);
    [[nodiscard]] const QString &text() const { return m_text; }
    [[nodiscard]] bool isRefused() const { return m_refused; }

    [[nodiscard]] QRectF boundingRect() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

private:
    [[nodiscard]] QRectF bubble() const;

    QPainterPath m_path;
    QPointF m_cursor;
    QString m_text;
    bool m_refused = false;
};

} // namespace batchyard::ui
