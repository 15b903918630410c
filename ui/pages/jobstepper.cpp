#include "ui/pages/jobstepper.h"

#include "models/console/wording.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QDateTime>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using models::JobStep;

namespace {

constexpr int circle = 26;
constexpr int iconSize = 14;

} // namespace

JobStepper::JobStepper(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"jobStepper"_s);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void JobStepper::setSteps(const QList<JobStep> &steps)
{
    m_steps = steps;
    QStringList spoken;
    for (const JobStep &step : steps) {
        if (step.enteredAt)
            spoken.append(tr("%1 at %2").arg(presentation(step.status).word, timeOf(step)));
    }
    setAccessibleName(tr("States of the job: %1").arg(spoken.join(u", "_s)));
    update();
}

QSize JobStepper::sizeHint() const
{
    return {6 * 130, circle + 2 * QFontMetrics(smallFont()).height() + 2 * spacing::tight};
}

QSize JobStepper::minimumSizeHint() const
{
    return {6 * 84, sizeHint().height()};
}

QString JobStepper::timeOf(const JobStep &step) const
{
    return models::timeText(step.enteredAt, QDateTime::currentDateTime());
}

QString JobStepper::durationOf(const JobStep &step) const
{
    if (!step.enteredAt || batch::isTerminal(step.status))
        return {};
    const auto now = batch::fromEpochMs(QDateTime::currentMSecsSinceEpoch());
    if (!step.leftAt && !step.isCurrent)
        return {};
    return models::durationText(step.leftAt.value_or(now) - *step.enteredAt);
}

void JobStepper::paintStep(QPainter &painter, int number) const
{
    const JobStep &step = m_steps.at(number);
    const Presentation state = presentation(step.status);
    const Colours theme = colours();
    const int cell = width() / static_cast<int>(m_steps.size());
    const int left = number * cell;
    const QRect ring(left, 1, circle, circle);
    const bool reached = step.enteredAt.has_value() || step.isCurrent;

    if (number + 1 < static_cast<int>(m_steps.size())) {
        const bool passed
            = m_steps.at(number + 1).enteredAt.has_value() || m_steps.at(number + 1).isCurrent;
        painter.setPen(QPen(passed ? theme.mutedText : theme.border, 2));
        const int middle = ring.center().y() + 1;
        painter.drawLine(ring.right() + 6, middle, left + cell - 6, middle);
    }
    const bool isOutcome = reached && batch::isTerminal(step.status);
    if (step.isCurrent) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(toneColour(state.tone));
    } else {
        painter.setPen(QPen(reached ? theme.mutedText : theme.border, 1.5));
        painter.setBrush(reached ? toneFill(Tone::Neutral) : theme.surface);
    }
    painter.drawEllipse(QRectF(ring).adjusted(1, 1, -1, -1));
    const QColor glyph = step.isCurrent ? theme.surface : reached ? theme.text : theme.mutedText;
    const bool isOpenEnd = number + 1 == static_cast<int>(m_steps.size()) && !reached;
    const QString glyphName = reached && !step.isCurrent ? u"dialog-ok-apply"_s : state.iconName;
    if (!isOpenEnd) {
        icon(glyphName, glyph)
            .paint(&painter, ring.center().x() - iconSize / 2 + 1,
                   ring.center().y() - iconSize / 2 + 1, iconSize, iconSize);
    }

    QFont font = smallFont();
    font.setWeight(step.isCurrent ? QFont::DemiBold : QFont::Normal);
    painter.setFont(font);
    const int lineHeight = painter.fontMetrics().height();
    const QRect word(left, ring.bottom() + spacing::tight, cell - spacing::tight, lineHeight);
    painter.setPen(reached ? (isOutcome || step.isCurrent ? toneColour(state.tone) : theme.text)
                           : theme.mutedText);
    painter.drawText(word, Qt::AlignLeft | Qt::AlignVCenter, isOpenEnd ? tr("Ended") : state.word);
    if (!step.enteredAt)
        return;
    painter.setFont(smallFont());
    painter.setPen(theme.mutedText);
    const QString duration = durationOf(step);
    QString times = timeOf(step);
    if (!duration.isEmpty()) {
        const QString both = times % u" · "_s % duration;
        times = painter.fontMetrics().horizontalAdvance(both) <= word.width() ? both : duration;
    }
    painter.drawText(word.translated(0, lineHeight), Qt::AlignLeft | Qt::AlignVCenter, times);
}

void JobStepper::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (int number = 0; number < static_cast<int>(m_steps.size()); ++number)
        paintStep(painter, number);
}

bool JobStepper::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && !m_steps.isEmpty()) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const int number = help->pos().x() * static_cast<int>(m_steps.size()) / qMax(1, width());
        const JobStep &step = m_steps.at(qBound(0, number, static_cast<int>(m_steps.size()) - 1));
        if (step.enteredAt)
            QToolTip::showText(
                help->globalPos(),
                tr("%1 since %2")
                    .arg(presentation(step.status).word, models::fullTimeText(step.enteredAt)),
                this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace batchyard::ui
