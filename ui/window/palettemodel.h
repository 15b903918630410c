// What the command palette lists: all actions of the registry, then jobs and other objects,
// narrowed by the words typed.
#pragma once

#include "models/console/console.h"
#include "ui/pages/actionregistry.h"
#include "ui/pages/location.h"

#include <QAbstractListModel>

namespace batchyard::ui {

class PaletteModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        CategoryRole = Qt::UserRole,
        ShortcutRole,
        IsEnabledRole,
    };

    PaletteModel(models::Console &console, const ActionRegistry &registry, QObject *parent);

    void reload(); // what there is now
    void setWords(const QString &words);

    // Of a row: an action to trigger, or else a place to go to.
    [[nodiscard]] QAction *action(int row) const;
    [[nodiscard]] Location location(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    struct Entry {
        QString text;
        QString category;
        QString iconName;
        QAction *action = nullptr;
        Location location;
    };

    void narrow();
    [[nodiscard]] const Entry &entry(int row) const;

    models::Console &m_console;
    const ActionRegistry &m_registry;
    QList<Entry> m_all;
    QList<int> m_rows;
    QStringList m_words;
};

} // namespace batchyard::ui
