#include "ui/window/headerbar.h"

#include "ui/pages/actionregistry.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int barHeight = 48;
constexpr int longestCrumb = 40; // characters

} // namespace

HeaderBar::HeaderBar(const ActionRegistry &registry, const QString &connection, QWidget *parent)
    : QFrame(parent)
    , m_crumbs(new QHBoxLayout)
    , m_notifications(buttonFor(registry, u"view.notifications"_s))
{
    setObjectName(u"headerBar"_s);
    setProperty("bar", true);
    setFixedHeight(barHeight);
    m_crumbs->setSpacing(0);

    QAction *palette = registry.find(u"view.palette"_s);
    auto *search = new QPushButton(this);
    search->setObjectName(u"paletteButton"_s);
    search->setProperty("search", true);
    search->setIcon(icon(u"edit-find"_s, {}));
    search->setText(tr("Search or run a command      %1")
                        .arg(palette->shortcut().toString(QKeySequence::NativeText)));
    search->setAccessibleName(tr("Search or run a command"));
    search->setToolTip(palette->toolTip());
    search->setFixedWidth(300);
    connect(search, &QPushButton::clicked, palette, &QAction::trigger);

    auto *where = plainLabel(connection, this);
    where->setObjectName(u"connectionLabel"_s);
    where->setToolTip(tr("Requests go to this connection."));
    where->setAccessibleName(tr("Connection: %1").arg(connection));
    QFont font = smallFont();
    font.setWeight(QFont::DemiBold);
    where->setFont(font);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(spacing::normal, 0, spacing::wide, 0);
    layout->setSpacing(spacing::tight);
    layout->addWidget(buttonFor(registry, u"view.back"_s));
    layout->addWidget(buttonFor(registry, u"view.forward"_s));
    layout->addSpacing(spacing::tight);
    layout->addLayout(m_crumbs);
    layout->addStretch(1);
    layout->addWidget(search);
    layout->addSpacing(spacing::normal);
    layout->addWidget(buttonFor(registry, u"view.toggleTheme"_s));
    layout->addWidget(m_notifications);
    layout->addWidget(buttonFor(registry, u"view.shortcuts"_s));
    layout->addSpacing(spacing::tight);
    layout->addWidget(where);
    m_notifications->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
}

QToolButton *HeaderBar::buttonFor(const ActionRegistry &registry, const QString &id)
{
    QAction *action = registry.find(id);
    auto *button = new QToolButton(this);
    button->setObjectName(id % u"-button"_s);
    button->setIcon(action->icon());
    button->setAccessibleName(action->text());
    button->setToolTip(action->toolTip());
    button->setEnabled(action->isEnabled());
    button->setIconSize(QSize(18, 18));
    connect(button, &QToolButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::enabledChanged, button, &QToolButton::setEnabled);
    return button;
}

void HeaderBar::setCrumbs(const QList<Crumb> &crumbs)
{
    // Later, because a crumb that was clicked is still in its signal.
    while (QLayoutItem *item = m_crumbs->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    for (qsizetype i = 0; i < crumbs.size(); ++i) {
        const Crumb &crumb = crumbs.at(i);
        if (i > 0)
            m_crumbs->addWidget(mutedLabel(u"›"_s, this));
        QString text = crumb.text;
        if (text.size() > longestCrumb)
            text = text.left(longestCrumb - 1) + u'…';
        auto *button = new QPushButton(text.replace(u'&', u"&&"_s), this);
        button->setObjectName(u"crumb%1"_s.arg(i));
        button->setAccessibleName(tr("Go to %1").arg(crumb.text));
        button->setProperty("crumb", true);
        connect(button, &QPushButton::clicked, this,
                [this, location = crumb.location] { emit locationRequested(location); });
        m_crumbs->addWidget(button);
    }
}

void HeaderBar::setUnread(int errors)
{
    m_notifications->setText(errors > 0 ? QString::number(errors) : QString());
    m_notifications->setAccessibleName(errors > 0 ? tr("Notifications: %n new", nullptr, errors)
                                                  : tr("Notifications"));
}

} // namespace batchyard::ui
