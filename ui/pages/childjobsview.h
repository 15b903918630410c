// The children of a parent job on its page: how many are in which state, and a table to find one by
// words, sort and open.
#pragma once

#include "models/console/childjobs.h"
#include "models/console/filterproxy.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QTableView;

namespace batchyard::ui {

class ChildJobsView final : public QWidget
{
    Q_OBJECT

public:
    explicit ChildJobsView(models::ChildJobs &children, QWidget *parent = nullptr);

    void update(); // the summary; the table follows its model

signals:
    void jobActivated(const QString &jobId);

private:
    void buildTable();

    models::ChildJobs &m_children;
    models::FilterProxy m_proxy;
    QLabel *m_summary;
    QLineEdit *m_filter;
    QTableView *m_table;
};

} // namespace batchyard::ui
