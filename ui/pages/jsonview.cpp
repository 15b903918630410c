#include "ui/pages/jsonview.h"

#include "ui/theme/theme.h"
#include "ui/wizards/jsonpane.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

namespace batchyard::ui {

JsonView::JsonView(QWidget *parent)
    : QWidget(parent)
    , m_edit(jsonView(QStringLiteral("jsonText"), this))
{
    m_edit->setAccessibleName(tr("JSON"));
    auto *copy = new QPushButton(tr("Copy JSON"), this);
    copy->setObjectName(QStringLiteral("copyJson"));
    copy->setAccessibleName(tr("Copy the JSON"));
    copy->setIcon(icon(QStringLiteral("edit-copy")));
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(text()); });
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(copy);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::normal);
    layout->addWidget(m_edit, 1);
    layout->addLayout(buttons);
}

void JsonView::setText(const QString &text)
{
    if (text == m_edit->toPlainText())
        return;
    const int position = m_edit->verticalScrollBar()->value();
    m_edit->setPlainText(text);
    m_edit->verticalScrollBar()->setValue(position);
}

QString JsonView::text() const
{
    return m_edit->toPlainText();
}

} // namespace batchyard::ui
