#include "ui/window/commandpalette.h"

#include "ui/theme/theme.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int paletteWidth = 560;
constexpr int paletteHeight = 420;
constexpr int rowHeight = 34;

// Name at the left; category and shortcut at the right. What cannot be done now is muted.
class EntryDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        QStyleOptionViewItem cell = option;
        initStyleOption(&cell, index);
        const QString text = cell.text;
        const QIcon picture = cell.icon;
        cell.text.clear();
        cell.icon = {};
        const QStyle *style = option.widget ? option.widget->style() : QApplication::style();
        style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, option.widget);

        const bool enabled = index.data(PaletteModel::IsEnabledRole).toBool();
        const Colours theme = colours();
        QRect area = option.rect.adjusted(10, 0, -12, 0);
        picture.paint(painter, QRect(area.left(), area.center().y() - 8, 16, 16), Qt::AlignCenter,
                      enabled ? QIcon::Normal : QIcon::Disabled);
        area.setLeft(area.left() + 26);
        painter->save();
        painter->setFont(smallFont());
        painter->setPen(theme.mutedText);
        QString right = index.data(PaletteModel::CategoryRole).toString();
        const QString keys = index.data(PaletteModel::ShortcutRole).toString();
        if (!keys.isEmpty())
            right += u"    "_s % keys;
        const int rightWidth = painter->fontMetrics().horizontalAdvance(right);
        painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, right);
        area.setRight(area.right() - rightWidth - 16);
        painter->setFont(option.font);
        painter->setPen(enabled ? theme.text : theme.mutedText);
        painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(text, Qt::ElideRight, area.width()));
        painter->restore();
    }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {100, rowHeight};
    }
};

} // namespace

CommandPalette::CommandPalette(models::Console &console, const ActionRegistry &registry,
                               QWidget *parent)
    : QDialog(parent, Qt::Popup | Qt::FramelessWindowHint)
    , m_model(new PaletteModel(console, registry, this))
    , m_words(new QLineEdit(this))
    , m_list(new QListView(this))
{
    setObjectName(u"commandPalette"_s);
    setAccessibleName(tr("Command palette"));
    m_words->setObjectName(u"paletteWords"_s);
    m_words->setPlaceholderText(tr("Search or run a command"));
    m_words->setAccessibleName(tr("Search or run a command"));
    m_words->installEventFilter(this);
    m_list->setObjectName(u"paletteList"_s);
    m_list->setAccessibleName(tr("Commands and objects"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new EntryDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(spacing::normal, spacing::normal, spacing::normal, spacing::normal);
    layout->setSpacing(spacing::normal);
    layout->addWidget(m_words);
    layout->addWidget(m_list, 1);
    connect(m_words, &QLineEdit::textChanged, this, [this](const QString &words) {
        m_model->setWords(words);
        m_list->setCurrentIndex(m_model->index(0));
    });
    connect(m_list, &QListView::clicked, this, &CommandPalette::activate);
}

void CommandPalette::openOver(const QWidget *window)
{
    m_words->clear();
    m_model->reload();
    m_list->setCurrentIndex(m_model->index(0));
    resize(qMin(paletteWidth, window->width() - 2 * spacing::page),
           qMin(paletteHeight, window->height() - 4 * spacing::page));
    const QPoint top = window->mapToGlobal(QPoint((window->width() - width()) / 2, 56));
    move(top);
    show();
    m_words->setFocus();
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_words && event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        switch (key->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            QApplication::sendEvent(m_list, event);
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            activate(m_list->currentIndex());
            return true;
        default:
            break;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void CommandPalette::activate(const QModelIndex &index)
{
    if (!index.isValid() || !index.data(PaletteModel::IsEnabledRole).toBool())
        return;
    QAction *action = m_model->action(index.row());
    const Location location = m_model->location(index.row());
    accept();
    if (action)
        action->trigger();
    else
        emit locationRequested(location);
}

} // namespace batchyard::ui
