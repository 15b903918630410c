#include "ui/pages/childjobsview.h"

#include "ui/pages/badgedelegate.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using models::JobsModel;

namespace {

constexpr int childRowHeight = 34;

} // namespace

ChildJobsView::ChildJobsView(models::ChildJobs &children, QWidget *parent)
    : QWidget(parent)
    , m_children(children)
    , m_summary(plainLabel({}, this))
    , m_filter(new QLineEdit(this))
    , m_table(new QTableView(this))
{
    m_summary->setObjectName(u"childJobsSummary"_s);
    m_filter->setObjectName(u"childJobsFilter"_s);
    m_filter->setPlaceholderText(tr("Filter by words"));
    m_filter->setAccessibleName(tr("Filter the jobs by words"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(320);
    connect(m_filter, &QLineEdit::textChanged, &m_proxy, &models::FilterProxy::setText);
    buildTable();
    auto *line = new QHBoxLayout;
    line->setSpacing(spacing::wide);
    line->addWidget(m_filter, 1);
    line->addWidget(m_summary);
    line->addStretch(1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, spacing::normal + 2, 0, 0);
    layout->setSpacing(spacing::normal);
    layout->addLayout(line);
    layout->addWidget(m_table, 1);
    setFocusProxy(m_table);
}

void ChildJobsView::buildTable()
{
    m_proxy.setSourceModel(&m_children.jobs());
    m_table->setObjectName(u"childJobsTable"_s);
    m_table->setAccessibleName(tr("Jobs of this job"));
    m_table->setModel(&m_proxy);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(JobsModel::Name, Qt::AscendingOrder);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(childRowHeight);
    m_table->hideColumn(JobsModel::Definition);
    m_table->hideColumn(JobsModel::Created);
    m_table->setItemDelegateForColumn(JobsModel::Status,
                                      new BadgeDelegate(
                                          [](const QModelIndex &index) {
                                              return presentation(static_cast<batch::JobStatus>(
                                                  index.data(JobsModel::StatusRole).toInt()));
                                          },
                                          m_table));
    QHeaderView *columns = m_table->horizontalHeader();
    columns->setHighlightSections(false);
    columns->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    columns->resizeSection(JobsModel::Name, 220);
    columns->resizeSection(JobsModel::Status, 140);
    columns->resizeSection(JobsModel::Duration, 110);
    columns->setSectionResizeMode(JobsModel::Reason, QHeaderView::Stretch);
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex &index) {
        emit jobActivated(index.data(models::TableModel::KeyRole).toString());
    });
}

void ChildJobsView::update()
{
    m_summary->setText(m_children.summary());
}

} // namespace batchyard::ui
