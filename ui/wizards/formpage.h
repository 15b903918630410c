// A page of fields over a draft. Each field is bound to a JSON path: it shows what the draft has
// there, writes what is typed and shows the faults that validation finds at the path. Pages are
// plain widgets: a wizard shows them as steps, another window may show them as they are.
#pragma once

#include "models/draft/draft.h"
#include "ui/wizards/rowseditor.h"

#include <QWidget>

#include <functional>

class QVBoxLayout;

namespace batchyard::ui {

class Card;
class Field;

class FormPage : public QWidget
{
    Q_OBJECT

public:
    explicit FormPage(models::DraftBase &draft, QWidget *parent = nullptr);

    // Whether a fault at this path is shown, or is to be shown, on this page.
    [[nodiscard]] virtual bool owns(const QString &path) const;
    // Also shows faults of fields where the person has not been yet.
    virtual void touchAll();
    // Puts the keyboard focus on the field of a path; false when it is not here.
    virtual bool focusPath(const QString &path);

    // The field where a person begins.
    virtual void focusFirst();

    [[nodiscard]] models::DraftBase &draft() const { return m_draft; }

protected:
    template <typename Value>
    using Get = std::function<Value()>;
    template <typename Value>
    using Set = std::function<void(const Value &)>;
    using Choices = QList<std::pair<QString, QString>>; // value, what is shown

    // Where fields stand: sections (cards) below each other, in each lines of fields side by side.
    Card *addSection(const QString &title, const QString &description = {});
    // A section that is closed until it is wanted.
    Card *addFoldedSection(const QString &title, const QString &description = {});
    void addRow(const QList<Field *> &fields); // to the last section
    void addWidget(QWidget *widget); // to the last section
    void addFree(QWidget *widget, int stretch = 0); // below the sections
    void fillUp(); // leaves the rest of the height empty
    // A page within the page; its refresh, faults and focus go along.
    void addPage(FormPage *page);
    void removePage(FormPage *page); // and deletes it, later
    // Paths that belong here without a field of their own.
    void own(const QString &path) { m_ownedPaths.append(path); }

    // The path before each field's own ("ecsProperties.taskProperties[0].").
    void setPrefix(std::function<QString()> prefix) { m_prefix = std::move(prefix); }
    [[nodiscard]] QString fullPath(const QString &path) const;

    // Fields; not placed until addRow(). The first is for editors of one's own.
    Field *bind(const QString &label, const QString &path, QWidget *editor,
                std::function<void()> load);
    Field *text(const QString &label, const QString &path, Get<QString> get, Set<QString> set);
    Field *number(const QString &label, const QString &path, Get<std::optional<int>> get,
                  Set<std::optional<int>> set);
    Field *flag(const QString &label, const QString &path, Get<bool> get, Set<bool> set);
    Field *choice(const QString &label, const QString &path, const Choices &choices,
                  Get<QString> get, Set<QString> set);
    struct Tile {
        QString value;
        QString title;
        QString description;
    };
    // A choice whose alternatives are all to be seen.
    Field *tiles(const QString &label, const QString &path, const QList<Tile> &alternatives,
                 Get<QString> get, Set<QString> set);
    // Texts parted by commas or blanks.
    Field *words(const QString &label, const QString &path, Get<QStringList> get,
                 Set<QStringList> set);
    Field *command(const QString &label, const QString &path, Get<QStringList> get,
                   Set<QStringList> set);
    RowsEditor *rows(const QString &path, const QList<RowsEditor::Column> &columns,
                     const QString &addText, Get<RowsEditor::Rows> get, Set<RowsEditor::Rows> set);
    // Rows of name and value over a JSON object.
    RowsEditor *map(const QString &path, const QString &nameTitle, const QString &valueTitle,
                    const QString &addText, Get<QMap<QString, QString>> get,
                    Set<QMap<QString, QString>> set);

    // For a field whose place in the document moves (an entry found by its type): where it is now,
    // relative to the prefix.
    void setPlace(const Field *field, std::function<QString()> place);

    // Loads all fields and shows faults; also what subclasses show beside fields.
    virtual void refresh();

private:
    struct Binding {
        QString path;
        QWidget *widget = nullptr; // Field or RowsEditor
        std::function<void()> load;
        std::function<QString(const QString &)> toCell = {}; // of a map: key's path to cell's
        std::function<QString()> place = {}; // instead of path, when it moves
    };

    void showFaults();
    void showFidelity();
    void unfold(const QWidget *widget) const;
    [[nodiscard]] QString placeOf(const Binding &binding) const;
    models::DraftBase &m_draft;
    std::function<QString()> m_prefix;
    QStringList m_ownedPaths;
    QList<Binding> m_bindings;
    QList<FormPage *> m_pages;
    QVBoxLayout *m_layout;
    QVBoxLayout *m_section = nullptr; // the content of the last one
};

// Whether path is base or lies within it.
[[nodiscard]] bool isWithin(const QString &path, const QString &base);

} // namespace batchyard::ui
