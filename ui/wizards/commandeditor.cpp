#include "ui/wizards/commandeditor.h"

#include "models/draft/commandsyntax.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>

namespace batchyard::ui {

CommandEditor::CommandEditor(QWidget *parent)
    : QWidget(parent)
    , m_hint(tr("Empty: the image's own command runs."))
    , m_syntax(new QComboBox(this))
    , m_text(new QLineEdit(this))
    , m_preview(mutedLabel({}, this))
{
    m_text->setObjectName(QStringLiteral("command"));
    m_text->setAccessibleName(tr("Command"));
    m_text->setFont(fixedFont());
    m_syntax->setObjectName(QStringLiteral("commandSyntax"));
    m_syntax->setAccessibleName(tr("Syntax of the command"));
    m_syntax->addItems({tr("Words"), tr("JSON")});
    m_preview->setObjectName(QStringLiteral("commandPreview"));
    m_preview->setWordWrap(true);
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(spacing::normal);
    grid->setVerticalSpacing(spacing::tight);
    grid->addWidget(m_text, 0, 0);
    grid->addWidget(m_syntax, 0, 1);
    grid->addWidget(m_preview, 1, 0, 1, 2);
    grid->setColumnStretch(0, 1);
    setFocusProxy(m_text);
    connect(m_text, &QLineEdit::textEdited, this, &CommandEditor::textEdited);
    connect(m_syntax, &QComboBox::activated, this, &CommandEditor::syntaxChosen);
    showPreview();
}

void CommandEditor::setPlaceholderText(const QString &text)
{
    m_text->setPlaceholderText(text);
}

void CommandEditor::setHint(const QString &text)
{
    m_hint = text;
    showPreview();
}

void CommandEditor::setCommand(const QStringList &command)
{
    // The person's own spelling stays while it means the same.
    if (command == m_command && m_valid)
        return;
    m_command = command;
    m_valid = true;
    syntaxChosen();
}

void CommandEditor::textEdited(const QString &text)
{
    const auto read = m_syntax->currentIndex() == Json ? models::commandFromJson(text)
                                                       : models::commandFromWords(text);
    m_valid = read.isValid();
    if (m_valid) {
        m_command = read.words;
        emit edited(m_command);
        emit problemChanged({});
    } else {
        emit problemChanged(read.problem);
    }
    showPreview();
}

void CommandEditor::syntaxChosen()
{
    if (!m_valid)
        return textEdited(m_text->text());
    if (m_command.isEmpty())
        m_text->clear();
    else
        m_text->setText(m_syntax->currentIndex() == Json ? models::commandToJson(m_command)
                                                         : models::commandToWords(m_command));
    showPreview();
}

void CommandEditor::showPreview()
{
    if (!m_valid)
        m_preview->clear();
    else if (m_command.isEmpty())
        m_preview->setText(m_hint);
    else if (m_syntax->currentIndex() == Json)
        m_preview->setText(models::commandToWords(m_command));
    else
        m_preview->setText(models::commandToJson(m_command));
}

} // namespace batchyard::ui
