#include "ui/wizards/faultline.h"

#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>

namespace batchyard::ui {

namespace {
constexpr int iconSize = 16;
}

FaultLine::FaultLine(QWidget *parent)
    : QWidget(parent)
    , m_icon(new QLabel(this))
    , m_text(plainLabel({}, this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(spacing::tight);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addWidget(m_text, 1);
    m_text->setWordWrap(true);
    m_text->setObjectName(QStringLiteral("fault"));
    hide();
}

void FaultLine::setFaults(const batch::Faults &faults)
{
    QStringList texts;
    for (const batch::Fault &fault : faults)
        texts.append(fault.message);
    texts.removeDuplicates();
    m_isError = batch::hasErrors(faults);
    m_text->setText(texts.join(u'\n'));
    if (!texts.isEmpty())
        recolour();
    setVisible(!texts.isEmpty());
}

QString FaultLine::text() const
{
    return m_text->text();
}

void FaultLine::recolour()
{
    const QColor colour = toneColour(m_isError ? Tone::Bad : Tone::Waiting);
    m_icon->setPixmap(
        icon(m_isError ? QStringLiteral("dialog-cancel") : QStringLiteral("emblem-warning"), colour)
            .pixmap(QSize(iconSize, iconSize), devicePixelRatioF()));
    QPalette palette = m_text->palette();
    palette.setColor(QPalette::WindowText, colour);
    m_text->setPalette(palette);
}

void FaultLine::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    // The application's palette: this widget's own change comes from recolour() itself.
    if (event->type() == QEvent::ApplicationPaletteChange && !m_text->text().isEmpty())
        recolour();
}

} // namespace batchyard::ui
