#include "ui/theme/card.h"

#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace batchyard::ui {

Card::Card(const QString &title, QWidget *parent)
    : QFrame(parent)
    , m_title(plainLabel(title, this))
    , m_head(new QHBoxLayout)
    , m_body(new QVBoxLayout)
{
    setProperty("card", true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(spacing::wide, spacing::wide - 2, spacing::wide, spacing::wide);
    layout->setSpacing(spacing::normal);
    m_title->setFont(sectionFont());
    m_head->addWidget(m_title);
    m_head->addStretch();
    layout->addLayout(m_head);
    m_body->setSpacing(spacing::normal);
    layout->addLayout(m_body, 1);
    setTitle(title);
}

void Card::setTitle(const QString &title)
{
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
}

} // namespace batchyard::ui
