#include "ui/wizards/rowseditor.h"

#include "ui/theme/theme.h"
#include "ui/wizards/faultline.h"
#include "ui/wizards/field.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSet>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace batchyard::ui {

RowsEditor::RowsEditor(const QString &path, const QList<Column> &columns, const QString &addText,
                       QWidget *parent)
    : QWidget(parent)
    , m_path(path)
    , m_columns(columns)
    , m_layout(new QVBoxLayout(this))
    , m_listFault(new FaultLine(this))
    , m_add(new QPushButton(addText, this))
{
    setObjectName(path);
    for (int i = 0; i < columns.size(); ++i)
        m_newRow.append(QString());
    m_add->setObjectName(QStringLiteral("add.") + path);
    m_add->setAccessibleName(addText);
    m_add->setIcon(icon(QStringLiteral("list-add")));
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(spacing::tight);
    m_layout->addWidget(m_add, 0, Qt::AlignLeft);
    m_layout->addWidget(m_listFault);
    connect(m_add, &QPushButton::clicked, this, &RowsEditor::addRow);
    rebuild();
}

void RowsEditor::setRows(const Rows &rows)
{
    if (rows == m_rows)
        return;
    const bool sameCount = rows.size() == m_rows.size();
    m_rows = rows;
    if (!sameCount) {
        rebuild();
        return;
    }
    for (int row = 0; row < m_rows.size(); ++row) {
        for (int column = 0; column < m_columns.size(); ++column)
            loadCell(row, column);
    }
}

void RowsEditor::setMaximum(int count)
{
    m_maximum = count;
    updateAdd();
}

void RowsEditor::setChoices(int column, const QStringList &choices)
{
    if (m_columns[column].choices == choices)
        return;
    m_columns[column].choices = choices;
    rebuild();
}

void RowsEditor::rebuild()
{
    // deleteLater: the signal that led here may come from one of these widgets.
    if (m_table) {
        m_table->hide();
        m_table->setParent(nullptr);
        m_table->deleteLater();
    }
    m_widgets.clear();
    m_table = new QWidget(this);
    auto *grid = new QGridLayout(m_table);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(spacing::normal);
    grid->setVerticalSpacing(spacing::tight);
    for (int column = 0; column < m_columns.size(); ++column) {
        grid->addWidget(mutedLabel(m_columns[column].title, m_table), 0, column);
        grid->setColumnStretch(column, m_columns[column].stretch);
    }
    for (int row = 0; row < m_rows.size(); ++row) {
        RowWidgets widgets;
        for (int column = 0; column < m_columns.size(); ++column) {
            widgets.cells.append(makeCell(row, column));
            grid->addWidget(widgets.cells.last(), 2 * row + 1, column);
        }
        auto *remove = new QToolButton(m_table);
        remove->setObjectName(QStringLiteral("remove.%1[%2]").arg(m_path).arg(row));
        remove->setAccessibleName(tr("Remove row %1").arg(row + 1));
        remove->setToolTip(tr("Remove"));
        remove->setIcon(icon(QStringLiteral("edit-delete")));
        remove->setFixedSize(remove->sizeHint());
        connect(remove, &QToolButton::clicked, this, [this, row] { removeRow(row); });
        grid->addWidget(remove, 2 * row + 1, static_cast<int>(m_columns.size()));
        widgets.remove = remove;
        widgets.fault = new FaultLine(m_table);
        grid->addWidget(widgets.fault, 2 * row + 2, 0, 1, -1);
        m_widgets.append(widgets);
    }
    m_layout->insertWidget(0, m_table);
    m_table->setVisible(!m_rows.isEmpty());
    for (int row = 0; row < m_rows.size(); ++row) {
        for (int column = 0; column < m_columns.size(); ++column)
            loadCell(row, column);
    }
    updateAdd();
    showFaults();
}

QWidget *RowsEditor::makeCell(int row, int column)
{
    const Column &definition = m_columns[column];
    QWidget *cell = nullptr;
    switch (definition.kind) {
    case Kind::Text:
    case Kind::Number: {
        auto *edit = new QLineEdit(m_table);
        edit->setPlaceholderText(definition.placeholder);
        connect(edit, &QLineEdit::textEdited, this,
                [this, row, column](const QString &text) { cellEdited(row, column, text); });
        cell = edit;
        break;
    }
    case Kind::Choice:
    case Kind::EditableChoice: {
        auto *combo = new QComboBox(m_table);
        combo->setEditable(definition.kind == Kind::EditableChoice);
        combo->addItems(definition.choices);
        connect(combo, &QComboBox::currentTextChanged, this,
                [this, row, column](const QString &text) { cellEdited(row, column, text); });
        cell = combo;
        break;
    }
    case Kind::Flag: {
        auto *box = new QCheckBox(m_table);
        connect(box, &QCheckBox::toggled, this, [this, row, column](bool on) {
            cellEdited(row, column, on ? QStringLiteral("true") : QString());
        });
        cell = box;
        break;
    }
    }
    cell->setObjectName(QStringLiteral("%1[%2].%3").arg(m_path).arg(row).arg(definition.member));
    cell->setAccessibleName(tr("%1, row %2").arg(definition.title).arg(row + 1));
    return cell;
}

void RowsEditor::loadCell(int row, int column)
{
    QWidget *cell = m_widgets[row].cells[column];
    const QString text = m_rows[row].value(column);
    const QSignalBlocker blocker(cell);
    if (auto *edit = qobject_cast<QLineEdit *>(cell)) {
        if (edit->text() != text)
            edit->setText(text);
    } else if (auto *combo = qobject_cast<QComboBox *>(cell)) {
        if (combo->currentText() == text)
            return;
        if (combo->isEditable()) {
            combo->setEditText(text);
        } else {
            if (combo->findText(text) < 0 && !text.isEmpty())
                combo->addItem(text);
            combo->setCurrentIndex(combo->findText(text));
        }
    } else if (auto *box = qobject_cast<QCheckBox *>(cell)) {
        box->setChecked(!text.isEmpty());
    }
}

void RowsEditor::cellEdited(int row, int column, const QString &text)
{
    if (row >= m_rows.size() || m_rows[row].value(column) == text)
        return;
    m_rows[row][column] = text;
    m_touched.insert(QStringLiteral("[%1].%2").arg(row).arg(m_columns[column].member));
    emit edited(m_rows);
}

void RowsEditor::addRow()
{
    m_rows.append(m_newRow);
    rebuild();
    m_widgets.last().cells.first()->setFocus();
    emit edited(m_rows);
}

void RowsEditor::removeRow(int row)
{
    m_rows.removeAt(row);
    m_touched.clear();
    rebuild();
    if (m_widgets.isEmpty())
        m_add->setFocus();
    else
        m_widgets[std::min<qsizetype>(row, m_widgets.size() - 1)].remove->setFocus();
    emit edited(m_rows);
}

void RowsEditor::updateAdd()
{
    const bool full = m_maximum > 0 && m_rows.size() >= m_maximum;
    m_add->setEnabled(!full);
    m_add->setToolTip(full ? tr("At most %1.").arg(m_maximum) : QString());
}

void RowsEditor::setFaults(const QList<std::pair<QString, batch::Fault>> &faults)
{
    m_faults = faults;
    showFaults();
}

void RowsEditor::touchAll()
{
    m_allTouched = true;
    showFaults();
}

void RowsEditor::showFaults()
{
    for (int row = 0; row < m_widgets.size(); ++row)
        showRowFaults(row);
    batch::Faults ofList;
    for (const auto &[path, fault] : std::as_const(m_faults)) {
        if (path.isEmpty())
            ofList.append(fault);
    }
    m_listFault->setFaults(ofList);
}

void RowsEditor::showRowFaults(int row)
{
    const QString rowPath = QStringLiteral("[%1]").arg(row);
    batch::Faults shown;
    QSet<int> wrong;
    for (const auto &[path, fault] : std::as_const(m_faults)) {
        if (path != rowPath && !path.startsWith(rowPath + u'.'))
            continue;
        const QString member = path.mid(rowPath.size() + 1);
        int column = -1;
        for (int i = 0; i < m_columns.size(); ++i) {
            if (member == m_columns[i].member || member.startsWith(m_columns[i].member + u'['))
                column = i;
        }
        // A fresh row's empty cells are not yet wrong.
        if (!m_allTouched && column >= 0 && m_rows[row].value(column).isEmpty()
            && !m_touched.contains(rowPath + u'.' + m_columns[column].member))
            continue;
        shown.append(fault);
        if (fault.severity == batch::Fault::Severity::Error)
            wrong.insert(column);
    }
    for (int column = 0; column < m_columns.size(); ++column)
        setInvalid(m_widgets[row].cells[column], wrong.contains(column));
    m_widgets[row].fault->setFaults(shown);
}

bool RowsEditor::focusCell(const QString &relativePath)
{
    for (int row = 0; row < m_widgets.size(); ++row) {
        const QString rowPath = QStringLiteral("[%1]").arg(row);
        if (relativePath != rowPath && !relativePath.startsWith(rowPath + u'.'))
            continue;
        QWidget *target = m_widgets[row].cells.first();
        for (int column = 0; column < m_columns.size(); ++column) {
            if (relativePath == rowPath + u'.' + m_columns[column].member)
                target = m_widgets[row].cells[column];
        }
        target->setFocus();
        return true;
    }
    m_add->setFocus();
    return true;
}

} // namespace batchyard::ui
