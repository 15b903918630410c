#include "ui/pages/joboverview.h"

#include "models/console/documents.h"
#include "models/console/wording.h"
#include "ui/graph/containergraphview.h"
#include "ui/pages/badgedelegate.h"
#include "ui/pages/facts.h"
#include "ui/theme/card.h"
#include "ui/theme/commandline.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using models::JobContainersModel;

namespace {

constexpr int graphHeight = 210;
constexpr int containerRowHeight = 34;

} // namespace

JobOverview::JobOverview(models::JobPageModel &model, QWidget *parent)
    : QScrollArea(parent)
    , m_model(model)
    , m_graph(new ContainerGraphView)
    , m_errorCard(new Card(tr("Last lines of standard error")))
    , m_errorLines(plainLabel({}))
    , m_table(new QTableView)
    , m_facts(new Facts)
    , m_command(new CommandLine)
{
    setObjectName(u"jobOverview"_s);
    setAccessibleName(tr("Overview of the job"));
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *body = new QWidget;
    auto *layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, spacing::normal, spacing::tight, 0);
    layout->setSpacing(spacing::normal + 4);

    m_errorLines->setObjectName(u"errorLines"_s);
    m_errorLines->setFont(fixedFont());
    m_errorLines->setWordWrap(true);
    m_errorLines->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_errorCard->body()->addWidget(m_errorLines);
    m_errorCard->hide();
    layout->addWidget(m_errorCard);

    auto *graphCard = new Card(tr("Containers"));
    m_graph->setObjectName(u"jobGraph"_s);
    m_graph->setAccessibleName(tr("Containers of the job and what they depend on"));
    m_graph->setMinimumHeight(graphHeight - 70);
    // The scene's size is no wish of the page's: the view fits it in.
    m_graph->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    graphCard->body()->addWidget(m_graph, 1);
    auto *factsCard = new Card(tr("Details"));
    factsCard->body()->addWidget(m_facts);
    factsCard->body()->addStretch();
    factsCard->body()->addWidget(m_command);
    auto *top = new QHBoxLayout;
    top->setSpacing(spacing::normal + 4);
    top->addWidget(graphCard, 3);
    top->addWidget(factsCard, 2);
    graphCard->setMinimumHeight(graphHeight);
    layout->addLayout(top, 1);
    layout->addWidget(buildTable());
    setWidget(body);

    connect(m_graph, &ContainerGraphView::containerActivated, this,
            &JobOverview::containerActivated);
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex &index) {
        emit containerActivated(index.data(models::TableModel::KeyRole).toString());
    });
}

QWidget *JobOverview::buildTable()
{
    m_table->setObjectName(u"containersTable"_s);
    m_table->setAccessibleName(tr("Containers of the job"));
    m_table->setModel(&m_model.containers());
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(containerRowHeight);
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setItemDelegateForColumn(JobContainersModel::Status,
                                      new BadgeDelegate(
                                          [this](const QModelIndex &index) {
                                              return presentation(
                                                  m_model.containers().record(index.row()).state);
                                          },
                                          m_table));
    QHeaderView *columns = m_table->horizontalHeader();
    columns->setHighlightSections(false);
    columns->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    columns->resizeSection(JobContainersModel::Name, 120);
    columns->resizeSection(JobContainersModel::Status, 140);
    columns->resizeSection(JobContainersModel::Image, 180);
    columns->resizeSection(JobContainersModel::Essential, 84);
    columns->resizeSection(JobContainersModel::DependsOn, 130);
    columns->resizeSection(JobContainersModel::ExitCode, 80);
    columns->setSectionResizeMode(JobContainersModel::Reason, QHeaderView::Stretch);
    connect(&m_model.containers(), &QAbstractItemModel::rowsInserted, this, &JobOverview::fitTable);
    connect(&m_model.containers(), &QAbstractItemModel::rowsRemoved, this, &JobOverview::fitTable);
    fitTable();
    return m_table;
}

void JobOverview::fitTable()
{
    const int rows = qMax(1, m_model.containers().rowCount());
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height()
                            + rows * containerRowHeight + 16);
}

void JobOverview::update()
{
    const auto &detail = m_model.detail();
    if (!detail)
        return;
    m_graph->setTask(detail->task);
    m_graph->setStates(m_model.live().containers);
    const models::JobHeadline headline = m_model.headline();
    m_errorCard->setVisible(!headline.lastErrorLines.isEmpty());
    m_errorLines->setText(headline.lastErrorLines.join(u'\n'));
    QString retry;
    if (detail->retryStrategy && detail->retryStrategy->attempts)
        retry = models::attemptsText(*detail->retryStrategy->attempts);
    QString timeout;
    if (detail->timeout && detail->timeout->attemptDurationSeconds)
        timeout = tr("%1 per attempt")
                      .arg(models::durationText(
                          std::chrono::seconds(*detail->timeout->attemptDurationSeconds)));
    m_facts->setFacts({{tr("Job id"), detail->jobId},
                       {tr("Job queue"), models::nameOfArn(detail->jobQueue)},
                       {tr("Job definition"), models::nameOfArn(detail->jobDefinition)},
                       {tr("Created"), models::fullTimeText(detail->createdAt)},
                       {tr("Retry"), retry},
                       {tr("Timeout"), timeout},
                       {tr("Status reason"), detail->statusReason}});
    m_command->setCommand(models::commands::followLogs(detail->jobId));
}

} // namespace batchyard::ui
