#include "ui/theme/commandline.h"

#include "ui/theme/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace batchyard::ui {

CommandLine::CommandLine(QWidget *parent)
    : QWidget(parent)
    , m_text(mutedLabel({}, this))
{
    m_text->setFont(fixedFont());
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_text->setObjectName(QStringLiteral("commandText"));
    auto *copy = new QToolButton(this);
    copy->setIcon(icon(QStringLiteral("edit-copy")));
    copy->setObjectName(QStringLiteral("copyCommand"));
    copy->setToolTip(tr("Copy the command"));
    copy->setAccessibleName(tr("Copy the command"));
    connect(copy, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_text->text()); });
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_text, 1);
    layout->addWidget(copy);
}

void CommandLine::setCommand(const QString &command)
{
    m_text->setText(command);
    m_text->setToolTip(command);
}

QString CommandLine::command() const
{
    return m_text->text();
}

} // namespace batchyard::ui
