// Where the containers of a task and the arrows between them stand: a layered layout by Graphviz,
// what starts first at the left, or at the top where there is more height than width. The same task
// and direction always give the same picture.
#pragma once

#include <QHash>
#include <QPainterPath>
#include <QRectF>
#include <QSizeF>
#include <QString>

namespace batchyard::ui {

enum class Flow { LeftToRight, TopToBottom };

struct GraphEdge {
    QString container; // where the arrow begins
    QString dependency; // where its head is
    friend bool operator==(const GraphEdge &, const GraphEdge &) = default;
    friend size_t qHash(const GraphEdge &edge, size_t seed = 0)
    {
        return qHashMulti(seed, edge.container, edge.dependency);
    }
};

struct GraphNode {
    QString name;
    QSizeF size;
};

struct GraphLayout {
    QHash<QString, QPointF> centres;
    QHash<GraphEdge, QPainterPath> arrows; // from container to dependency
};

// The label's size is kept free between neighbouring layers for the texts on the arrows.
[[nodiscard]] GraphLayout layOut(const QList<GraphNode> &nodes, const QList<GraphEdge> &edges,
                                 const QSizeF &label, Flow flow);

// The arrow between two boxes that do not stand where the layout put them.
[[nodiscard]] QPainterPath arrowBetween(const QRectF &container, const QRectF &dependency,
                                        Flow flow);

} // namespace batchyard::ui
