// A form page over one part of a typed document: fields name how they read and write that part.
// The part may be missing for a while (no container is chosen); then fields show an empty one and
// what is typed goes nowhere.
#pragma once

#include "ui/wizards/formpage.h"

namespace batchyard::ui {

template <typename Value, typename Part = Value>
class BoundPage : public FormPage
{
public:
    // Where the part is in a document; nullptr while it is missing.
    using Locate = std::function<Part *(Value &)>;

    BoundPage(models::Draft<Value> &draft, Locate locate, QWidget *parent = nullptr)
        : FormPage(draft, parent)
        , m_typedDraft(draft)
        , m_locate(std::move(locate))
    {
    }

    explicit BoundPage(models::Draft<Value> &draft,
                       QWidget *parent = nullptr) requires std::is_same_v<Value, Part>
        : BoundPage(
              draft, [](Value &value) { return &value; }, parent)
    {
    }

protected:
    [[nodiscard]] const Value &document() const { return m_typedDraft.value(); }

    // A copy, which shares its data: reading must not detach the draft's own.
    [[nodiscard]] Part part() const
    {
        Value copy = m_typedDraft.value();
        const Part *found = m_locate(copy);
        return found ? *found : Part{};
    }

    template <typename Function>
    void edit(const QString &path, Function change)
    {
        m_typedDraft.edit(fullPath(path), [&](Value &value) {
            if (Part *found = m_locate(value))
                change(*found);
        });
    }

    // read(const Part &) gives the shown value, write(Part &, value) stores the typed one.
    template <typename Shown, typename Read>
    [[nodiscard]] std::function<Shown()> getter(Read read)
    {
        return [this, read] { return Shown(read(part())); };
    }

    template <typename Shown, typename Write>
    [[nodiscard]] std::function<void(const Shown &)> setter(const QString &path, Write write)
    {
        return [this, path, write](const Shown &shown) {
            edit(path, [&](Part &found) { write(found, shown); });
        };
    }

    template <typename Read, typename Write>
    Field *boundText(const QString &label, const QString &path, Read read, Write write)
    {
        return text(label, path, getter<QString>(read), setter<QString>(path, write));
    }

    template <typename Read, typename Write>
    Field *boundNumber(const QString &label, const QString &path, Read read, Write write)
    {
        return number(label, path, getter<std::optional<int>>(read),
                      setter<std::optional<int>>(path, write));
    }

    template <typename Read, typename Write>
    Field *boundFlag(const QString &label, const QString &path, Read read, Write write)
    {
        return flag(label, path, getter<bool>(read), setter<bool>(path, write));
    }

    template <typename Read, typename Write>
    Field *boundChoice(const QString &label, const QString &path, const Choices &choices, Read read,
                       Write write)
    {
        return choice(label, path, choices, getter<QString>(read), setter<QString>(path, write));
    }

    template <typename Read, typename Write>
    Field *boundWords(const QString &label, const QString &path, Read read, Write write)
    {
        return words(label, path, getter<QStringList>(read), setter<QStringList>(path, write));
    }

    template <typename Read, typename Write>
    Field *boundCommand(const QString &label, const QString &path, Read read, Write write)
    {
        return command(label, path, getter<QStringList>(read), setter<QStringList>(path, write));
    }

    template <typename Read, typename Write>
    RowsEditor *boundRows(const QString &path, const QList<RowsEditor::Column> &columns,
                          const QString &addText, Read read, Write write)
    {
        return rows(path, columns, addText, getter<RowsEditor::Rows>(read),
                    setter<RowsEditor::Rows>(path, write));
    }

    template <typename Read, typename Write>
    RowsEditor *boundMap(const QString &path, const QString &nameTitle, const QString &valueTitle,
                         const QString &addText, Read read, Write write)
    {
        using Map = QMap<QString, QString>;
        return map(path, nameTitle, valueTitle, addText, getter<Map>(read),
                   setter<Map>(path, write));
    }

private:
    models::Draft<Value> &m_typedDraft;
    Locate m_locate;
};

} // namespace batchyard::ui
