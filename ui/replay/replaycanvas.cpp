#include "ui/replay/replaycanvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace batchyard::ui {

namespace {

constexpr double canvasMargin = 12;
constexpr double largestCell = 96;
constexpr double largestFittedCell = 48;
constexpr double zoomStep = 1.25;

} // namespace

ReplayCanvas::ReplayCanvas(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("replayCanvas"));
    setAccessibleName(tr("Maze with the walk of the agent"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ReplayCanvas::setModel(models::ReplayModel *model)
{
    if (m_model)
        m_model->disconnect(this);
    m_model = model;
    if (model) {
        connect(model, &models::ReplayModel::mapChanged, this, &ReplayCanvas::onMazeChanged);
        connect(model, &models::ReplayModel::walkReplaced, this, &ReplayCanvas::onMazeChanged);
        connect(model, &models::ReplayModel::factsChanged, this, [this] {
            if (mazeSize() != m_knownSize)
                onMazeChanged();
            update();
        });
        connect(model, &models::ReplayModel::stepsAppended, this, qOverload<>(&QWidget::update));
        connect(model, &models::ReplayModel::currentStepChanged, this, &ReplayCanvas::followAgent);
    }
    m_fitted = true;
    onMazeChanged();
}

QSize ReplayCanvas::mazeSize() const
{
    return m_model ? m_model->log().size() : QSize();
}

void ReplayCanvas::onMazeChanged()
{
    m_painter.forget();
    m_knownSize = mazeSize();
    if (m_fitted)
        fit();
    update();
}

double ReplayCanvas::fittingCell() const
{
    const QSize maze = mazeSize();
    if (maze.isEmpty())
        return 10;
    const double cell
        = std::min({(width() - 2 * canvasMargin) / maze.width(),
                    (height() - 2 * canvasMargin) / maze.height(), largestFittedCell});
    return std::max(cell > 4 ? std::floor(cell) : cell, 0.01);
}

void ReplayCanvas::fit()
{
    m_cell = fittingCell();
    const QSizeF maze = QSizeF(mazeSize()) * m_cell;
    m_origin = QPointF(std::round((width() - maze.width()) / 2),
                       std::round((height() - maze.height()) / 2));
    m_fitted = true;
    update();
}

void ReplayCanvas::zoomIn()
{
    zoomTo(m_cell * zoomStep, rect().center());
}

void ReplayCanvas::zoomOut()
{
    zoomTo(m_cell / zoomStep, rect().center());
}

void ReplayCanvas::zoomTo(double cell, QPointF around)
{
    const double smallest = fittingCell();
    const double wanted = std::clamp(cell, smallest, std::max(smallest, largestCell));
    if (wanted <= smallest) {
        fit();
        return;
    }
    m_origin = around - (around - m_origin) * (wanted / m_cell);
    m_cell = wanted;
    m_fitted = false;
    keepInSight();
    update();
}

// The maze cannot be pushed out of the window; what is smaller than the window is centred.
void ReplayCanvas::keepInSight()
{
    const QSizeF maze = QSizeF(mazeSize()) * m_cell;
    const auto place = [](double origin, double length, double room) {
        if (length + 2 * canvasMargin <= room)
            return (room - length) / 2;
        return std::clamp(origin, room - length - canvasMargin, canvasMargin);
    };
    m_origin = QPointF(std::round(place(m_origin.x(), maze.width(), width())),
                       std::round(place(m_origin.y(), maze.height(), height())));
}

void ReplayCanvas::followAgent()
{
    const std::optional<QPoint> cell = m_model ? m_model->position() : std::nullopt;
    if (cell && !m_fitted && !m_grabbed) {
        const QPointF at = m_origin + (QPointF(*cell) + QPointF(0.5, 0.5)) * m_cell;
        const double room = std::min({width() / 4.0, height() / 4.0, 3 * m_cell});
        if (!QRectF(rect()).adjusted(room, room, -room, -room).contains(at)) {
            m_origin += QRectF(rect()).center() - at;
            keepInSight();
        }
    }
    update();
}

std::optional<QPoint> ReplayCanvas::cellAt(QPointF position) const
{
    const QPointF cells = (position - m_origin) / m_cell;
    const QPoint cell(int(std::floor(cells.x())), int(std::floor(cells.y())));
    if (!QRect(QPoint(0, 0), mazeSize()).contains(cell))
        return std::nullopt;
    return cell;
}

void ReplayCanvas::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    const ReplayColours colours = ReplayColours::of(palette());
    painter.fillRect(event->rect(), colours.background);
    if (m_model && m_model->hasMaze()) {
        m_painter.paint(painter, *m_model, colours, m_origin, m_cell, QRectF(rect()));
    } else {
        painter.setPen(colours.mutedText);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap,
                         tr("The maze appears here as soon as the logs tell of it."));
    }
    if (hasFocus()) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

void ReplayCanvas::resizeEvent(QResizeEvent *)
{
    if (m_fitted)
        fit();
    else
        keepInSight();
}

void ReplayCanvas::wheelEvent(QWheelEvent *event)
{
    const double notches = event->angleDelta().y() / 120.0;
    zoomTo(m_cell * std::pow(zoomStep, notches), event->position());
    event->accept();
}

void ReplayCanvas::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_grabbed = event->position() - m_origin;
    if (!m_fitted)
        setCursor(Qt::ClosedHandCursor);
}

void ReplayCanvas::mouseMoveEvent(QMouseEvent *event)
{
    if (m_grabbed && !m_fitted) {
        m_origin = event->position() - *m_grabbed;
        keepInSight();
        update();
    }
    emit hovered(cellAt(event->position()));
}

void ReplayCanvas::mouseReleaseEvent(QMouseEvent *)
{
    m_grabbed.reset();
    unsetCursor();
}

void ReplayCanvas::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (m_fitted)
        zoomTo(std::max(m_cell * 3, 24.0), event->position());
    else
        fit();
}

void ReplayCanvas::leaveEvent(QEvent *)
{
    emit hovered(std::nullopt);
}

void ReplayCanvas::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Equal)
        zoomIn();
    else if (event->key() == Qt::Key_Minus)
        zoomOut();
    else if (event->key() == Qt::Key_0 || event->key() == Qt::Key_F)
        fit();
    else
        QWidget::keyPressEvent(event); // the player's keys
}

} // namespace batchyard::ui
