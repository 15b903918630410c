#include "ui/pages/listpage.h"

#include "ui/theme/emptystate.h"
#include "ui/theme/pageheader.h"
#include "ui/theme/settings.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using models::TableModel;

namespace {

constexpr int listRowHeight = 34;

} // namespace

ListPage::ListPage(const QString &name, const QString &title, TableModel &model,
                   models::Console::List list, models::Console &console, ActionRegistry &registry,
                   QWidget *parent)
    : Page(name, title, parent)
    , m_model(model)
    , m_list(list)
    , m_console(console)
    , m_registry(registry)
    , m_proxy(new models::FilterProxy(this))
    , m_header(new PageHeader(title, this))
    , m_filterBar(new QHBoxLayout)
    , m_filterBox(new QWidget(this))
    , m_filter(new QLineEdit(this))
    , m_stack(new QStackedWidget(this))
    , m_tableStack(new QStackedWidget(this))
    , m_empty(new EmptyState(this))
    , m_noMatch(new EmptyState(this))
    , m_splitter(new QSplitter(Qt::Horizontal, this))
    , m_table(new QTableView(this))
{
    m_proxy->setSourceModel(&model);
    m_filter->setObjectName(name + u"Filter"_s);
    m_filter->setPlaceholderText(tr("Filter by words"));
    m_filter->setAccessibleName(tr("Filter the list by words"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(320);
    m_filterBox->setLayout(m_filterBar);
    m_filterBar->setContentsMargins(0, 0, 0, 0);
    m_filterBar->setSpacing(spacing::normal - 2);
    m_filterBar->addWidget(m_filter, 1);

    buildTable();
    m_noMatch->setText(u"view-filter"_s, tr("Nothing matches the filter"),
                       tr("There are entries, but none has all of these words and states."));
    m_noMatch->setPrimary(tr("Clear the filter"));
    m_tableStack->addWidget(m_table);
    m_tableStack->addWidget(m_noMatch);
    m_splitter->setObjectName(name + u"Splitter"_s);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(m_tableStack);
    m_stack->addWidget(m_splitter);
    m_stack->addWidget(m_empty);
    content()->addWidget(m_header);
    content()->addWidget(m_filterBox);
    content()->addWidget(m_stack, 1);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_proxy->setText(text);
        Settings().setFilterText(this->name(), text);
        filterChanged();
    });
    connect(m_noMatch, &EmptyState::primaryActivated, this, [this] {
        clearFilters();
        focusMain();
    });
    connect(m_proxy, &QAbstractItemModel::rowsInserted, this, &ListPage::showState);
    connect(m_proxy, &QAbstractItemModel::rowsRemoved, this, &ListPage::showState);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &ListPage::showState);
    connect(m_proxy, &QAbstractItemModel::dataChanged, this, &ListPage::selectionMoved);
    connect(&console, &models::Console::loaded, this, [this](models::Console::List loaded) {
        if (loaded == m_list)
            showState();
    });
}

ListPage::~ListPage()
{
    if (m_splitter->count() < 2)
        return;
    Settings settings;
    settings.setState(m_splitter->objectName(), m_splitter->saveState());
}

void ListPage::buildTable()
{
    m_table->setObjectName(name() + u"Table"_s);
    m_table->setAccessibleName(title());
    m_table->setModel(m_proxy);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->setTabKeyNavigation(false);
    m_table->setMinimumWidth(240);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(listRowHeight);
    QHeaderView *columns = m_table->horizontalHeader();
    columns->setHighlightSections(false);
    columns->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    columns->setSortIndicatorClearable(true);
    columns->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);

    m_table->installEventFilter(this);
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex &index) {
        rowActivated(index.data(TableModel::KeyRole).toString());
    });
    connect(m_table, &QTableView::customContextMenuRequested, this, &ListPage::showMenu);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &ListPage::selectionMoved);
}

void ListPage::setOptionalColumns(const QList<int> &columns, int stretchWidth)
{
    m_optionalColumns = columns;
    m_stretchWidth = stretchWidth;
}

bool ListPage::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_table && event->type() == QEvent::Resize)
        fitColumns();
    return Page::eventFilter(watched, event);
}

void ListPage::fitColumns()
{
    QHeaderView *columns = m_table->horizontalHeader();
    const auto needed = [this, columns] {
        int width = 0;
        for (int column = 0; column < m_model.columnCount(); ++column) {
            if (columns->isSectionHidden(column))
                continue;
            const bool stretches = columns->sectionResizeMode(column) == QHeaderView::Stretch;
            width += stretches ? m_stretchWidth : columns->sectionSize(column);
        }
        return width;
    };
    for (const int column : std::as_const(m_optionalColumns))
        columns->setSectionHidden(column, false);
    for (const int column : std::as_const(m_optionalColumns)) {
        if (needed() <= m_table->width())
            break;
        columns->setSectionHidden(column, true);
    }
}

void ListPage::setUpEmpty(const QString &iconName, const QString &headline, const QString &sentence,
                          QAction *create)
{
    m_empty->setText(iconName, headline, sentence);
    m_empty->setPrimary(QString(create->text()).remove(u" …"_s));
    connect(m_empty, &EmptyState::primaryActivated, create, &QAction::trigger);
}

void ListPage::setPrimaryAction(QAction *action)
{
    auto *button = new QPushButton(QString(action->text()).remove(u" …"_s), this);
    button->setObjectName(action->objectName() + u"-button"_s);
    button->setAccessibleName(button->text());
    button->setToolTip(action->toolTip());
    button->setProperty("primary", true);
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    m_header->addAction(button);
}

void ListPage::setDetail(QWidget *detail)
{
    detail->setMinimumWidth(280);
    m_splitter->addWidget(detail);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_splitter->setSizes({660, 380});
    restore();
}

void ListPage::restore()
{
    const Settings settings;
    m_splitter->restoreState(settings.state(m_splitter->objectName()));
    m_filter->setText(settings.filterText(name()));
}

QAction *ListPage::addPageAction(const QString &id, const QString &category, const QString &text,
                                 const QString &iconName, const QKeySequence &keys)
{
    return m_registry.add(id, category, text, iconName,
                          keys.isEmpty() ? QList<QKeySequence>() : QList<QKeySequence>{keys});
}

QAction *ListPage::addRowAction(const QString &id, const QString &category, const QString &text,
                                const QString &iconName, const QKeySequence &keys)
{
    QAction *action
        = m_registry.add(id, category, text, iconName,
                         keys.isEmpty() ? QList<QKeySequence>() : QList<QKeySequence>{keys});
    action->setShortcutContext(Qt::WidgetShortcut);
    action->setEnabled(false);
    m_table->addAction(action);
    m_rowActions.append(action);
    return action;
}

void ListPage::addRowSeparator()
{
    auto *separator = new QAction(this);
    separator->setSeparator(true);
    m_table->addAction(separator);
}

void ListPage::showMenu(const QPoint &point)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions(m_table->actions());
    menu->popup(m_table->viewport()->mapToGlobal(point));
}

// ---- State

void ListPage::showState()
{
    if (m_splitter->count() < 2)
        return; // still being built
    const bool isEmpty = m_console.isLoaded(m_list) && m_model.rowCount() == 0;
    m_stack->setCurrentWidget(isEmpty ? static_cast<QWidget *>(m_empty) : m_splitter);
    m_filterBox->setVisible(!isEmpty);
    const bool noMatch = m_model.rowCount() > 0 && m_proxy->rowCount() == 0;
    m_tableStack->setCurrentWidget(noMatch ? static_cast<QWidget *>(m_noMatch) : m_table);
    trySelectPending();
    // Something is always selected, so that the detail shows something and keys act on it.
    if (m_proxy->rowCount() > 0 && !m_table->selectionModel()->hasSelection())
        m_table->selectRow(0);
    selectionMoved();
}

void ListPage::filterChanged()
{
    showState();
}

void ListPage::clearFilters()
{
    m_filter->clear();
}

void ListPage::show(const Location &location)
{
    if (!location.object.isEmpty())
        selectKey(location.object);
}

Location ListPage::location() const
{
    return {name(), {}, {}};
}

void ListPage::setActive(bool active)
{
    m_active = active;
    updateActions();
}

void ListPage::focusMain()
{
    QWidget *shown = m_stack->currentWidget();
    if (shown == m_empty)
        m_empty->setFocus();
    else
        m_table->setFocus();
}

void ListPage::updateActions()
{
    const bool selected = m_active && m_table->selectionModel()->hasSelection();
    for (QAction *action : std::as_const(m_rowActions))
        action->setEnabled(selected);
}

void ListPage::rowActivated(const QString &) { }

// ---- Selection

QStringList ListPage::selectedKeys() const
{
    QStringList keys;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        keys.append(index.data(TableModel::KeyRole).toString());
    return keys;
}

void ListPage::selectKey(const QString &key)
{
    m_pendingKey = key;
    trySelectPending();
}

void ListPage::trySelectPending()
{
    if (m_pendingKey.isEmpty())
        return;
    for (int row = 0; row < m_proxy->rowCount(); ++row) {
        const QModelIndex index = m_proxy->index(row, 0);
        if (index.data(TableModel::KeyRole).toString() != m_pendingKey)
            continue;
        m_pendingKey.clear();
        m_table->selectRow(row);
        m_table->scrollTo(index);
        return;
    }
}

void ListPage::selectionMoved()
{
    if (m_splitter->count() < 2)
        return;
    updateDetail();
    updateActions();
}

} // namespace batchyard::ui
