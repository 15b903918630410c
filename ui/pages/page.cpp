#include "ui/pages/page.h"

#include "ui/theme/errorbanner.h"
#include "ui/theme/theme.h"

#include <QVBoxLayout>

namespace batchyard::ui {

Page::Page(QString name, QString title, QWidget *parent)
    : QWidget(parent)
    , m_name(std::move(name))
    , m_title(std::move(title))
    , m_banner(new ErrorBanner(this))
    , m_content(new QVBoxLayout)
{
    setObjectName(m_name + QStringLiteral("Page"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(spacing::page, spacing::wide + 2, spacing::page, spacing::wide);
    layout->setSpacing(spacing::normal + 4);
    layout->addWidget(m_banner);
    m_content->setSpacing(spacing::normal + 4);
    layout->addLayout(m_content, 1);
}

void Page::show(const Location &) { }

Location Page::location() const
{
    return {m_name, {}, {}};
}

void Page::setActive(bool) { }

void Page::focusMain()
{
    setFocus();
}

void Page::showError(const Error &error)
{
    m_banner->showError(error);
    emit failed(error);
}

} // namespace batchyard::ui
