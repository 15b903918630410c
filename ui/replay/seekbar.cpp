#include "ui/replay/seekbar.h"

#include "ui/replay/replaycolours.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalBlocker>
#include <QToolTip>

#include <algorithm>
#include <limits>

namespace batchyard::ui {

namespace {

constexpr double trackMargin = 9;
constexpr double grooveHeight = 5;
constexpr double handleRadius = 7;
constexpr double grooveBelowTop = 23;

} // namespace

SeekBar::SeekBar(QWidget *parent)
    : QSlider(Qt::Horizontal, parent)
{
    setObjectName(QStringLiteral("replaySlider"));
    setAccessibleName(tr("Step of the walk"));
    setToolTip(tr("Drag to a step. Shift and drag sets the range of the loop."));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::TabFocus);
    // Assistive technology and tests move a slider by its value.
    connect(this, &QSlider::valueChanged, this, [this](int value) {
        if (m_model && value != m_model->currentStep())
            m_model->seek(value);
    });
}

void SeekBar::setModel(models::ReplayModel *model)
{
    if (m_model)
        m_model->disconnect(this);
    m_model = model;
    if (model) {
        for (const auto signal :
             {&models::ReplayModel::factsChanged, &models::ReplayModel::stepsAppended,
              &models::ReplayModel::walkReplaced, &models::ReplayModel::playbackChanged}) {
            connect(model, signal, this, &SeekBar::readModel);
        }
        connect(model, &models::ReplayModel::currentStepChanged, this, &SeekBar::readModel);
    }
    readModel();
}

void SeekBar::readModel()
{
    const QSignalBlocker blocker(this);
    constexpr qsizetype most = std::numeric_limits<int>::max();
    setRange(0, m_model ? int(std::min(m_model->stepCount(), most)) : 0);
    setValue(m_model ? int(std::min(m_model->currentStep(), most)) : 0);
    setEnabled(maximum() > 0);
    update();
}

double SeekBar::positionOf(qsizetype step) const
{
    const double length = width() - 2 * trackMargin;
    return trackMargin + (maximum() > 0 ? length * double(step) / double(maximum()) : 0);
}

qsizetype SeekBar::stepAt(double x) const
{
    const double share = (x - trackMargin) / std::max(1.0, width() - 2 * trackMargin);
    return qsizetype(std::clamp(share, 0.0, 1.0) * maximum() + 0.5);
}

bool SeekBar::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && m_model) {
        const auto *help = static_cast<QHelpEvent *>(event);
        for (const models::ReplayModel::Marker &marker : m_model->markers()) {
            if (std::abs(positionOf(marker.step) - help->pos().x()) > 6)
                continue;
            const QString step = QLocale().toString(qlonglong(marker.step));
            QToolTip::showText(help->globalPos(),
                               marker.kind == models::ReplayModel::Marker::Kind::Key
                                   ? tr("Key found at step %1").arg(step)
                                   : tr("Exit reached at step %1").arg(step),
                               this);
            return true;
        }
    }
    return QSlider::event(event);
}

void SeekBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const ReplayColours colours = ReplayColours::of(palette());
    const QRectF groove(trackMargin, grooveBelowTop - grooveHeight / 2, width() - 2 * trackMargin,
                        grooveHeight);
    painter.setPen(Qt::NoPen);
    painter.setBrush(blend(colours.text, colours.background, 0.22));
    painter.drawRoundedRect(groove, grooveHeight / 2, grooveHeight / 2);
    if (!m_model || maximum() == 0)
        return;
    if (m_model->hasLoopRange()) {
        const QRectF range(QPointF(positionOf(m_model->loopBegin()), 4),
                           QPointF(positionOf(m_model->loopEnd()), height() - 3));
        QColor shade = palette().color(QPalette::Highlight);
        shade.setAlphaF(m_model->isLooping() ? 0.30F : 0.14F);
        painter.setBrush(shade);
        painter.drawRoundedRect(range, 3, 3);
    }
    QRectF done = groove;
    done.setRight(positionOf(value()));
    painter.setBrush(colours.recentWalk);
    painter.drawRoundedRect(done, grooveHeight / 2, grooveHeight / 2);

    QFont font = painter.font();
    font.setPixelSize(11);
    font.setBold(true);
    painter.setFont(font);
    for (const models::ReplayModel::Marker &marker : m_model->markers()) {
        const bool isKey = marker.kind == models::ReplayModel::Marker::Kind::Key;
        const QColor &colour = isKey ? colours.key : colours.exit;
        const double x = positionOf(marker.step);
        painter.setPen(QPen(colour, 2));
        painter.drawLine(QPointF(x, 13), QPointF(x, grooveBelowTop + 5));
        const QRectF badge(std::clamp(x - 7, 0.0, width() - 14.0), 0, 14, 14);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawRoundedRect(badge, 4, 4);
        painter.setPen(colours.badgeText);
        painter.drawText(badge, Qt::AlignCenter, isKey ? QStringLiteral("K") : QStringLiteral("E"));
    }
    painter.setPen(QPen(hasFocus() ? palette().color(QPalette::Highlight) : colours.background, 2));
    painter.setBrush(isEnabled() ? colours.recentWalk : colours.mutedText);
    painter.drawEllipse(QPointF(positionOf(value()), grooveBelowTop), handleRadius, handleRadius);
}

void SeekBar::drag(double x, bool isRange)
{
    if (!m_model)
        return;
    const qsizetype step = stepAt(x);
    if (!isRange) {
        m_model->seek(step);
        return;
    }
    if (!m_rangeStart)
        m_rangeStart = step;
    if (step != *m_rangeStart) {
        m_model->clearLoopRange();
        m_model->setLoopBegin(std::min(step, *m_rangeStart));
        m_model->setLoopEnd(std::max(step, *m_rangeStart));
    }
}

void SeekBar::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        drag(event->position().x(), event->modifiers() & Qt::ShiftModifier);
}

void SeekBar::mouseMoveEvent(QMouseEvent *event)
{
    if (event->buttons() & Qt::LeftButton)
        drag(event->position().x(), m_rangeStart.has_value());
}

void SeekBar::mouseReleaseEvent(QMouseEvent *)
{
    m_rangeStart.reset();
}

void SeekBar::keyPressEvent(QKeyEvent *event)
{
    event->ignore(); // the player has one meaning for each key, wherever the focus is
}

} // namespace batchyard::ui
