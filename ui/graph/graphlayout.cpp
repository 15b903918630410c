#include "ui/graph/graphlayout.h"

#include <QLoggingCategory>

#include <gvc.h>

#include <algorithm>
#include <memory>

namespace batchyard::ui {

namespace {

Q_LOGGING_CATEGORY(lcGraph, "batchyard.ui.graph")

constexpr qreal pointsPerInch = 72; // Graphviz: sizes in inches, positions in points
constexpr qreal nodeGap = 28;
constexpr qreal shortestReach = 40; // of the bend of an arrow by hand

struct CloseContext {
    void operator()(GVC_t *context) const { gvFreeContext(context); }
};
struct CloseGraph {
    void operator()(Agraph_t *graph) const { agclose(graph); }
};

// Graphviz takes names and values as char *, without writing to them.
void setAttribute(void *object, const char *name, QByteArray value)
{
    static char none[] = "";
    agsafeset(object, const_cast<char *>(name), value.data(), none);
}

// The accessors of Graphviz are macros with casts of C.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
pointf centreOf(Agnode_t *node)
{
    return ND_coord(node);
}

const splines *splineOf(Agedge_t *edge)
{
    return ED_spl(edge);
}
#pragma GCC diagnostic pop

QByteArray inches(qreal pixels)
{
    return QByteArray::number(pixels / pointsPerInch, 'f', 4);
}

QPointF toScene(const pointf &point)
{
    return {point.x, -point.y};
}

// A Graphviz spline is one start point and triples of Bézier points; the arrow's tip may follow.
QPainterPath toPath(const splines *spline)
{
    QPainterPath path;
    if (!spline || spline->size < 1 || spline->list[0].size < 4)
        return path;
    const bezier &curve = spline->list[0];
    path.moveTo(toScene(curve.sflag ? curve.sp : curve.list[0]));
    if (curve.sflag)
        path.lineTo(toScene(curve.list[0]));
    for (decltype(curve.size) i = 1; i + 2 < curve.size; i += 3)
        path.cubicTo(toScene(curve.list[i]), toScene(curve.list[i + 1]),
                     toScene(curve.list[i + 2]));
    if (curve.eflag)
        path.lineTo(toScene(curve.ep));
    return path;
}

Agraph_t *buildGraph(const QSizeF &label, Flow flow)
{
    Agraph_t *graph = agopen(const_cast<char *>("task"), Agdirected, nullptr);
    // Arrows run against time, from the container to what it waits for.
    const bool sideways = flow == Flow::LeftToRight;
    setAttribute(graph, "rankdir", sideways ? "RL" : "BT");
    setAttribute(graph, "nodesep", inches(nodeGap));
    setAttribute(graph, "ranksep", inches(sideways ? label.width() : label.height()));
    return graph;
}

} // namespace

GraphLayout layOut(const QList<GraphNode> &nodes, const QList<GraphEdge> &edges,
                   const QSizeF &label, Flow flow)
{
    GraphLayout result;
    if (nodes.isEmpty())
        return result;
    const std::unique_ptr<GVC_t, CloseContext> context(gvContext());
    const std::unique_ptr<Agraph_t, CloseGraph> graph(buildGraph(label, flow));

    QHash<QString, Agnode_t *> made;
    for (const GraphNode &node : nodes) {
        Agnode_t *box = agnode(graph.get(), node.name.toUtf8().data(), 1);
        setAttribute(box, "shape", "box");
        setAttribute(box, "fixedsize", "true");
        setAttribute(box, "label", "");
        setAttribute(box, "width", inches(node.size.width()));
        setAttribute(box, "height", inches(node.size.height()));
        made.insert(node.name, box);
    }
    QHash<GraphEdge, Agedge_t *> drawn;
    for (const GraphEdge &edge : edges) {
        if (!made.contains(edge.container) || !made.contains(edge.dependency))
            continue;
        Agedge_t *arrow = agedge(graph.get(), made.value(edge.container),
                                 made.value(edge.dependency), nullptr, 1);
        setAttribute(arrow, "arrowhead", "none");
        setAttribute(arrow, "tailport", flow == Flow::LeftToRight ? "w" : "n");
        setAttribute(arrow, "headport", flow == Flow::LeftToRight ? "e" : "s");
        drawn.insert(edge, arrow);
    }

    if (gvLayout(context.get(), graph.get(), "dot") != 0) {
        qCWarning(lcGraph) << "Graphviz could not lay the graph out";
        return result;
    }
    for (auto it = made.cbegin(); it != made.cend(); ++it)
        result.centres.insert(it.key(), toScene(centreOf(it.value())));
    for (auto it = drawn.cbegin(); it != drawn.cend(); ++it)
        result.arrows.insert(it.key(), toPath(splineOf(it.value())));
    gvFreeLayout(context.get(), graph.get());
    return result;
}

QPainterPath arrowBetween(const QRectF &container, const QRectF &dependency, Flow flow)
{
    const bool sideways = flow == Flow::LeftToRight;
    const QPointF from = sideways ? QPointF(container.left(), container.center().y())
                                  : QPointF(container.center().x(), container.top());
    const QPointF to = sideways ? QPointF(dependency.right(), dependency.center().y())
                                : QPointF(dependency.center().x(), dependency.bottom());
    const qreal distance = sideways ? from.x() - to.x() : from.y() - to.y();
    const qreal reach = std::max(shortestReach, std::abs(distance) / 2);
    const QPointF bend = sideways ? QPointF(reach, 0) : QPointF(0, reach);
    QPainterPath path(from);
    path.cubicTo(from - bend, to + bend, to);
    return path;
}

} // namespace batchyard::ui
