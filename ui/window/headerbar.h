// The bar at the top of the window: back and forward, where one is, the palette, the connection.
#pragma once

#include "ui/pages/location.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace batchyard::ui {

class ActionRegistry;

class HeaderBar final : public QFrame
{
    Q_OBJECT

public:
    HeaderBar(const ActionRegistry &registry, const QString &connection, QWidget *parent);

    struct Crumb {
        QString text;
        Location location;
    };
    void setCrumbs(const QList<Crumb> &crumbs);
    void setUnread(int errors);
    [[nodiscard]] QToolButton *notificationButton() const { return m_notifications; }

signals:
    void locationRequested(const batchyard::ui::Location &location);

private:
    [[nodiscard]] QToolButton *buttonFor(const ActionRegistry &registry, const QString &id);

    QHBoxLayout *m_crumbs;
    QToolButton *m_notifications;
};

} // namespace batchyard::ui
