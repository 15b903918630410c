// What the window remembers between starts, by typed members. Stored in the user's configuration
// directory; nothing of it changes what runs.
#pragma once

#include "ui/theme/theme.h"

#include <QByteArray>
#include <QSettings>
#include <QStringList>

namespace batchyard::ui {

class Settings final
{
public:
    Settings();

    [[nodiscard]] Theme theme() const;
    void setTheme(Theme theme);

    [[nodiscard]] QString page() const; // the navigation page shown last
    void setPage(const QString &page);

    // Geometry of a window and states of splitters and headers, by the widget's objectName.
    [[nodiscard]] QByteArray state(const QString &widget) const;
    void setState(const QString &widget, const QByteArray &state);

    [[nodiscard]] QString filterText(const QString &list) const;
    void setFilterText(const QString &list, const QString &text);
    [[nodiscard]] QStringList filterValues(const QString &list) const;
    void setFilterValues(const QString &list, const QStringList &values);

    [[nodiscard]] bool flag(const QString &name, bool byDefault) const;
    void setFlag(const QString &name, bool value);

private:
    QSettings m_settings;
};

} // namespace batchyard::ui
