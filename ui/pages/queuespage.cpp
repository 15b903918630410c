#include "ui/pages/queuespage.h"

#include "backend/async.h"
#include "models/console/documents.h"
#include "models/console/wording.h"
#include "ui/pages/badgedelegate.h"
#include "ui/pages/facts.h"
#include "ui/pages/jsonview.h"
#include "ui/theme/confirmdialog.h"
#include "ui/theme/theme.h"
#include "ui/wizards/jobqueuewizard.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using models::JobQueuesModel;

QueuesPage::QueuesPage(models::Console &console, ActionRegistry &registry, QWidget *parent)
    : ListPage(u"queues"_s, tr("Job queues"), console.queues(), models::Console::Queues, console,
               registry, parent)
{
    const auto badges = [this](int column) {
        table()->setItemDelegateForColumn(column,
                                          new BadgeDelegate(
                                              [](const QModelIndex &index) {
                                                  return resourcePresentation(
                                                      index.data().toString());
                                              },
                                              this));
    };
    badges(JobQueuesModel::State);
    badges(JobQueuesModel::Status);
    QHeaderView *columns = table()->horizontalHeader();
    columns->setSectionResizeMode(JobQueuesModel::Name, QHeaderView::Stretch);
    columns->resizeSection(JobQueuesModel::State, 112);
    columns->resizeSection(JobQueuesModel::Status, 96);
    columns->resizeSection(JobQueuesModel::Priority, 76);
    columns->resizeSection(JobQueuesModel::Environments, 160);
    setOptionalColumns({JobQueuesModel::Environments, JobQueuesModel::Status});
    columns->setMinimumSectionSize(60);
    buildActions();
    filterBar()->addStretch(1);
    setUpEmpty(u"view-list-tree"_s, tr("No job queue yet"),
               tr("Jobs wait in a queue until a compute environment behind it has room for them."),
               m_create);
    setPrimaryAction(m_create);
    setDetail(buildDetail());
    connect(&console, &models::Console::jobsSummaryChanged, this, &QueuesPage::askWaitingJobs);
}

void QueuesPage::buildActions()
{
    const QString category = tr("Job queues");
    m_create = addPageAction(u"queues.create"_s, category, tr("Create job queue …"), u"list-add"_s);
    connect(m_create, &QAction::triggered, this, &QueuesPage::createQueue);
    m_switch = addRowAction(u"queues.switch"_s, category, tr("Enable or disable the job queue …"),
                            u"media-playback-pause"_s, QKeySequence(Qt::Key_D));
    connect(m_switch, &QAction::triggered, this, &QueuesPage::switchState);
    m_delete = addRowAction(u"queues.delete"_s, category, tr("Delete the job queue …"),
                            u"edit-delete"_s, QKeySequence(Qt::Key_Delete));
    connect(m_delete, &QAction::triggered, this, &QueuesPage::deleteSelected);
}

QWidget *QueuesPage::buildDetail()
{
    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName(u"queueTabs"_s);
    m_tabs->setAccessibleName(tr("Details of the job queue"));
    m_tabs->tabBar()->setAccessibleName(m_tabs->accessibleName());
    m_tabs->setDocumentMode(true);
    auto *overview = new QWidget(this);
    auto *layout = new QVBoxLayout(overview);
    layout->setContentsMargins(0, spacing::normal + 4, 0, 0);
    layout->setSpacing(spacing::normal);
    m_facts = new Facts(overview);
    m_waitingTitle = plainLabel({}, overview);
    m_waitingTitle->setFont(sectionFont());
    m_waitingTitle->setWordWrap(true);
    m_waiting = new QTableWidget(0, 3, overview);
    m_waiting->setObjectName(u"waitingJobs"_s);
    m_waiting->setAccessibleName(tr("Jobs that wait in the queue, in order"));
    m_waiting->setHorizontalHeaderLabels({tr("Place"), tr("Job"), tr("Why it waits")});
    m_waiting->horizontalHeader()->setStretchLastSection(true);
    m_waiting->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_waiting->horizontalHeader()->setHighlightSections(false);
    m_waiting->horizontalHeader()->resizeSection(0, 52);
    m_waiting->horizontalHeader()->resizeSection(1, 96);
    m_waiting->verticalHeader()->hide();
    m_waiting->setShowGrid(false);
    m_waiting->setTabKeyNavigation(false);
    m_waiting->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_waiting->setEditTriggers(QAbstractItemView::NoEditTriggers);
    connect(m_waiting, &QTableWidget::itemActivated, this, [this](const QTableWidgetItem *item) {
        const QString id = m_waiting->item(item->row(), 0)->data(Qt::UserRole).toString();
        emit locationRequested({u"job"_s, id, {}});
    });
    layout->addWidget(m_facts);
    layout->addSpacing(spacing::normal);
    layout->addWidget(m_waitingTitle);
    layout->addWidget(m_waiting, 1);
    layout->addStretch();
    auto *jsonBox = new QWidget(this);
    auto *jsonLayout = new QVBoxLayout(jsonBox);
    jsonLayout->setContentsMargins(0, spacing::normal, 0, 0);
    m_json = new JsonView(jsonBox);
    m_json->setObjectName(u"queueJson"_s);
    jsonLayout->addWidget(m_json);
    m_tabs->addTab(overview, tr("Waiting jobs"));
    m_tabs->addTab(jsonBox, tr("JSON"));
    return m_tabs;
}

const batch::JobQueue *QueuesPage::selected() const
{
    const QStringList keys = selectedKeys();
    const int row = keys.isEmpty() ? -1 : console().queues().rowOf(keys.first());
    return row < 0 ? nullptr : &console().queues().record(row);
}

void QueuesPage::updateDetail()
{
    const batch::JobQueue *queue = selected();
    m_tabs->setVisible(queue);
    if (!queue)
        return;
    QStringList environments;
    for (const batch::ComputeEnvironmentOrder &entry : queue->computeEnvironmentOrder)
        environments.append(
            tr("%1. %2").arg(entry.order).arg(models::nameOfArn(entry.computeEnvironment)));
    m_facts->setFacts(
        {{tr("Priority"), queue->priority ? QString::number(*queue->priority) : QString()},
         {tr("Compute environments"), environments.join(u'\n')},
         {tr("Status reason"), queue->statusReason},
         {tr("ARN"), queue->jobQueueArn}});
    m_json->setText(models::describeText(*queue));
    askWaitingJobs();
}

void QueuesPage::askWaitingJobs()
{
    const batch::JobQueue *queue = selected();
    if (!queue || !isVisible())
        return;
    const quint64 question = ++m_question;
    onFinished(
        console().service().listJobs(queue->jobQueueName), this,
        [this, question, name = queue->jobQueueName](const Result<QList<batch::JobSummary>> &jobs) {
            if (question != m_question)
                return;
            if (jobs)
                showWaiting(name, *jobs);
            else
                reportFailure(jobs);
        });
}

void QueuesPage::showWaiting(const QString &queue, const QList<batch::JobSummary> &jobs)
{
    QList<batch::JobSummary> waiting;
    std::copy_if(
        jobs.rbegin(), jobs.rend(), std::back_inserter(waiting),
        [](const batch::JobSummary &job) { return job.status < batch::JobStatus::Starting; });
    m_waitingTitle->setText(waiting.isEmpty() ? tr("No job waits in %1").arg(queue)
                                : waiting.size() == 1
                                ? tr("1 job waits in %1").arg(queue)
                                : tr("%1 jobs wait in %2").arg(waiting.size()).arg(queue));
    m_waiting->setVisible(!waiting.isEmpty());
    m_waiting->setRowCount(static_cast<int>(waiting.size()));
    for (int row = 0; row < static_cast<int>(waiting.size()); ++row) {
        const batch::JobSummary &job = waiting.at(row);
        auto *place = new QTableWidgetItem(QString::number(row + 1));
        place->setData(Qt::UserRole, job.jobId);
        m_waiting->setItem(row, 0, place);
        m_waiting->setItem(row, 1, new QTableWidgetItem(job.jobName));
        auto *reason = new QTableWidgetItem(job.statusReason);
        reason->setToolTip(job.statusReason);
        m_waiting->setItem(row, 2, reason);
    }
}

void QueuesPage::updateActions()
{
    ListPage::updateActions();
    const batch::JobQueue *queue = selected();
    if (!queue)
        return;
    const bool disabled = queue->state == u"DISABLED";
    m_switch->setText(disabled ? tr("Enable the job queue …") : tr("Disable the job queue …"));
}

void QueuesPage::setActive(bool active)
{
    ListPage::setActive(active);
    if (active)
        askWaitingJobs();
}

void QueuesPage::createQueue()
{
    auto *wizard = new JobQueueWizard(console().service(), this);
    wizard->setAttribute(Qt::WA_DeleteOnClose);
    connect(wizard, &JobQueueWizard::created, this, &QueuesPage::selectKey);
    wizard->open();
}

void QueuesPage::switchState()
{
    const batch::JobQueue *queue = selected();
    if (!queue)
        return;
    batch::JobQueue changed = *queue;
    const bool enable = queue->state == u"DISABLED";
    changed.state = enable ? u"ENABLED"_s : u"DISABLED"_s;
    auto *dialog = new ConfirmDialog(
        {.title = (enable ? tr("Enable job queue %1?") : tr("Disable job queue %1?"))
                      .arg(changed.jobQueueName),
         .text = enable ? tr("The queue takes new jobs again.")
                        : tr("The queue takes no new jobs. Jobs that are in it can finish."),
         .confirm = enable ? tr("Enable") : tr("Disable"),
         .connection = console().service().connectionName(),
         .command = models::commands::setQueueState(changed.jobQueueName, changed.state),
         .isDestructive = !enable},
        this);
    connect(dialog, &QDialog::accepted, this, [this, changed] {
        onFinished(console().service().updateJobQueue(changed), this,
                   [this](const Result<batch::ResourceId> &result) { reportFailure(result); });
    });
    dialog->open();
}

void QueuesPage::deleteSelected()
{
    const batch::JobQueue *queue = selected();
    if (!queue)
        return;
    const QString name = queue->jobQueueName;
    auto *dialog = new ConfirmDialog(
        {.title = tr("Delete job queue %1?").arg(name),
         .text = tr("It must be disabled first. Jobs that still wait in it end."),
         .confirm = tr("Delete"),
         .connection = console().service().connectionName(),
         .command = models::commands::deleteQueue(name)},
        this);
    connect(dialog, &QDialog::accepted, this, [this, name] {
        onFinished(console().service().deleteJobQueue(name), this,
                   [this](const Result<void> &result) { reportFailure(result); });
    });
    dialog->open();
}

} // namespace batchyard::ui
