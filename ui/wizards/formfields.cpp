// The kinds of fields that a form page has: how each shows and stores its value.
#include "ui/wizards/formpage.h"

#include "ui/theme/theme.h"
#include "ui/wizards/commandeditor.h"
#include "ui/wizards/field.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRadioButton>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <tuple>

namespace batchyard::ui {

Field *FormPage::bind(const QString &label, const QString &path, QWidget *editor,
                      std::function<void()> load)
{
    if (editor->objectName().isEmpty())
        editor->setObjectName(path);
    auto *field = new Field(label, editor, this);
    m_bindings.append({path, field, std::move(load)});
    return field;
}

Field *FormPage::text(const QString &label, const QString &path, Get<QString> get, Set<QString> set)
{
    auto *edit = new QLineEdit(this);
    Field *field = bind(label, path, edit, [edit, get = std::move(get)] {
        if (const QString value = get(); edit->text() != value)
            edit->setText(value);
    });
    connect(edit, &QLineEdit::textEdited, this, [field, set = std::move(set)](const QString &text) {
        field->touch();
        set(text);
    });
    connect(edit, &QLineEdit::editingFinished, this, [this] { m_draft.endStep(); });
    return field;
}

Field *FormPage::number(const QString &label, const QString &path, Get<std::optional<int>> get,
                        Set<std::optional<int>> set)
{
    auto *edit = new QLineEdit(this);
    edit->setMaxLength(40);
    const auto read = [edit]() -> std::optional<int> {
        bool ok = false;
        const int value = edit->text().trimmed().toInt(&ok);
        return ok ? std::optional(value) : std::nullopt;
    };
    Field *field = bind(label, path, edit, [this, edit, path, read, get = std::move(get)] {
        if (m_draft.hasInputProblem(fullPath(path)))
            return;
        const std::optional<int> value = get();
        if (read() != value || (!value && !edit->text().isEmpty()))
            edit->setText(value ? QString::number(*value) : QString());
    });
    connect(edit, &QLineEdit::textEdited, this,
            [this, field, label, path, read, set = std::move(set)](const QString &text) {
                field->touch();
                const bool wrong = !text.trimmed().isEmpty() && !read();
                // The value first: a field whose problem is gone shows the draft's value.
                if (!wrong)
                    set(read());
                m_draft.setInputProblem(
                    fullPath(path),
                    wrong ? tr("%1: “%2” is not a whole number.").arg(label, text) : QString());
            });
    connect(edit, &QLineEdit::editingFinished, this, [this] { m_draft.endStep(); });
    return field;
}

Field *FormPage::flag(const QString &label, const QString &path, Get<bool> get, Set<bool> set)
{
    auto *box = new QCheckBox(label, this);
    box->setAccessibleName(label);
    Field *field = bind({}, path, box, [box, get = std::move(get)] {
        const QSignalBlocker blocker(box);
        box->setChecked(get());
    });
    connect(box, &QCheckBox::toggled, this, [this, field, set = std::move(set)](bool on) {
        field->touch();
        m_draft.endStep();
        set(on);
    });
    return field;
}

Field *FormPage::choice(const QString &label, const QString &path, const Choices &choices,
                        Get<QString> get, Set<QString> set)
{
    auto *combo = new QComboBox(this);
    for (const auto &[value, shown] : choices)
        combo->addItem(shown, value);
    Field *field = bind(label, path, combo, [combo, get = std::move(get)] {
        const QString value = get();
        const QSignalBlocker blocker(combo);
        if (combo->findData(value) < 0)
            combo->addItem(value, value); // from a document; validation judges it
        combo->setCurrentIndex(combo->findData(value));
    });
    connect(combo, &QComboBox::activated, this,
            [this, combo, field, set = std::move(set)](int index) {
                field->touch();
                m_draft.endStep();
                set(combo->itemData(index).toString());
            });
    return field;
}

Field *FormPage::tiles(const QString &label, const QString &path, const QList<Tile> &alternatives,
                       Get<QString> get, Set<QString> set)
{
    auto *group = new QWidget(this);
    group->setObjectName(path);
    auto *row = new QHBoxLayout(group);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(spacing::wide);
    QList<std::pair<QString, QRadioButton *>> buttons;
    for (const Tile &tile : alternatives) {
        auto *card = new QFrame(group);
        card->setProperty("card", true);
        auto *button = new QRadioButton(tile.title, card);
        button->setObjectName(path + u'.' + tile.value);
        button->setAccessibleName(tr("%1: %2").arg(label, tile.title));
        button->setAccessibleDescription(tile.description);
        // Each stands in a card of its own, so Qt's own exclusion does not reach the others.
        button->setAutoExclusive(false);
        QLabel *description = mutedLabel(tile.description, card);
        description->setWordWrap(true);
        auto *column = new QVBoxLayout(card);
        column->addWidget(button);
        column->addWidget(description, 1, Qt::AlignTop);
        row->addWidget(card, 1);
        buttons.append({tile.value, button});
    }
    const auto load = [buttons, get = std::move(get)] {
        const QString value = get();
        for (const auto &[own, button] : buttons) {
            const QSignalBlocker blocker(button);
            button->setChecked(own == value);
        }
    };
    Field *field = bind(label, path, group, load);
    for (const auto &[value, button] : buttons) {
        connect(button, &QRadioButton::clicked, this, [this, load, set, own = value] {
            m_draft.endStep();
            set(own);
            load();
        });
    }
    if (!buttons.isEmpty())
        group->setFocusProxy(buttons.first().second);
    return field;
}

Field *FormPage::words(const QString &label, const QString &path, Get<QStringList> get,
                       Set<QStringList> set)
{
    auto *edit = new QLineEdit(this);
    const auto read = [edit] {
        static const QRegularExpression separators(QStringLiteral("[,\\s]+"));
        return edit->text().split(separators, Qt::SkipEmptyParts);
    };
    Field *field = bind(label, path, edit, [edit, read, get = std::move(get)] {
        if (const QStringList value = get(); read() != value)
            edit->setText(value.join(QStringLiteral(", ")));
    });
    connect(edit, &QLineEdit::textEdited, this, [field, read, set = std::move(set)] {
        field->touch();
        set(read());
    });
    connect(edit, &QLineEdit::editingFinished, this, [this] { m_draft.endStep(); });
    return field;
}

Field *FormPage::command(const QString &label, const QString &path, Get<QStringList> get,
                         Set<QStringList> set)
{
    auto *editor = new CommandEditor(this);
    editor->setObjectName(path + QStringLiteral(".editor"));
    Field *field = bind(label, path, editor, [this, editor, path, get = std::move(get)] {
        if (!m_draft.hasInputProblem(fullPath(path)))
            editor->setCommand(get());
    });
    connect(editor, &CommandEditor::edited, this,
            [field, set = std::move(set)](const QStringList &value) {
                field->touch();
                set(value);
            });
    connect(editor, &CommandEditor::problemChanged, this,
            [this, field, path](const QString &problem) {
                field->touch();
                m_draft.setInputProblem(fullPath(path), problem);
            });
    return field;
}

RowsEditor *FormPage::rows(const QString &path, const QList<RowsEditor::Column> &columns,
                           const QString &addText, Get<RowsEditor::Rows> get,
                           Set<RowsEditor::Rows> set)
{
    auto *editor = new RowsEditor(path, columns, addText, this);
    const auto load = [this, editor, path, get = std::move(get)] {
        if (m_draft.inputProblemsIn(fullPath(path)).isEmpty())
            editor->setRows(get());
    };
    m_bindings.append({path, editor, load});
    connect(editor, &RowsEditor::edited, this,
            [this, editor, path, set = std::move(set)](const RowsEditor::Rows &list) {
                const QStringList before = m_draft.inputProblemsIn(fullPath(path));
                QStringList wrong;
                for (int row = 0; row < list.size(); ++row) {
                    for (int column = 0; column < editor->columns().size(); ++column) {
                        const QString text = list[row].value(column).trimmed();
                        bool isNumber = true;
                        if (editor->columns()[column].kind == RowsEditor::Kind::Number)
                            std::ignore = text.toInt(&isNumber);
                        if (isNumber || text.isEmpty())
                            continue;
                        wrong.append(QStringLiteral("%1[%2].%3")
                                         .arg(fullPath(path))
                                         .arg(row)
                                         .arg(editor->columns()[column].member));
                        m_draft.setInputProblem(wrong.last(),
                                                tr("“%1” is not a whole number.").arg(text));
                    }
                }
                set(list);
                for (const QString &old : before) {
                    if (!wrong.contains(old))
                        m_draft.setInputProblem(old, {});
                }
            });
    return editor;
}

RowsEditor *FormPage::map(const QString &path, const QString &nameTitle, const QString &valueTitle,
                          const QString &addText, Get<QMap<QString, QString>> get,
                          Set<QMap<QString, QString>> set)
{
    auto *editor = new RowsEditor(
        path, {{nameTitle, QStringLiteral("key")}, {valueTitle, QStringLiteral("value")}}, addText,
        this);
    const auto toMap = [](const RowsEditor::Rows &list) {
        QMap<QString, QString> map;
        for (const QStringList &row : list) {
            if (!row.value(0).isEmpty() && !map.contains(row.value(0)))
                map.insert(row.value(0), row.value(1));
        }
        return map;
    };
    // Rows without a key, and doubled keys, live in the editor alone until they are put right.
    const auto load = [editor, toMap, get] {
        const QMap<QString, QString> value = get();
        if (toMap(editor->rows()) == value)
            return;
        RowsEditor::Rows list;
        for (auto it = value.cbegin(); it != value.cend(); ++it)
            list.append({it.key(), it.value()});
        editor->setRows(list);
    };
    const auto toCell = [editor](const QString &key) {
        for (int i = 0; i < editor->rows().size(); ++i) {
            if (editor->rows()[i].value(0) == key)
                return QStringLiteral("[%1].key").arg(i);
        }
        return QString();
    };
    m_bindings.append({path, editor, load, toCell});
    connect(editor, &RowsEditor::edited, this,
            [this, path, toMap, set = std::move(set)](const RowsEditor::Rows &list) {
                QString problem;
                QStringList seen;
                for (const QStringList &row : list) {
                    if (row.value(0).isEmpty() && !row.value(1).isEmpty())
                        problem = tr("The value “%1” has no key.").arg(row.value(1));
                    else if (!row.value(0).isEmpty() && seen.contains(row.value(0)))
                        problem = tr("The key “%1” stands twice.").arg(row.value(0));
                    seen.append(row.value(0));
                }
                set(toMap(list));
                m_draft.setInputProblem(fullPath(path), problem);
            });
    return editor;
}

} // namespace batchyard::ui
