#include "ui/theme/emptystate.h"

#include "ui/theme/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace batchyard::ui {

EmptyState::EmptyState(QWidget *parent)
    : QWidget(parent)
    , m_icon(plainLabel({}, this))
    , m_title(plainLabel({}, this))
    , m_sentence(plainLabel({}, this))
    , m_primary(new QPushButton(this))
{
    m_icon->setAlignment(Qt::AlignCenter);
    m_title->setFont(sectionFont());
    m_title->setAlignment(Qt::AlignCenter);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setWordWrap(true);
    m_sentence->setProperty("muted", true);
    m_sentence->setMinimumWidth(300);
    m_sentence->setMaximumWidth(460);
    m_primary->setObjectName(QStringLiteral("emptyPrimary"));
    m_primary->setProperty("primary", true);
    m_primary->hide();
    setFocusProxy(m_primary);

    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(spacing::normal);
    layout->addStretch(2);
    layout->addWidget(m_icon);
    layout->addWidget(m_title);
    // Between stretches rather than aligned: an aligned label would not get the height it needs.
    auto *middle = new QHBoxLayout;
    middle->addStretch(1);
    middle->addWidget(m_sentence, 100);
    middle->addStretch(1);
    layout->addLayout(middle);
    layout->addSpacing(spacing::normal);
    layout->addWidget(m_primary, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    connect(m_primary, &QPushButton::clicked, this, &EmptyState::primaryActivated);
}

void EmptyState::setText(const QString &iconName, const QString &title, const QString &sentence)
{
    m_iconName = iconName;
    m_title->setText(title);
    m_sentence->setText(sentence);
    updateIcon();
}

void EmptyState::setPrimary(const QString &text)
{
    m_primary->setText(text);
    m_primary->setAccessibleName(text);
    m_primary->setVisible(!text.isEmpty());
}

void EmptyState::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        updateIcon();
    QWidget::changeEvent(event);
}

void EmptyState::updateIcon()
{
    m_icon->setPixmap(
        icon(m_iconName, colours().mutedText).pixmap(QSize(32, 32), devicePixelRatioF()));
}

} // namespace batchyard::ui
