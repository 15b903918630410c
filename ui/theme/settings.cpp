#include "ui/theme/settings.h"

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

Settings::Settings()
    : m_settings(QSettings::IniFormat, QSettings::UserScope, u"batchyard"_s, u"console"_s)
{
}

Theme Settings::theme() const
{
    return themeFromName(m_settings.value(u"theme"_s).toString());
}

void Settings::setTheme(Theme theme)
{
    m_settings.setValue(u"theme"_s, themeName(theme));
}

QString Settings::page() const
{
    return m_settings.value(u"page"_s).toString();
}

void Settings::setPage(const QString &page)
{
    m_settings.setValue(u"page"_s, page);
}

QByteArray Settings::state(const QString &widget) const
{
    return m_settings.value(u"states/"_s % widget).toByteArray();
}

void Settings::setState(const QString &widget, const QByteArray &state)
{
    m_settings.setValue(u"states/"_s % widget, state);
}

QString Settings::filterText(const QString &list) const
{
    return m_settings.value(u"filters/"_s % list % u"/text"_s).toString();
}

void Settings::setFilterText(const QString &list, const QString &text)
{
    m_settings.setValue(u"filters/"_s % list % u"/text"_s, text);
}

QStringList Settings::filterValues(const QString &list) const
{
    return m_settings.value(u"filters/"_s % list % u"/values"_s).toStringList();
}

void Settings::setFilterValues(const QString &list, const QStringList &values)
{
    m_settings.setValue(u"filters/"_s % list % u"/values"_s, values);
}

bool Settings::flag(const QString &name, bool byDefault) const
{
    return m_settings.value(u"flags/"_s % name, byDefault).toBool();
}

void Settings::setFlag(const QString &name, bool value)
{
    m_settings.setValue(u"flags/"_s % name, value);
}

} // namespace batchyard::ui
