// One container in the graph: name, image, whether it is essential, and its live state when there
// is one. The handle on the side where time comes from starts a dependency.
#pragma once

#include "backend/batch/liveview.h"
#include "ui/graph/graphlayout.h"

#include <QGraphicsObject>

namespace batchyard::ui {

class ContainerItem final : public QGraphicsObject
{
    Q_OBJECT

public:
    enum { Type = UserType + 1 };
    // How the box stands in a dependency that is being made.
    enum class LinkRole { None, Source, AllowedTarget, RefusedTarget };

    explicit ContainerItem(int index);

    [[nodiscard]] int type() const override { return Type; }
    [[nodiscard]] int index() const { return m_index; }
    [[nodiscard]] const QString &name() const { return m_container.name; }

    void setContainer(const batch::TaskContainerProperties &container);
    void setState(const std::optional<batch::ContainerLiveState> &state);
    void setEditable(bool editable);
    void setLinkRole(LinkRole role);
    void setFlow(Flow flow);

    [[nodiscard]] QSizeF size() const { return m_size; }
    [[nodiscard]] QRectF box() const; // in scene coordinates
    [[nodiscard]] QRectF handle() const; // in item coordinates
    [[nodiscard]] bool isOnHandle(const QPointF &scenePosition) const;
    // What a screen reader says of it.
    [[nodiscard]] QString accessibleText() const;
    // Sizes follow the font.
    void updateSize();

    [[nodiscard]] QRectF boundingRect() const override;
    [[nodiscard]] QPainterPath shape() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

signals:
    void moved();

protected:
    QVariant itemChange(GraphicsItemChange change, const QVariant &value) override;
    void hoverMoveEvent(QGraphicsSceneHoverEvent *event) override;

private:
    [[nodiscard]] QString stateText() const;
    void paintBox(QPainter &painter) const;
    void paintTexts(QPainter &painter) const;
    void paintState(QPainter &painter, const QRectF &row) const;
    void paintHandle(QPainter &painter) const;

    int m_index;
    batch::TaskContainerProperties m_container;
    std::optional<batch::ContainerLiveState> m_state;
    bool m_editable = false;
    LinkRole m_linkRole = LinkRole::None;
    Flow m_flow = Flow::LeftToRight;
    QSizeF m_size;
};

} // namespace batchyard::ui
