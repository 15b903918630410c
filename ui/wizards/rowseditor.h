// A short list of like things in a form (environment variables, mounts, rules …): one line of cells
// each, with Add and Remove. A row is a list of texts; flags are "true" or "".
#pragma once

#include "backend/batch/common.h"

#include <QSet>
#include <QWidget>

class QGridLayout;
class QPushButton;
class QVBoxLayout;

namespace batchyard::ui {

class FaultLine;

class RowsEditor final : public QWidget
{
    Q_OBJECT

public:
    enum class Kind { Text, Number, Choice, EditableChoice, Flag };

    struct Column {
        QString title;
        QString member; // of the JSON object that a row is
        Kind kind = Kind::Text;
        int stretch = 1;
        QString placeholder = {};
        QStringList choices = {};
    };

    using Rows = QList<QStringList>;

    // path is the JSON path of the list; cells are named by theirs ("environment[0].name").
    RowsEditor(const QString &path, const QList<Column> &columns, const QString &addText,
               QWidget *parent = nullptr);

    void setRows(const Rows &rows);
    [[nodiscard]] const Rows &rows() const { return m_rows; }
    [[nodiscard]] const QList<Column> &columns() const { return m_columns; }
    // What a new row begins with; empty texts by default.
    void setNewRow(const QStringList &cells) { m_newRow = cells; }
    // 0: no bound. A full list says so instead of offering Add.
    void setMaximum(int count);
    void setChoices(int column, const QStringList &choices);
    // Relative to the list: "[0].name", "[0]" or "" for the list itself.
    void setFaults(const QList<std::pair<QString, batch::Fault>> &faults);
    void touchAll();
    [[nodiscard]] bool focusCell(const QString &relativePath);

signals:
    void edited(const QList<QStringList> &rows);

private:
    struct RowWidgets {
        QList<QWidget *> cells;
        QWidget *remove = nullptr;
        FaultLine *fault = nullptr;
    };

    void rebuild();
    [[nodiscard]] QWidget *makeCell(int row, int column);
    void loadCell(int row, int column);
    void cellEdited(int row, int column, const QString &text);
    void addRow();
    void removeRow(int row);
    void showFaults();
    void showRowFaults(int row);
    void updateAdd();

    QString m_path;
    QList<Column> m_columns;
    Rows m_rows;
    QStringList m_newRow;
    int m_maximum = 0;
    QList<std::pair<QString, batch::Fault>> m_faults;
    QSet<QString> m_touched;
    bool m_allTouched = false;

    QVBoxLayout *m_layout;
    QWidget *m_table = nullptr;
    QList<RowWidgets> m_widgets;
    FaultLine *m_listFault;
    QPushButton *m_add;
};

} // namespace batchyard::ui
