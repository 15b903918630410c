#include "ui/theme/errorbanner.h"

#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

ErrorBanner::ErrorBanner(QWidget *parent)
    : QFrame(parent)
    , m_icon(plainLabel({}, this))
    , m_message(plainLabel({}, this))
    , m_detail(plainLabel({}, this))
    , m_detailButton(new QPushButton(tr("Details"), this))
    , m_copyButton(new QPushButton(tr("Copy"), this))
    , m_closeButton(new QToolButton(this))
{
    setProperty("banner", true);
    setObjectName(u"errorBanner"_s);
    m_message->setWordWrap(true);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_message->setObjectName(u"errorMessage"_s);
    m_detail->setWordWrap(true);
    m_detail->setFont(fixedFont());
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_detail->hide();
    m_detailButton->setProperty("link", true);
    m_detailButton->setCheckable(true);
    m_detailButton->setObjectName(u"errorDetails"_s);
    m_detailButton->setAccessibleName(tr("Show the details of the error"));
    m_copyButton->setProperty("link", true);
    m_copyButton->setObjectName(u"errorCopy"_s);
    m_copyButton->setAccessibleName(tr("Copy the error"));
    m_closeButton->setObjectName(u"errorDismiss"_s);
    m_closeButton->setAccessibleName(tr("Dismiss the error"));
    m_closeButton->setToolTip(tr("Dismiss"));

    auto *texts = new QVBoxLayout;
    texts->setSpacing(spacing::tight);
    texts->addWidget(m_message);
    texts->addWidget(m_detail);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(spacing::wide - 4, spacing::normal, spacing::normal,
                               spacing::normal);
    layout->setSpacing(spacing::normal);
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addLayout(texts, 1);
    layout->addWidget(m_detailButton, 0, Qt::AlignTop);
    layout->addWidget(m_copyButton, 0, Qt::AlignTop);
    layout->addWidget(m_closeButton, 0, Qt::AlignTop);

    connect(m_detailButton, &QPushButton::toggled, m_detail, &QLabel::setVisible);
    connect(m_copyButton, &QPushButton::clicked, this, &ErrorBanner::copy);
    connect(m_closeButton, &QToolButton::clicked, this, &ErrorBanner::dismiss);
    updateIcons();
    hide();
}

void ErrorBanner::showError(const Error &error)
{
    m_error = error;
    m_message->setText(error.message);
    m_detail->setText(error.detail);
    m_detailButton->setChecked(false);
    m_detailButton->setVisible(!error.detail.isEmpty());
    setAccessibleName(tr("Error: %1").arg(error.message));
    show();
}

void ErrorBanner::dismiss()
{
    hide();
    emit dismissed();
}

QString ErrorBanner::text() const
{
    return m_error.detail.isEmpty() ? m_error.message : m_error.message % u'\n' % m_error.detail;
}

void ErrorBanner::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        updateIcons();
    QFrame::changeEvent(event);
}

void ErrorBanner::updateIcons()
{
    m_icon->setPixmap(
        icon(u"dialog-cancel"_s, toneColour(Tone::Bad)).pixmap(QSize(20, 20), devicePixelRatioF()));
    m_closeButton->setIcon(icon(u"dialog-close"_s));
}

void ErrorBanner::copy()
{
    QGuiApplication::clipboard()->setText(text());
}

} // namespace batchyard::ui
