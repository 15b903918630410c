#include "ui/wizards/field.h"

#include "ui/theme/theme.h"
#include "ui/wizards/faultline.h"

#include <QEvent>
#include <QLabel>
#include <QStyle>
#include <QVBoxLayout>

namespace batchyard::ui {

namespace {

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
    , m_fault(new FaultLine(this))
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

    m_layout->addWidget(m_fault);
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

void Field::setFidelity(const std::optional<batch::Fidelity> &fidelity)
{
    using Verdict = batch::Fidelity::Verdict;
    const bool hasNoEffect = fidelity && fidelity->verdict == Verdict::NoEffect;
    if (hasNoEffect && !m_note) {
        m_note = wrappedMuted({}, this);
        m_note->setObjectName(QStringLiteral("fidelity"));
        m_layout->insertWidget(m_layout->indexOf(m_fault), m_note);
    }
    if (m_note) {
        m_note->setText(hasNoEffect ? tr("No effect locally: %1").arg(fidelity->note) : QString());
        m_note->setVisible(hasNoEffect);
    }
    m_label->setToolTip(fidelity && fidelity->verdict == Verdict::Approximated
                            ? tr("Locally: %1").arg(fidelity->note)
                            : QString());
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
    return m_fault->isHidden() ? QString() : m_fault->text();
}

void Field::showFaults()
{
    m_fault->setFaults(m_touched ? m_faults : batch::Faults());
    setInvalid(m_editor, m_touched && batch::hasErrors(m_faults));
}

bool Field::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_editor && event->type() == QEvent::FocusOut)
        touch();
    return QWidget::eventFilter(watched, event);
}

} // namespace batchyard::ui
