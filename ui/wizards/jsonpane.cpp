#include "ui/wizards/jsonpane.h"

#include "models/draft/documentfile.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"
#include "ui/wizards/field.h"
#include "ui/wizards/jsonhighlighter.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTextBlock>
#include <QVBoxLayout>

#include <algorithm>

namespace batchyard::ui {

namespace {

constexpr int smallestHeight = 260;

QPlainTextEdit *makeEditor(const QString &name, QWidget *parent)
{
    auto *editor = new QPlainTextEdit(parent);
    editor->setObjectName(name);
    editor->setFont(fixedFont());
    editor->setLineWrapMode(QPlainTextEdit::NoWrap);
    editor->setTabChangesFocus(true);
    editor->setMinimumHeight(smallestHeight);
    new JsonHighlighter(editor->document());
    return editor;
}

} // namespace

QPlainTextEdit *jsonView(const QString &name, QWidget *parent)
{
    QPlainTextEdit *view = makeEditor(name, parent);
    view->setReadOnly(true);
    return view;
}

JsonPane::JsonPane(models::DraftBase &draft, const QString &suggestedName, QWidget *parent)
    : QWidget(parent)
    , m_draft(draft)
    , m_suggestedName(suggestedName)
    , m_editor(makeEditor(QStringLiteral("json"), this))
    , m_buttons(new QWidget(this))
    , m_problem(new QPushButton(this))
    , m_message(mutedLabel({}, this))
{
    m_editor->setAccessibleName(tr("JSON of the request"));
    auto *buttons = new QHBoxLayout(m_buttons);
    buttons->setContentsMargins(0, 0, 0, 0);
    m_message->setObjectName(QStringLiteral("jsonMessage"));
    buttons->addWidget(m_message, 1);
    QPushButton *copy
        = addButton(QStringLiteral("copyJson"), QStringLiteral("edit-copy"), tr("Copy"));
    QPushButton *save = addButton(QStringLiteral("saveJson"), QStringLiteral("document-save"),
                                  tr("Save to file…"));
    QPushButton *open = addButton(QStringLiteral("openJson"), QStringLiteral("document-open"),
                                  tr("Open from file…"));
    m_problem->setObjectName(QStringLiteral("jsonProblem"));
    m_problem->setAccessibleName(tr("Problem of the JSON"));
    m_problem->setProperty("link", true);
    m_problem->setProperty("danger", true);
    m_problem->setAutoDefault(false);
    m_problem->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_buttons);
    layout->addWidget(m_editor, 1);
    layout->addWidget(m_problem);
    connect(copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_editor->toPlainText());
        showMessage(tr("The JSON is on the clipboard."));
    });
    connect(save, &QPushButton::clicked, this, [this] { chooseFile(true); });
    connect(open, &QPushButton::clicked, this, [this] { chooseFile(false); });
    connect(m_problem, &QPushButton::clicked, this, &JsonPane::goToProblem);
    connect(m_editor, &QPlainTextEdit::textChanged, this, [this] {
        if (!m_loading)
            m_draft.setJsonText(m_editor->toPlainText());
    });
    connect(&draft, &models::DraftBase::changed, this, &JsonPane::load);
    load();
}

QPushButton *JsonPane::addButton(const QString &name, const QString &iconName, const QString &text)
{
    auto *button = new QPushButton(icon(iconName), text, m_buttons);
    button->setObjectName(name);
    button->setAccessibleName(text);
    button->setAutoDefault(false);
    m_buttons->layout()->addWidget(button);
    return button;
}

void JsonPane::load()
{
    if (const QString text = m_draft.jsonText(); text != m_editor->toPlainText()) {
        const int position = m_editor->textCursor().position();
        m_loading = true;
        m_editor->setPlainText(text);
        m_loading = false;
        QTextCursor cursor = m_editor->textCursor();
        cursor.setPosition(std::min(position, static_cast<int>(text.size())));
        m_editor->setTextCursor(cursor);
    }
    showProblem();
}

void JsonPane::showProblem()
{
    const auto &problem = m_draft.jsonProblem();
    m_problem->setVisible(problem.has_value());
    setInvalid(m_editor, problem.has_value());
    QList<QTextEdit::ExtraSelection> marks;
    if (problem) {
        const QString text = tr("%1 The form keeps the last readable state.").arg(problem->message);
        m_problem->setText(QString(text).replace(u'&', QStringLiteral("&&")));
        m_problem->setAccessibleName(text);
        m_problem->setToolTip(text);
        m_problem->setIcon(icon(QStringLiteral("dialog-cancel"), toneColour(Tone::Bad)));
        if (problem->line > 0) {
            QTextEdit::ExtraSelection mark;
            mark.cursor = QTextCursor(m_editor->document()->findBlockByNumber(problem->line - 1));
            mark.format.setBackground(toneFill(Tone::Bad));
            mark.format.setProperty(QTextFormat::FullWidthSelection, true);
            marks.append(mark);
        }
    }
    m_editor->setExtraSelections(marks);
}

void JsonPane::goToProblem()
{
    const auto &problem = m_draft.jsonProblem();
    if (!problem || problem->line <= 0)
        return;
    const QTextBlock block = m_editor->document()->findBlockByNumber(problem->line - 1);
    if (!block.isValid())
        return;
    QTextCursor cursor(block);
    cursor.movePosition(QTextCursor::Right, QTextCursor::MoveAnchor,
                        std::clamp(problem->column - 1, 0, block.length() - 1));
    m_editor->setTextCursor(cursor);
    m_editor->setFocus();
}

void JsonPane::chooseFile(bool save)
{
    auto *dialog = new QFileDialog(this, save ? tr("Save the JSON") : tr("Open a JSON document"));
    dialog->setObjectName(QStringLiteral("jsonFile"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setNameFilters({tr("JSON documents (*.json)"), tr("All files (*)")});
    dialog->setAcceptMode(save ? QFileDialog::AcceptSave : QFileDialog::AcceptOpen);
    dialog->setFileMode(save ? QFileDialog::AnyFile : QFileDialog::ExistingFile);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    if (save)
        dialog->selectFile(m_suggestedName);
    connect(dialog, &QFileDialog::fileSelected, this, [this, save](const QString &fileName) {
        const Result<void> result = save ? saveTo(fileName) : openFrom(fileName);
        if (!result)
            showMessage(result.error().message);
    });
    dialog->open();
}

Result<void> JsonPane::saveTo(const QString &fileName)
{
    Result<void> result = models::writeDocument(fileName, m_editor->toPlainText());
    if (result)
        showMessage(tr("Saved to %1.").arg(fileName));
    return result;
}

Result<void> JsonPane::openFrom(const QString &fileName)
{
    Result<QString> text = models::readDocument(fileName);
    if (!text)
        return tl::unexpected(text.error());
    m_draft.endStep();
    m_draft.setJsonText(*text);
    m_draft.endStep();
    showMessage(tr("Opened %1.").arg(fileName));
    return {};
}

void JsonPane::showMessage(const QString &text)
{
    m_message->setText(text);
    m_message->setToolTip(text);
}

} // namespace batchyard::ui
