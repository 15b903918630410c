#include "ui/pages/facts.h"

#include "ui/theme/theme.h"

#include <QGridLayout>
#include <QLabel>

namespace batchyard::ui {

Facts::Facts(QWidget *parent)
    : QWidget(parent)
    , m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(spacing::wide);
    m_grid->setVerticalSpacing(spacing::tight + 2);
    m_grid->setColumnStretch(1, 1);
}

void Facts::setFacts(const QList<std::pair<QString, QString>> &facts)
{
    if (facts == m_facts)
        return;
    m_facts = facts;
    while (QLayoutItem *item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    for (const auto &[name, value] : facts) {
        if (value.isEmpty())
            continue;
        auto *text = plainLabel(value, this);
        text->setWordWrap(true);
        text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        // A long word (an ARN) may be cut, but must not widen the page.
        text->setMinimumWidth(60);
        text->setToolTip(value);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_grid->addWidget(mutedLabel(name, this), row, 0, Qt::AlignTop);
        m_grid->addWidget(text, row, 1);
        ++row;
    }
}

} // namespace batchyard::ui
