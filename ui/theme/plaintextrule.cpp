#include "ui/theme/plaintextrule.h"

#include <QEvent>
#include <QLabel>

namespace batchyard::ui {

bool PlainTextRule::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Polish || event->type() == QEvent::Show) {
        if (auto *label = qobject_cast<QLabel *>(watched))
            label->setTextFormat(Qt::PlainText);
    }
    return QObject::eventFilter(watched, event);
}

} // namespace batchyard::ui
