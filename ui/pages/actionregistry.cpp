#include "ui/pages/actionregistry.h"

#include "ui/theme/theme.h"

namespace batchyard::ui {

QAction *ActionRegistry::add(const QString &id, const QString &category, const QString &text,
                             const QString &iconName, const QList<QKeySequence> &keys)
{
    auto *action = new QAction(text, this);
    action->setObjectName(id);
    action->setIcon(icon(iconName));
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WindowShortcut);
    QString toolTip = QString(text).remove(QStringLiteral(" …"));
    if (!keys.isEmpty())
        toolTip = tr("%1 (%2)").arg(toolTip, keys.first().toString(QKeySequence::NativeText));
    action->setToolTip(toolTip);
    m_entries.append({action, category});
    return action;
}

QAction *ActionRegistry::find(const QString &id) const
{
    for (const Entry &entry : m_entries) {
        if (entry.action->objectName() == id)
            return entry.action;
    }
    return nullptr;
}

} // namespace batchyard::ui
