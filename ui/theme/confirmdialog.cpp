#include "ui/theme/confirmdialog.h"

#include "ui/theme/commandline.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

ConfirmDialog::ConfirmDialog(const Question &question, QWidget *parent)
    : QDialog(parent)
    , m_command(new CommandLine(this))
    , m_confirm(new QPushButton(question.confirm, this))
    , m_reasonBox(new QWidget(this))
{
    setObjectName(u"confirmDialog"_s);
    setWindowTitle(question.title);
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(460);
    auto *title = plainLabel(question.title, this);
    title->setFont(sectionFont());
    title->setWordWrap(true);
    auto *text = plainLabel(question.text, this);
    text->setWordWrap(true);
    text->setObjectName(u"confirmText"_s);
    m_command->setCommand(question.command);
    m_command->setVisible(!question.command.isEmpty());

    auto *cancel = new QPushButton(tr("Cancel"), this);
    cancel->setObjectName(u"cancelButton"_s);
    cancel->setAccessibleName(tr("Cancel"));
    m_confirm->setObjectName(u"confirmButton"_s);
    m_confirm->setAccessibleName(question.confirm);
    m_confirm->setProperty("danger", question.isDestructive);
    m_confirm->setAutoDefault(!question.isRisky);
    cancel->setAutoDefault(question.isRisky);
    (question.isRisky ? cancel : m_confirm)->setDefault(true);
    if (question.isRisky)
        cancel->setFocus();
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_confirm, &QPushButton::clicked, this, &QDialog::accept);

    auto *buttons = new QHBoxLayout;
    buttons->addWidget(mutedLabel(tr("Connection: %1").arg(question.connection), this));
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_confirm);
    m_reasonBox->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(spacing::page, spacing::page, spacing::page, spacing::wide);
    layout->setSpacing(spacing::normal + 4);
    layout->addWidget(title);
    layout->addWidget(text);
    layout->addWidget(m_reasonBox);
    layout->addWidget(m_command);
    layout->addSpacing(spacing::normal);
    layout->addLayout(buttons);
}

void ConfirmDialog::askReason(const QString &reason,
                              std::function<QString(const QString &)> command)
{
    constexpr int maximumReason = 1024; // characters, as AWS Batch allows
    m_reason = new QLineEdit(reason, m_reasonBox);
    m_reason->setObjectName(u"reasonField"_s);
    m_reason->setAccessibleName(tr("Reason"));
    m_reason->setMaxLength(maximumReason);
    auto *label = plainLabel(tr("Reason"), m_reasonBox);
    label->setBuddy(m_reason);
    auto *layout = new QVBoxLayout(m_reasonBox);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::tight);
    layout->addWidget(label);
    layout->addWidget(m_reason);
    m_reasonBox->show();
    const auto update = [this, command = std::move(command)] {
        const QString text = m_reason->text().trimmed();
        m_confirm->setEnabled(!text.isEmpty());
        m_confirm->setToolTip(text.isEmpty() ? tr("A reason is needed.") : QString());
        m_command->setCommand(command(text));
    };
    m_command->show();
    connect(m_reason, &QLineEdit::textChanged, this, update);
    update();
    m_reason->setFocus();
    m_reason->selectAll();
}

// A dialog takes its wrapped texts to be as high as they would be at the width that they like best.
void ConfirmDialog::showEvent(QShowEvent *event)
{
    resize(width(), qMax(height(), layout()->totalHeightForWidth(width())));
    QDialog::showEvent(event);
}

QString ConfirmDialog::reason() const
{
    return m_reason ? m_reason->text().trimmed() : QString();
}

} // namespace batchyard::ui
