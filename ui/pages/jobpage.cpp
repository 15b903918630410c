#include "ui/pages/jobpage.h"

#include "models/console/documents.h"
#include "models/console/wording.h"
#include "ui/logs/logpane.h"
#include "ui/logs/logview.h"
#include "ui/pages/childjobsview.h"
#include "ui/pages/headlineview.h"
#include "ui/pages/jobactions.h"
#include "ui/pages/joboverview.h"
#include "ui/pages/jobstepper.h"
#include "ui/pages/jsonview.h"
#include "ui/replay/replayview.h"
#include "ui/theme/card.h"
#include "ui/theme/pageheader.h"
#include "ui/theme/statebadge.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QDateTime>
#include <QHeaderView>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int clockIntervalMs = 1'000;
constexpr int lowHeight = 560;

QStringList tabNames()
{
    return {u"overview"_s, u"logs"_s, u"replay"_s, u"attempts"_s, u"json"_s};
}

} // namespace

JobPage::JobPage(models::Console &console, ActionRegistry &registry, QWidget *parent)
    : Page(u"job"_s, tr("Job"), parent)
    , m_console(console)
    , m_registry(registry)
    , m_model(console.service(), models::JobPageModel::Logs::Read)
    , m_children(console.service())
    , m_header(new PageHeader({}, this))
    , m_badge(new StateBadge(this))
    , m_stepper(new JobStepper(this))
    , m_headline(new HeadlineView(this))
    , m_tabs(new QTabWidget(this))
    , m_overviewStack(new QStackedWidget(this))
    , m_overview(new JobOverview(m_model, m_overviewStack))
    , m_childView(new ChildJobsView(m_children, m_overviewStack))
    , m_logs(new LogView(this))
    , m_replay(new ReplayView(this))
    , m_attempts(new QTableWidget(this))
    , m_json(new JsonView(this))
{
    buildActions();
    buildHead();
    buildTabs();
    connect(&m_model, &models::JobPageModel::changed, this, &JobPage::update);
    connect(&m_model, &models::JobPageModel::mazeFound, this, &JobPage::openReplay);
    connect(&m_model, &models::JobPageModel::failed, this, &JobPage::showError);
    connect(&m_children, &models::ChildJobs::failed, this, &JobPage::showError);
    m_clock.setInterval(clockIntervalMs);
    connect(&m_clock, &QTimer::timeout, m_stepper, qOverload<>(&QWidget::update));
    update();
}

JobPage::~JobPage()
{
    // The widgets go after the members that these views show and this slot reads.
    m_tabs->disconnect(this);
    m_logs->setModel(nullptr);
    m_replay->setModel(nullptr);
}

void JobPage::buildHead()
{
    m_header->addBeside(m_badge);
    auto *clone = new QPushButton(tr("Clone"), this);
    clone->setObjectName(u"job.clone-button"_s);
    clone->setAccessibleName(tr("Clone the job"));
    auto *stop = new QPushButton(tr("Stop"), this);
    stop->setObjectName(u"job.stop-button"_s);
    stop->setAccessibleName(tr("Stop the job"));
    stop->setProperty("danger", true);
    QAction *cloneAction = m_registry.find(u"job.clone"_s);
    connect(clone, &QPushButton::clicked, cloneAction, &QAction::trigger);
    connect(cloneAction, &QAction::enabledChanged, clone, &QPushButton::setEnabled);
    connect(stop, &QPushButton::clicked, m_stop, &QAction::trigger);
    connect(m_stop, &QAction::enabledChanged, stop, &QPushButton::setEnabled);
    clone->setEnabled(false);
    stop->setEnabled(false);
    auto *more = new QToolButton(this);
    more->setObjectName(u"job.more-button"_s);
    more->setAccessibleName(tr("More actions for the job"));
    more->setToolTip(tr("More actions"));
    more->setIcon(icon(u"overflow-menu"_s));
    more->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(more);
    menu->addActions(m_actions);
    more->setMenu(menu);
    m_header->addAction(clone);
    m_header->addAction(stop);
    m_header->addAction(more);

    auto *card = new Card({}, this);
    card->body()->addWidget(m_stepper);
    card->body()->addWidget(m_headline);
    content()->addWidget(m_header);
    content()->addWidget(card);
    m_stateCard = card;
}

void JobPage::buildTabs()
{
    m_tabs->setObjectName(u"jobTabs"_s);
    m_tabs->setAccessibleName(tr("Tabs of the job"));
    m_tabs->tabBar()->setObjectName(u"jobTabBar"_s);
    m_tabs->tabBar()->setAccessibleName(tr("Tabs of the job"));
    m_tabs->setDocumentMode(true);
    m_logs->setObjectName(u"jobLogs"_s);
    m_replay->setObjectName(u"jobReplay"_s);
    m_json->setObjectName(u"jobJson"_s);
    m_attempts->setObjectName(u"attemptsTable"_s);
    m_attempts->setAccessibleName(tr("Attempts of the job"));
    m_attempts->setColumnCount(5);
    m_attempts->setHorizontalHeaderLabels(
        {tr("Attempt"), tr("Started"), tr("Run time"), tr("Exit codes"), tr("Why it ended")});
    m_attempts->horizontalHeader()->setStretchLastSection(true);
    m_attempts->horizontalHeader()->setHighlightSections(false);
    m_attempts->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_attempts->horizontalHeader()->resizeSection(0, 80);
    m_attempts->horizontalHeader()->resizeSection(1, 170);
    m_attempts->horizontalHeader()->resizeSection(3, 200);
    m_attempts->verticalHeader()->hide();
    m_attempts->setShowGrid(false);
    m_attempts->setTabKeyNavigation(false);
    m_attempts->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_attempts->setEditTriggers(QAbstractItemView::NoEditTriggers);

    // Room between the tabs and what they show.
    const auto padded = [this](QWidget *widget) {
        auto *holder = new QWidget(this);
        auto *layout = new QVBoxLayout(holder);
        layout->setContentsMargins(0, spacing::normal + 2, 0, 0);
        layout->addWidget(widget);
        return holder;
    };
    m_overviewStack->addWidget(m_overview);
    m_overviewStack->addWidget(m_childView);
    m_tabs->addTab(m_overviewStack, tr("Overview"));
    m_tabs->addTab(padded(m_logs), tr("Log"));
    m_tabs->addTab(padded(m_replay), tr("Replay"));
    m_tabs->addTab(padded(m_attempts), tr("Attempts"));
    m_tabs->addTab(padded(m_json), tr("JSON"));
    content()->addWidget(m_tabs, 1);
    m_logs->setModel(&m_model.logs());
    m_replay->setModel(&m_model.replay());

    m_tabs->tabBar()->installEventFilter(this);
    connect(m_tabs, &QTabWidget::currentChanged, this, [this] {
        if (m_active && !m_showingTab)
            m_tabChosen = true;
        arrangeHead();
        update();
    });
    connect(m_overview, &JobOverview::containerActivated, this, [this](const QString &name) {
        const auto &sources = m_model.logs().sources();
        for (int i = 0; i < static_cast<int>(sources.size()); ++i)
            m_model.logs().setSourceVisible(i,
                                            sources[static_cast<std::size_t>(i)].container == name);
        m_tabs->setCurrentIndex(Logs);
    });
    connect(m_childView, &ChildJobsView::jobActivated, this, [this](const QString &id) {
        emit locationRequested({u"job"_s, id, {}});
    });
    connect(m_logs, &LogView::failed, this, &JobPage::showError);
    connect(m_logs, &LogView::saved, this, [this](const QString &fileName) {
        emit noticed(tr("The log was saved as %1.").arg(fileName));
    });
}

bool JobPage::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::MouseButtonPress)
        m_tabChosen = true;
    return Page::eventFilter(watched, event);
}

// ---- Where the page stands

void JobPage::show(const Location &location)
{
    if (location.object != m_model.jobId()) {
        m_tabChosen = false;
        m_model.setJob(location.object);
    }
    const auto tab = tabNames().indexOf(location.tab);
    m_showingTab = true;
    m_wantsReplay = tab == Replay && !m_model.hasMaze();
    if (tab >= 0) {
        m_tabs->setCurrentIndex(m_wantsReplay ? Overview : static_cast<int>(tab));
        m_tabChosen = true;
    } else if (!m_tabChosen) {
        m_tabs->setCurrentIndex(m_model.hasMaze() ? Replay : Overview);
    }
    m_showingTab = false;
    update();
}

Location JobPage::location() const
{
    return {name(), m_model.jobId(), tabNames().at(m_tabs->currentIndex())};
}

void JobPage::setActive(bool active)
{
    m_active = active;
    if (active)
        m_clock.start();
    else
        m_clock.stop();
    updateActions();
}

void JobPage::focusMain()
{
    switch (static_cast<Tab>(m_tabs->currentIndex())) {
    case Logs:
        m_logs->pane()->setFocus();
        break;
    case Replay:
        m_replay->setFocus();
        break;
    case Attempts:
        m_attempts->setFocus();
        break;
    case Overview:
        if (m_children.isParent()) {
            m_childView->setFocus();
            break;
        }
        [[fallthrough]];
    case Json:
    case TabCount:
        m_tabs->tabBar()->setFocus();
    }
}

QString JobPage::jobName() const
{
    return m_model.detail() ? m_model.detail()->jobName : QString();
}

// The replay of a job that runs, or that was opened to see it run, comes by itself.
void JobPage::openReplay()
{
    updateTabs();
    const auto &detail = m_model.detail();
    const bool ended = detail && batch::isTerminal(detail->status);
    constexpr auto justNow = std::chrono::seconds(30);
    const auto now = batch::fromEpochMs(QDateTime::currentMSecsSinceEpoch());
    const bool isOld = ended && detail->stoppedAt && now - *detail->stoppedAt > justNow;
    const bool isWanted = std::exchange(m_wantsReplay, false);
    if (!isWanted && (m_tabChosen || isOld))
        return;
    m_showingTab = true;
    m_tabs->setCurrentIndex(Replay);
    m_showingTab = false;
}

// ---- What is shown

void JobPage::update()
{
    const auto &detail = m_model.detail();
    const QString shownName = detail ? detail->jobName : tr("Job");
    m_header->setTitle(shownName);
    m_logs->setJobName(shownName);
    m_header->setSubtitle(detail ? tr("%1 · queue %2 · %3")
                                       .arg(models::nameOfArn(detail->jobDefinition),
                                            models::nameOfArn(detail->jobQueue), detail->jobId)
                                 : QString());
    m_badge->setVisible(detail.has_value());
    if (detail)
        m_badge->setPresentation(presentation(detail->status));
    m_stepper->setSteps(m_model.steps());
    m_headline->setHeadline(m_model.headline());
    m_overview->update();
    updateChildren();
    updateTabs();
    updateAttempts();
    // A large text is made only while it is looked at.
    if (m_tabs->currentIndex() == Json && detail)
        m_json->setText(models::describeText(*detail));
    updateActions();
    if (shownName != m_shownName) {
        m_shownName = shownName;
        emit jobNameChanged();
    }
}

// The replay says the verdict itself, and a low window gives its room to the log or the replay.
void JobPage::arrangeHead()
{
    const auto tab = static_cast<Tab>(m_tabs->currentIndex());
    m_headline->setVisible(tab != Replay);
    m_stateCard->setVisible(tab == Overview || height() >= lowHeight);
}

void JobPage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    arrangeHead();
}

void JobPage::updateChildren()
{
    m_children.follow(m_model.detail());
    m_childView->update();
    QWidget *shown = m_overview;
    if (m_children.isParent())
        shown = m_childView;
    if (shown == m_overviewStack->currentWidget())
        return;
    // The keyboard must not be left behind on what is hidden now.
    const QWidget *focused = QApplication::focusWidget();
    const bool hadFocus = focused && m_overviewStack->isAncestorOf(focused);
    m_overviewStack->setCurrentWidget(shown);
    if (hadFocus)
        focusMain();
}

void JobPage::updateTabs()
{
    const bool isParent = m_children.isParent();
    m_tabs->setTabText(Overview, isParent ? tr("Jobs") : tr("Overview"));
    m_tabs->setTabEnabled(Replay, m_model.hasMaze());
    m_tabs->setTabToolTip(
        Replay,
        m_model.hasMaze() ? QString() : tr("There is a replay once the logs tell of a maze."));
    for (const Tab tab : {Logs, Attempts}) {
        m_tabs->setTabEnabled(tab, !isParent);
        m_tabs->setTabToolTip(tab,
                              isParent ? tr("Each of this job's jobs has its own.") : QString());
    }
    const auto attempts = m_model.detail() ? m_model.detail()->attempts.size() : 0;
    m_tabs->setTabText(Attempts, attempts > 0 ? tr("Attempts  %1").arg(attempts) : tr("Attempts"));
}

void JobPage::updateAttempts()
{
    const auto &detail = m_model.detail();
    QList<batch::AttemptDetail> attempts
        = detail ? detail->attempts : QList<batch::AttemptDetail>();
    // The one that runs is not among those that have ended.
    if (detail && !batch::isTerminal(detail->status) && m_model.attempt() > attempts.size()) {
        batch::AttemptDetail current;
        current.startedAt = detail->startedAt;
        current.containers = detail->containers;
        current.statusReason = tr("It is going on.");
        attempts.append(current);
    }
    m_attempts->setRowCount(static_cast<int>(attempts.size()));
    for (int row = 0; row < static_cast<int>(attempts.size()); ++row)
        showAttempt(row, attempts.at(row));
}

void JobPage::showAttempt(int row, const batch::AttemptDetail &attempt)
{
    QStringList codes;
    for (const batch::ContainerRuntime &container : attempt.containers) {
        codes.append(container.exitCode ? tr("%1: %2").arg(container.name).arg(*container.exitCode)
                                        : tr("%1: none").arg(container.name));
    }
    const auto time = models::runTime(attempt.startedAt, attempt.stoppedAt, {});
    const QStringList texts{QString::number(row + 1), models::fullTimeText(attempt.startedAt),
                            time && attempt.stoppedAt ? models::durationText(*time) : QString(),
                            codes.join(u", "_s), attempt.statusReason};
    for (int column = 0; column < static_cast<int>(texts.size()); ++column) {
        const QTableWidgetItem *item = m_attempts->item(row, column);
        if (!item || item->text() != texts.at(column))
            m_attempts->setItem(row, column, new QTableWidgetItem(texts.at(column)));
    }
}

void JobPage::stop()
{
    if (!m_model.detail())
        return;
    const batch::JobDetail &job = *m_model.detail();
    askToStopJobs(m_console.service(), {{job.jobId, job.jobName, job.status}}, this,
                  [this](const Error &error) { showError(error); });
}

void JobPage::clone()
{
    cloneJob(
        m_console.service(), m_model.jobId(), this,
        [this](const QString &id) {
            emit locationRequested({u"job"_s, id, {}});
        },
        [this](const Error &error) { showError(error); });
}

} // namespace batchyard::ui
