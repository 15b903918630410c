// The list of notifications, dropped down from its button.
#pragma once

#include <QFrame>

class QListView;
class QPushButton;

namespace batchyard::ui {

class Notifications;

class NotificationPopup final : public QFrame
{
    Q_OBJECT

public:
    NotificationPopup(Notifications &notifications, QWidget *parent);

    void openBelow(const QWidget *button);

private:
    void copy();

    Notifications &m_notifications;
    QListView *m_list;
};

} // namespace batchyard::ui
