#include "ui/window/notificationpopup.h"

#include "ui/theme/theme.h"
#include "ui/window/notifications.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

NotificationPopup::NotificationPopup(Notifications &notifications, QWidget *parent)
    : QFrame(parent, Qt::Popup)
    , m_notifications(notifications)
    , m_list(new QListView(this))
{
    setObjectName(u"notificationPopup"_s);
    setProperty("popup", true);
    setAccessibleName(tr("Notifications"));
    auto *title = plainLabel(tr("Notifications"), this);
    title->setFont(sectionFont());
    m_list->setObjectName(u"notificationList"_s);
    m_list->setAccessibleName(tr("Notifications, the newest first"));
    m_list->setModel(&notifications);
    m_list->setWordWrap(true);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    auto *none = mutedLabel(tr("Nothing has happened that you need to know."), this);
    const auto updateNone = [this, none] {
        const bool empty = m_notifications.rowCount() == 0;
        none->setVisible(empty);
        m_list->setVisible(!empty);
    };
    connect(&notifications, &QAbstractItemModel::rowsInserted, this, updateNone);
    connect(&notifications, &QAbstractItemModel::modelReset, this, updateNone);
    auto *copyButton = new QPushButton(tr("Copy"), this);
    copyButton->setObjectName(u"copyNotifications"_s);
    copyButton->setAccessibleName(tr("Copy the selected notifications, or all"));
    auto *clearButton = new QPushButton(tr("Clear"), this);
    clearButton->setObjectName(u"clearNotifications"_s);
    clearButton->setAccessibleName(tr("Clear the notifications"));
    connect(copyButton, &QPushButton::clicked, this, &NotificationPopup::copy);
    connect(clearButton, &QPushButton::clicked, &notifications, &Notifications::clear);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(copyButton);
    buttons->addWidget(clearButton);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(spacing::wide, spacing::wide - 4, spacing::wide, spacing::wide - 4);
    layout->addWidget(title);
    layout->addWidget(none);
    layout->addWidget(m_list, 1);
    layout->addLayout(buttons);
    updateNone();
    resize(440, 320);
}

void NotificationPopup::openBelow(const QWidget *button)
{
    const QPoint corner = button->mapToGlobal(QPoint(button->width(), button->height()));
    move(corner.x() - width(), corner.y() + spacing::tight);
    show();
    m_list->setFocus();
    m_notifications.markRead();
}

void NotificationPopup::copy()
{
    QList<int> rows;
    for (const QModelIndex &index : m_list->selectionModel()->selectedIndexes())
        rows.append(index.row());
    if (rows.isEmpty()) {
        for (int row = 0; row < m_notifications.rowCount(); ++row)
            rows.append(row);
    }
    QStringList texts;
    for (const int row : std::as_const(rows))
        texts.append(m_notifications.fullText(row));
    QGuiApplication::clipboard()->setText(texts.join(u'\n'));
}

} // namespace batchyard::ui
