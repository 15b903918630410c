// The frame of the pages with a list: header and create button, words to filter by, the table, the
// detail of what is selected, and what is shown while there is nothing.
#pragma once

#include "models/console/console.h"
#include "models/console/filterproxy.h"
#include "ui/pages/actionregistry.h"
#include "ui/pages/page.h"

class QHBoxLayout;
class QLineEdit;
class QSplitter;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace batchyard::ui {

class EmptyState;
class PageHeader;

class ListPage : public Page
{
    Q_OBJECT

public:
    ~ListPage() override;

    void show(const Location &location) override;
    [[nodiscard]] Location location() const override;
    void setActive(bool active) override;
    void focusMain() override;

    [[nodiscard]] QStringList selectedKeys() const;
    // Waits for the row when it is not there yet.
    void selectKey(const QString &key);

protected:
    ListPage(const QString &name, const QString &title, models::TableModel &model,
             models::Console::List list, models::Console &console, ActionRegistry &registry,
             QWidget *parent);

    // Columns that are left out, the first of them first, while the table is too narrow for all and
    // stretchWidth for the column that takes the rest.
    void setOptionalColumns(const QList<int> &columns, int stretchWidth = 130);
    // The sentence, and the button for the action that creates this page's objects.
    void setUpEmpty(const QString &iconName, const QString &headline, const QString &sentence,
                    QAction *create);
    void setPrimaryAction(QAction *action); // the button in the header
    // Comes last in a constructor: from now on the page shows its list.
    void setDetail(QWidget *detail);
    // An action on the selection: enabled while something is selected and the page is in sight;
    // in the table's menu and, with a single key, only while the table has the keyboard.
    QAction *addRowAction(const QString &id, const QString &category, const QString &text,
                          const QString &iconName, const QKeySequence &keys = {});
    void addRowSeparator();
    QAction *addPageAction(const QString &id, const QString &category, const QString &text,
                           const QString &iconName, const QKeySequence &keys = {});
    void filterChanged(); // to be called when a filter of the page's own has changed

    [[nodiscard]] models::Console &console() const { return m_console; }
    [[nodiscard]] ActionRegistry &registry() const { return m_registry; }
    [[nodiscard]] QTableView *table() const { return m_table; }
    [[nodiscard]] models::FilterProxy *proxy() const { return m_proxy; }
    [[nodiscard]] PageHeader *header() const { return m_header; }
    [[nodiscard]] QHBoxLayout *filterBar() const { return m_filterBar; }

    // Another row is current, or what it holds has changed.
    virtual void updateDetail() = 0;
    virtual void clearFilters();
    virtual void rowActivated(const QString &key); // Enter or double click
    virtual void updateActions(); // beyond "something is selected"
    // Shows the outcome of a call: its error at the top of the page, or nothing.
    template <typename T>
    void reportFailure(const Result<T> &result)
    {
        if (!result)
            showError(result.error());
    }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void buildTable();
    void fitColumns();
    void showState();
    void restore();
    void trySelectPending();
    void selectionMoved();
    void showMenu(const QPoint &point);

    models::TableModel &m_model;
    models::Console::List m_list;
    models::Console &m_console;
    ActionRegistry &m_registry;
    models::FilterProxy *m_proxy;
    PageHeader *m_header;
    QHBoxLayout *m_filterBar;
    QWidget *m_filterBox;
    QLineEdit *m_filter;
    QStackedWidget *m_stack;
    QStackedWidget *m_tableStack;
    EmptyState *m_empty;
    EmptyState *m_noMatch;
    QSplitter *m_splitter;
    QTableView *m_table;
    QList<QAction *> m_rowActions;
    QList<int> m_optionalColumns;
    int m_stretchWidth = 0;
    QString m_pendingKey;
    bool m_active = false;
};

} // namespace batchyard::ui
