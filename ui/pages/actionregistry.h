// All actions of the window in one list: menus and buttons take them from here, the command palette
// and the sheet of shortcuts show exactly this list.
#pragma once

#include <QAction>
#include <QList>
#include <QObject>

namespace batchyard::ui {

class ActionRegistry final : public QObject
{
    Q_OBJECT

public:
    struct Entry {
        QAction *action;
        QString category; // "Jobs", "View" …
    };

    using QObject::QObject;

    // The id becomes the action's objectName. The action belongs to the registry.
    QAction *add(const QString &id, const QString &category, const QString &text,
                 const QString &iconName, const QList<QKeySequence> &keys = {});

    [[nodiscard]] const QList<Entry> &entries() const { return m_entries; }
    [[nodiscard]] QAction *find(const QString &id) const; // nullptr when there is none

private:
    QList<Entry> m_entries;
};

} // namespace batchyard::ui
