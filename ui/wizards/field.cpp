#include "ui/wizards/field.h"

#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QVBoxLayout>

namespace batchyard::ui {

namespace {

constexpr int faultIconSize = 16;

QLabel *wrappedMuted(const QString &text, QWidget *parent)
{
    QLabel *label = mutedLabel(text, parent);
    label->setWordWrap(true);
    return label;
}

} // namespace

void setInvalid(QWidget *editor, bool invalid)
{
    if (editor->property("invalid").toBool() == invalid)
        return;
    editor->setProperty("invalid", invalid);
    editor->style()->unpolish(editor);
    editor->style()->polish(editor);
}

Field::Field(const QString &label, QWidget *editor, QWidget *parent)
    : QWidget(parent)
    , m_editor(editor)
    , m_label(plainLabel(label, this))
    , m_faultRow(new QWidget(this))
    , m_faultIcon(new QLabel(m_faultRow))
    , m_faultText(plainLabel({}, m_faultRow))
    , m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(spacing::tight);
    m_layout->addWidget(m_label);
    m_layout->addWidget(editor);
    m_label->setVisible(!label.isEmpty());
    m_label->setBuddy(editor);
    if (editor->accessibleName().isEmpty())
        editor->setAccessibleName(label);

    auto *row = new QHBoxLayout(m_faultRow);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(spacing::tight);
    row->addWidget(m_faultIcon, 0, Qt::AlignTop);
    row->addWidget(m_faultText, 1);
    m_faultText->setWordWrap(true);
    m_faultText->setObjectName(QStringLiteral("fault"));
    m_layout->addWidget(m_faultRow);
    m_faultRow->hide();
    editor->installEventFilter(this);
}

QString Field::label() const
{
    return m_label->text();
}

Field *Field::setHelp(const QString &text)
{
    if (!m_help) {
        m_help = wrappedMuted({}, this);
        m_layout->insertWidget(m_layout->indexOf(m_editor) + 1, m_help);
    }
    m_help->setText(text);
    m_editor->setAccessibleDescription(text);
    return this;
}

Field *Field::setFidelity(Fidelity fidelity, const QString &sentence)
{
    if (!m_note) {
        m_note = wrappedMuted({}, this);
        m_note->setObjectName(QStringLiteral("fidelity"));
        m_layout->insertWidget(m_layout->indexOf(m_faultRow), m_note);
    }
    m_note->setText(
        (fidelity == Fidelity::Ignored ? tr("No effect locally. ") : tr("Differs locally. "))
        + sentence);
    return this;
}

void Field::setFaults(const batch::Faults &faults)
{
    if (m_faults == faults)
        return;
    m_faults = faults;
    showFaults();
}

void Field::touch()
{
    if (m_touched)
        return;
    m_touched = true;
    showFaults();
}

QString Field::shownFault() const
{
    return m_faultRow->isHidden() ? QString() : m_faultText->text();
}

void Field::showFaults()
{
    QStringList texts;
    for (const batch::Fault &fault : std::as_const(m_faults))
        texts.append(fault.message);
    const bool shown = m_touched && !texts.isEmpty();
    const bool isError = batch::hasErrors(m_faults);
    if (shown) {
        const QColor colour = toneColour(isError ? Tone::Bad : Tone::Waiting);
        m_faultIcon->setPixmap(
            icon(isError ? QStringLiteral("dialog-error") : QStringLiteral("dialog-warning"),
                 colour)
                .pixmap(faultIconSize));
        QPalette palette = m_faultText->palette();
        palette.setColor(QPalette::WindowText, colour);
        m_faultText->setPalette(palette);
        m_faultText->setText(texts.join(u'\n'));
    }
    m_faultRow->setVisible(shown);
    setInvalid(m_editor, shown && isError);
}

bool Field::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_editor && event->type() == QEvent::FocusOut)
        touch();
    return QWidget::eventFilter(watched, event);
}

void Field::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        showFaults();
}

} // namespace batchyard::ui
