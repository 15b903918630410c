// One dependency in the graph: an arrow from a container to the one it waits for, with the
// condition written on it.
#pragma once

#include "backend/batch/container.h"

#include <QGraphicsObject>

namespace batchyard::ui {

class DependencyItem final : public QGraphicsObject
{
    Q_OBJECT

public:
    enum { Type = UserType + 2 };

    DependencyItem(const QString &container, const QString &dependency);

    [[nodiscard]] int type() const override { return Type; }
    [[nodiscard]] const QString &container() const { return m_container; }
    [[nodiscard]] const QString &dependency() const { return m_dependency; }

    void setCondition(batch::DependencyCondition condition);
    void setPath(const QPainterPath &path); // scene coordinates, from container to dependency
    void setEditable(bool editable);

    [[nodiscard]] QRectF label() const; // where the condition stands, scene coordinates
    [[nodiscard]] QString accessibleText() const;
    // The largest condition's label in the current font.
    [[nodiscard]] static QSizeF largestLabel();

    [[nodiscard]] QRectF boundingRect() const override;
    [[nodiscard]] QPainterPath shape() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

private:
    QString m_container;
    QString m_dependency;
    batch::DependencyCondition m_condition = batch::DependencyCondition::Start;
    QPainterPath m_path;
    bool m_editable = false;
};

// The head of an arrow whose path ends at its tip; also for the arrow that is being dragged.
[[nodiscard]] QPolygonF arrowHead(const QPainterPath &path);

} // namespace batchyard::ui
