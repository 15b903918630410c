#include "ui/pages/capacitybar.h"

#include "ui/theme/theme.h"

#include <QPainter>

namespace batchyard::ui {

namespace {

constexpr int barHeight = 6;

} // namespace

CapacityBar::CapacityBar(const QString &label, QWidget *parent)
    : QWidget(parent)
    , m_label(label)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFont(smallFont());
}

void CapacityBar::setUse(double used, double total, const QString &text)
{
    m_share = total > 0 ? qBound(0.0, used / total, 1.0) : 0;
    m_text = text;
    setAccessibleName(m_label + QStringLiteral(": ") + text);
    setToolTip(text);
    update();
}

QSize CapacityBar::sizeHint() const
{
    return {200, fontMetrics().height() + barHeight + 2 * spacing::tight};
}

QSize CapacityBar::minimumSizeHint() const
{
    return {120, sizeHint().height()};
}

void CapacityBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Colours theme = colours();
    const QRect line(0, 0, width(), fontMetrics().height());
    painter.setPen(theme.text);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, m_label);
    painter.setPen(theme.mutedText);
    const int left = fontMetrics().horizontalAdvance(m_label) + spacing::normal;
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter,
                     fontMetrics().elidedText(m_text, Qt::ElideRight, width() - left));
    const QRectF bar(0, line.bottom() + spacing::tight, width(), barHeight);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.border);
    painter.drawRoundedRect(bar, barHeight / 2.0, barHeight / 2.0);
    if (m_share > 0) {
        QRectF used = bar;
        used.setWidth(qMax<double>(barHeight, bar.width() * m_share));
        painter.setBrush(theme.accent);
        painter.drawRoundedRect(used, barHeight / 2.0, barHeight / 2.0);
    }
}

} // namespace batchyard::ui
