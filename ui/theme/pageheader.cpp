#include "ui/theme/pageheader.h"

#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace batchyard::ui {

PageHeader::PageHeader(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_title(plainLabel(title, this))
    , m_subtitle(mutedLabel({}, this))
    , m_titleLine(new QHBoxLayout)
    , m_actions(new QHBoxLayout)
{
    m_title->setFont(titleFont());
    m_title->setObjectName(QStringLiteral("pageTitle"));
    // A long name is cut rather than pushing the actions out of the window.
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_title->setMinimumWidth(120);
    m_subtitle->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_subtitle->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_subtitle->hide();

    m_titleLine->setSpacing(spacing::normal + 4);
    m_titleLine->addWidget(m_title, 1);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addLayout(m_titleLine);
    texts->addWidget(m_subtitle);
    m_actions->setSpacing(spacing::normal);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(texts, 1);
    layout->addLayout(m_actions);
}

void PageHeader::setTitle(const QString &title)
{
    m_title->setText(title);
    m_title->setToolTip(title);
}

void PageHeader::setSubtitle(const QString &text)
{
    m_subtitle->setText(text);
    m_subtitle->setVisible(!text.isEmpty());
}

void PageHeader::addBeside(QWidget *widget)
{
    m_titleLine->insertWidget(0, widget);
}

void PageHeader::addAction(QWidget *widget)
{
    m_actions->addWidget(widget);
}

} // namespace batchyard::ui
