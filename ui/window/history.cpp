#include "ui/window/history.h"

namespace batchyard::ui {

namespace {

constexpr qsizetype maximumPlaces = 100;

} // namespace

void History::visit(const Location &location)
{
    if (m_current >= 0 && m_places.at(m_current) == location)
        return;
    m_places.resize(m_current + 1);
    m_places.append(location);
    if (m_places.size() > maximumPlaces)
        m_places.removeFirst();
    m_current = m_places.size() - 1;
}

void History::replaceCurrent(const Location &location)
{
    if (m_current >= 0)
        m_places[m_current] = location;
}

Location History::goBack()
{
    if (canGoBack())
        --m_current;
    return m_places.at(m_current);
}

Location History::goForward()
{
    if (canGoForward())
        ++m_current;
    return m_places.at(m_current);
}

} // namespace batchyard::ui
