// Places visited, for back and forward, as in a browser.
#pragma once

#include "ui/pages/location.h"

#include <QList>

namespace batchyard::ui {

class History final
{
public:
    // A new place; what lay ahead is forgotten. The same place twice is one.
    void visit(const Location &location);
    // The place stood on has changed within its page (another tab).
    void replaceCurrent(const Location &location);

    [[nodiscard]] bool canGoBack() const { return m_current > 0; }
    [[nodiscard]] bool canGoForward() const { return m_current + 1 < m_places.size(); }
    Location goBack();
    Location goForward();

private:
    QList<Location> m_places;
    qsizetype m_current = -1;
};

} // namespace batchyard::ui
