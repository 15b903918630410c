// Paints a list cell as the pill of a state.
#pragma once

#include "ui/theme/presentation.h"

#include <QStyledItemDelegate>

#include <functional>

namespace batchyard::ui {

class BadgeDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using Present = std::function<Presentation(const QModelIndex &)>;

    BadgeDelegate(Present present, QObject *parent);

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override;

private:
    Present m_present;
};

} // namespace batchyard::ui
