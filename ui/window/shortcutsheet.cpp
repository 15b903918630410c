#include "ui/window/shortcutsheet.h"

#include "ui/theme/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QStringList keysOf(const QAction &action)
{
    QStringList keys;
    for (const QKeySequence &sequence : action.shortcuts())
        keys.append(sequence.toString(QKeySequence::NativeText));
    return keys;
}

} // namespace

ShortcutSheet::ShortcutSheet(const ActionRegistry &registry, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"shortcutSheet"_s);
    setWindowTitle(tr("Keyboard shortcuts"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(560, 520);
    auto *title = plainLabel(tr("Keyboard shortcuts"), this);
    title->setFont(titleFont());
    auto *body = new QWidget;
    auto *grid = new QGridLayout(body);
    grid->setColumnStretch(0, 1);
    grid->setVerticalSpacing(spacing::tight + 2);
    QString category;
    int row = 0;
    for (const ActionRegistry::Entry &entry : registry.entries()) {
        const QStringList keys = keysOf(*entry.action);
        if (keys.isEmpty())
            continue;
        if (entry.category != category) {
            category = entry.category;
            auto *heading = plainLabel(category, body);
            heading->setFont(sectionFont());
            if (row > 0)
                grid->setRowMinimumHeight(row++, spacing::normal);
            grid->addWidget(heading, row++, 0, 1, 2);
        }
        grid->addWidget(plainLabel(QString(entry.action->text()).remove(u" …"_s), body), row, 0);
        auto *keysLabel = plainLabel(keys.join(tr(" or ")), body);
        keysLabel->setFont(fixedFont());
        keysLabel->setProperty("muted", true);
        grid->addWidget(keysLabel, row, 1, Qt::AlignRight);
        ++row;
    }
    grid->setRowStretch(row, 1);
    auto *area = new QScrollArea(this);
    area->setObjectName(u"shortcutList"_s);
    area->setAccessibleName(tr("List of keyboard shortcuts"));
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(body);
    auto *close = new QPushButton(tr("Close"), this);
    close->setObjectName(u"closeButton"_s);
    close->setAccessibleName(tr("Close"));
    close->setDefault(true);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(spacing::page, spacing::page, spacing::page, spacing::wide);
    layout->setSpacing(spacing::normal + 4);
    layout->addWidget(title);
    layout->addWidget(area, 1);
    layout->addWidget(close, 0, Qt::AlignRight);
}

} // namespace batchyard::ui
