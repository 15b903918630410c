#include "ui/pages/jobspage.h"

#include "models/console/documents.h"
#include "ui/pages/badgedelegate.h"
#include "ui/pages/jobactions.h"
#include "ui/pages/jobpreview.h"
#include "ui/theme/settings.h"
#include "ui/theme/theme.h"
#include "ui/wizards/submitjobwizard.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QTableView>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::JobStatus;
using models::JobsModel;

namespace {

QString textOf(JobStatus status)
{
    return QString::number(static_cast<int>(status));
}

} // namespace

JobsPage::JobsPage(models::Console &console, ActionRegistry &registry, QWidget *parent)
    : ListPage(u"jobs"_s, tr("Jobs"), console.jobs(), models::Console::Jobs, console, registry,
               parent)
{
    table()->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table()->setItemDelegateForColumn(JobsModel::Status,
                                      new BadgeDelegate(
                                          [](const QModelIndex &index) {
                                              return presentation(static_cast<JobStatus>(
                                                  index.data(JobsModel::StatusRole).toInt()));
                                          },
                                          this));
    QHeaderView *columns = table()->horizontalHeader();
    columns->resizeSection(JobsModel::Name, 148);
    columns->resizeSection(JobsModel::Status, 122);
    columns->resizeSection(JobsModel::Definition, 110);
    columns->resizeSection(JobsModel::Created, 84);
    columns->resizeSection(JobsModel::Duration, 88);
    constexpr int reasonWidth = 210;
    setOptionalColumns({JobsModel::Definition, JobsModel::Created, JobsModel::Duration},
                       reasonWidth);
    columns->setSectionResizeMode(JobsModel::Reason, QHeaderView::Stretch);
    columns->setMinimumSectionSize(60);
    buildActions();
    buildChips();
    setUpEmpty(
        u"view-list-details"_s, tr("No job yet"),
        tr("A job runs the containers of a job definition. Submit one, or run the sample maze "
           "from Home."),
        m_submit);
    setPrimaryAction(m_submit);
    m_preview = new JobPreview(
        console.service(), {registry.find(u"jobs.open"_s), registry.find(u"jobs.logs"_s), m_stop},
        this);
    setDetail(m_preview);
    connect(&console, &models::Console::jobsSummaryChanged, this, &JobsPage::updateChips);
    updateChips();
}

void JobsPage::buildActions()
{
    const QString category = tr("Jobs");
    m_submit = addPageAction(u"jobs.submit"_s, category, tr("Submit new job …"), u"list-add"_s,
                             QKeySequence(Qt::CTRL | Qt::Key_N));
    connect(m_submit, &QAction::triggered, this, [this] { submitJob(); });

    QAction *openAction
        = addRowAction(u"jobs.open"_s, category, tr("Open the job"), u"document-open"_s);
    openAction->setIconText(tr("Open"));
    connect(openAction, &QAction::triggered, this, [this] { open({}); });
    QAction *logs = addRowAction(u"jobs.logs"_s, category, tr("Open the job's log"),
                                 u"view-list-text"_s, QKeySequence(Qt::Key_L));
    logs->setIconText(tr("Log"));
    connect(logs, &QAction::triggered, this, [this] { open(u"logs"_s); });
    QAction *replay = addRowAction(u"jobs.replay"_s, category, tr("Open the job's replay"),
                                   u"media-playback-start"_s, QKeySequence(Qt::Key_R));
    connect(replay, &QAction::triggered, this, [this] { open(u"replay"_s); });
    QAction *json = addRowAction(u"jobs.json"_s, category, tr("Open the job's JSON"),
                                 u"code-context"_s, QKeySequence(Qt::Key_J));
    connect(json, &QAction::triggered, this, [this] { open(u"json"_s); });
    addRowSeparator();
    QAction *clone = addRowAction(u"jobs.clone"_s, category, tr("Clone the job …"), u"edit-clone"_s,
                                  QKeySequence(Qt::CTRL | Qt::Key_D));
    clone->setIconText(tr("Clone"));
    connect(clone, &QAction::triggered, this, &JobsPage::cloneSelected);
    m_stop = addRowAction(u"jobs.stop"_s, category, tr("Stop …"), u"media-playback-stop"_s,
                          QKeySequence(Qt::Key_Delete));
    m_stop->setIconText(tr("Stop"));
    connect(m_stop, &QAction::triggered, this, &JobsPage::stopSelected);
    addRowSeparator();
    QAction *copyId = addRowAction(u"jobs.copyId"_s, category, tr("Copy job id"), u"edit-copy"_s,
                                   QKeySequence(QKeySequence::Copy));
    connect(copyId, &QAction::triggered, this,
            [this] { QGuiApplication::clipboard()->setText(selectedKeys().join(u'\n')); });
    QAction *copyCommand
        = addRowAction(u"jobs.copyCommand"_s, category, tr("Copy the command that follows the log"),
                       u"edit-copy"_s);
    connect(copyCommand, &QAction::triggered, this, [this] {
        if (!selectedKeys().isEmpty())
            QGuiApplication::clipboard()->setText(
                models::commands::followLogs(selectedKeys().first()));
    });
    m_singleActions = {openAction, logs, replay, json, clone, copyCommand};
}

// ---- State chips

void JobsPage::buildChips()
{
    m_chips
        = {{tr("Waiting"),
            {textOf(JobStatus::Submitted), textOf(JobStatus::Pending), textOf(JobStatus::Runnable)},
            nullptr},
           {tr("Running"), {textOf(JobStatus::Starting), textOf(JobStatus::Running)}, nullptr},
           {tr("Succeeded"), {textOf(JobStatus::Succeeded)}, nullptr},
           {tr("Failed"), {textOf(JobStatus::Failed)}, nullptr}};
    const QStringList checked = Settings().filterValues(name());
    const QStringList ids{u"waiting"_s, u"running"_s, u"succeeded"_s, u"failed"_s};
    for (qsizetype i = 0; i < m_chips.size(); ++i) {
        auto *button = new QPushButton(this);
        button->setObjectName(u"jobsChip-"_s % ids.at(i));
        button->setProperty("chip", true);
        button->setCheckable(true);
        button->setChecked(checked.contains(ids.at(i)));
        connect(button, &QPushButton::clicked, this, [this, ids] {
            QStringList values;
            for (qsizetype n = 0; n < m_chips.size(); ++n) {
                if (m_chips.at(n).button->isChecked())
                    values.append(ids.at(n));
            }
            Settings().setFilterValues(name(), values);
            applyChips();
        });
        m_chips[i].button = button;
        filterBar()->addWidget(button);
    }
    filterBar()->addStretch(1);
    applyChips();
}

void JobsPage::applyChips()
{
    QSet<QString> statuses;
    for (const Chip &chip : std::as_const(m_chips)) {
        if (chip.button->isChecked())
            statuses.unite(chip.statuses);
    }
    proxy()->setValues(JobsModel::StatusRole, statuses);
    if (m_preview)
        filterChanged();
}

void JobsPage::updateChips()
{
    for (const Chip &chip : std::as_const(m_chips)) {
        int count = 0;
        for (const QString &status : chip.statuses)
            count += console().jobs().countOf(static_cast<JobStatus>(status.toInt()));
        chip.button->setText(tr("%1  %2").arg(chip.name).arg(count));
        chip.button->setAccessibleName(tr("Show %1 jobs: %2").arg(chip.name).arg(count));
    }
}

void JobsPage::clearFilters()
{
    for (const Chip &chip : std::as_const(m_chips))
        chip.button->setChecked(false);
    Settings().setFilterValues(name(), {});
    applyChips();
    ListPage::clearFilters();
}

// ---- Acting on jobs

void JobsPage::updateDetail()
{
    const QStringList keys = selectedKeys();
    m_preview->setJob(keys.size() == 1 ? keys.first() : QString());
}

void JobsPage::updateActions()
{
    ListPage::updateActions();
    const QStringList keys = selectedKeys();
    bool canStop = false;
    for (const QString &key : keys) {
        const int row = console().jobs().rowOf(key);
        canStop = canStop || (row >= 0 && !batch::isTerminal(console().jobs().record(row).status));
    }
    m_stop->setEnabled(m_stop->isEnabled() && canStop);
    for (QAction *action : std::as_const(m_singleActions))
        action->setEnabled(action->isEnabled() && keys.size() == 1);
}

void JobsPage::rowActivated(const QString &key)
{
    emit locationRequested({u"job"_s, key, {}});
}

void JobsPage::open(const QString &tab)
{
    if (!selectedKeys().isEmpty())
        emit locationRequested({u"job"_s, selectedKeys().first(), tab});
}

void JobsPage::submitJob()
{
    auto *wizard = new SubmitJobWizard(console().service(), this);
    wizard->setAttribute(Qt::WA_DeleteOnClose);
    connect(wizard, &SubmitJobWizard::submitted, this, [this](const QString &id) {
        emit locationRequested({u"job"_s, id, {}});
    });
    wizard->open();
}

void JobsPage::submitJob(const batch::SubmitJobRequest &request)
{
    auto *wizard = new SubmitJobWizard(console().service(), this);
    wizard->setAttribute(Qt::WA_DeleteOnClose);
    wizard->setDraft(request);
    connect(wizard, &SubmitJobWizard::submitted, this, [this](const QString &id) {
        emit locationRequested({u"job"_s, id, {}});
    });
    wizard->open();
}

void JobsPage::stopSelected()
{
    QList<JobToStop> jobs;
    for (const QString &key : selectedKeys()) {
        const int row = console().jobs().rowOf(key);
        if (row < 0)
            continue;
        const batch::JobSummary &job = console().jobs().record(row);
        jobs.append({job.jobId, job.jobName, job.status});
    }
    askToStopJobs(console().service(), jobs, this,
                  [this](const Error &error) { showError(error); });
}

void JobsPage::cloneSelected()
{
    if (selectedKeys().isEmpty())
        return;
    cloneJob(
        console().service(), selectedKeys().first(), this,
        [this](const QString &id) {
            emit locationRequested({u"job"_s, id, {}});
        },
        [this](const Error &error) { showError(error); });
}

} // namespace batchyard::ui
