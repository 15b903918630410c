#include "ui/window/mainwindow.h"

#include "ui/pages/definitionspage.h"
#include "ui/pages/environmentspage.h"
#include "ui/pages/homepage.h"
#include "ui/pages/jobpage.h"
#include "ui/pages/jobspage.h"
#include "ui/pages/queuespage.h"
#include "ui/theme/errorbanner.h"
#include "ui/theme/settings.h"
#include "ui/window/commandpalette.h"
#include "ui/window/headerbar.h"
#include "ui/window/notificationpopup.h"
#include "ui/window/shortcutsheet.h"
#include "ui/window/statusline.h"

#include <QApplication>
#include <QButtonGroup>
#include <QCloseEvent>
#include <QDialog>
#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <array>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int navigationWidth = 212;
constexpr QSize smallestSize(860, 500);
constexpr QSize firstSize(1280, 800);

struct NavigationEntry {
    const char16_t *page;
    const char16_t *iconName;
};

constexpr NavigationEntry navigationEntries[] = {{u"home", u"go-home"},
                                                 {u"jobs", u"view-list-details"},
                                                 {u"definitions", u"code-context"},
                                                 {u"queues", u"view-list-tree"},
                                                 {u"environments", u"computer"}};

// Tabs of the newest job's page, and wizards: "job-logs" is tab logs of page job.
constexpr QLatin1StringView jobPrefix{"job-"};

} // namespace

MainWindow::MainWindow(batch::BatchService &service, const WindowOptions &options, QWidget *parent)
    : QMainWindow(parent)
    , m_service(service)
    , m_console(service)
    , m_remembering(options.isRemembering)
{
    setObjectName(u"mainWindow"_s);
    setWindowTitle(tr("Batchyard"));
    const Settings settings;
    m_theme = options.theme.value_or(settings.theme());
    applyTheme(*qApp, m_theme);

    buildPages(options.sample);
    buildActions();
    buildFrame();
    setMinimumSize(smallestSize);
    resize(firstSize);
    if (m_remembering)
        restoreGeometry(settings.state(objectName()));
    connect(&m_console, &models::Console::failed, this, [this](const Error &error) {
        m_notifications.addError(error);
        m_status->notice(error.message);
    });
    connect(&m_console, &models::Console::reachabilityChanged, this,
            &MainWindow::updateReachability);
    connect(&m_console, &models::Console::loaded, this, &MainWindow::showPending);
    connect(&m_notifications, &Notifications::unreadChanged, this,
            [this] { m_header->setUnread(m_notifications.unreadErrors()); });
    const QString remembered = m_remembering ? settings.page() : QString();
    goTo({page(remembered) && remembered != u"job" ? remembered : u"home"_s, {}, {}});
    m_console.start();
}

MainWindow::~MainWindow() = default;

// ---- Building

void MainWindow::buildActions()
{
    const QString view = tr("View");
    const auto add = [this, &view](const QString &id, const QString &text, const QString &iconName,
                                   const QList<QKeySequence> &keys, auto slot) {
        QAction *action = m_registry.add(id, view, text, iconName, keys);
        addAction(action);
        connect(action, &QAction::triggered, this, slot);
        return action;
    };
    add(u"view.palette"_s, tr("Search or run a command"), u"edit-find"_s,
        {QKeySequence(Qt::CTRL | Qt::Key_K), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P),
         QKeySequence(Qt::Key_F1)},
        &MainWindow::openPalette);
    add(u"view.back"_s, tr("Back"), u"go-previous"_s, {QKeySequence(Qt::ALT | Qt::Key_Left)},
        [this] {
            noteCurrentPlace();
            display(m_history.goBack());
        })
        ->setEnabled(false);
    add(u"view.forward"_s, tr("Forward"), u"go-next"_s, {QKeySequence(Qt::ALT | Qt::Key_Right)},
        [this] {
            noteCurrentPlace();
            display(m_history.goForward());
        })
        ->setEnabled(false);
    add(u"view.refresh"_s, tr("Refresh the lists"), u"view-refresh"_s, {QKeySequence(Qt::Key_F5)},
        [this] { m_console.refresh(); });
    add(u"view.toggleTheme"_s, tr("Switch between light and dark"), u"brightness-high"_s, {},
        [this] { setTheme(isDark() ? Theme::Light : Theme::Dark); });
    add(u"view.themeLight"_s, tr("Light theme"), u"brightness-high"_s, {},
        [this] { setTheme(Theme::Light); });
    add(u"view.themeDark"_s, tr("Dark theme"), u"brightness-high"_s, {},
        [this] { setTheme(Theme::Dark); });
    add(u"view.themeSystem"_s, tr("The desktop's theme"), u"brightness-high"_s, {},
        [this] { setTheme(Theme::System); });
    add(u"view.notifications"_s, tr("Notifications"), u"notifications"_s, {},
        &MainWindow::openNotifications);
    add(u"view.shortcuts"_s, tr("Keyboard shortcuts"), u"question"_s,
        {QKeySequence(Qt::Key_Question)}, &MainWindow::openShortcuts);
    add(u"view.quit"_s, tr("Close the window"), u"window-close"_s, {QKeySequence::Quit},
        &MainWindow::close);
}

void MainWindow::buildPages(const SampleRun &sample)
{
    m_stack = new QStackedWidget(this);
    m_stack->setObjectName(u"pages"_s);
    const std::array<std::pair<QString, QString>, std::size(navigationEntries)> goals{
        {{u"home"_s, tr("Go to Home")},
         {u"jobs"_s, tr("Go to Jobs")},
         {u"definitions"_s, tr("Go to Job definitions")},
         {u"queues"_s, tr("Go to Job queues")},
         {u"environments"_s, tr("Go to Compute environments")}}};
    for (int i = 0; i < static_cast<int>(goals.size()); ++i) {
        const auto &[name, text] = goals.at(static_cast<std::size_t>(i));
        QAction *action = m_registry.add(
            u"go."_s % name, tr("Go to"), text, QString::fromUtf16(navigationEntries[i].iconName),
            {QKeySequence(static_cast<int>(Qt::CTRL) | (Qt::Key_1 + i))});
        addAction(action);
        connect(action, &QAction::triggered, this, [this, name = name] { goTo({name, {}, {}}); });
    }
    m_home = new HomePage(m_console, m_registry, sample, this);
    m_jobs = new JobsPage(m_console, m_registry, this);
    m_job = new JobPage(m_console, m_registry, this);
    m_definitions = new DefinitionsPage(m_console, m_registry, this);
    m_queues = new QueuesPage(m_console, m_registry, this);
    m_environments = new EnvironmentsPage(m_console, m_registry, this);
    for (Page *each : std::initializer_list<Page *>{m_home, m_jobs, m_job, m_definitions, m_queues,
                                                    m_environments})
        addPage(each);
    connect(m_job, &JobPage::jobNameChanged, this, &MainWindow::updateCrumbs);
    connect(m_definitions, &DefinitionsPage::submitRequested, m_jobs,
            qOverload<const batch::SubmitJobRequest &>(&JobsPage::submitJob));
    // Actions that create something work from every page.
    for (const ActionRegistry::Entry &entry : m_registry.entries()) {
        if (entry.action->shortcutContext() == Qt::WindowShortcut
            && !actions().contains(entry.action))
            addAction(entry.action);
    }
}

void MainWindow::addPage(Page *added)
{
    m_stack->addWidget(added);
    connect(added, &Page::locationRequested, this, &MainWindow::goTo);
    connect(added, &Page::failed, &m_notifications, &Notifications::addError);
    connect(added, &Page::noticed, this, [this](const QString &text) {
        m_notifications.addNotice(text);
        m_status->notice(text);
    });
}

void MainWindow::buildFrame()
{
    m_header = new HeaderBar(m_registry, m_service.connectionName(), this);
    connect(m_header, &HeaderBar::locationRequested, this, &MainWindow::goTo);
    auto *navigation = new QFrame(this);
    navigation->setObjectName(u"navigation"_s);
    navigation->setProperty("navigation", true);
    navigation->setAccessibleName(tr("Pages"));
    navigation->setFixedWidth(navigationWidth);
    auto *navigationLayout = new QVBoxLayout(navigation);
    navigationLayout->setContentsMargins(spacing::normal, spacing::normal + 4, spacing::normal,
                                         spacing::normal);
    navigationLayout->setSpacing(2);
    m_navigation = new QButtonGroup(this);
    for (const NavigationEntry &entry : navigationEntries) {
        const QString name = QString::fromUtf16(entry.page);
        const QAction *action = m_registry.find(u"go."_s % name);
        auto *button = new QPushButton(page(name)->title(), navigation);
        button->setObjectName(u"nav-"_s % name);
        button->setAccessibleName(page(name)->title());
        button->setToolTip(action->toolTip());
        button->setProperty("nav", true);
        button->setCheckable(true);
        button->setIcon(icon(QString::fromUtf16(entry.iconName)));
        button->setIconSize(QSize(18, 18));
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        m_navigation->addButton(button);
        navigationLayout->addWidget(button);
    }
    navigationLayout->addStretch();

    m_unreachableBox = new QWidget(this);
    m_unreachable = new ErrorBanner(m_unreachableBox);
    m_unreachable->setObjectName(u"unreachableBanner"_s);
    auto *bannerBox = new QVBoxLayout(m_unreachableBox);
    bannerBox->setContentsMargins(spacing::page, spacing::wide, spacing::page, 0);
    bannerBox->addWidget(m_unreachable);
    m_unreachableBox->hide();
    connect(m_unreachable, &ErrorBanner::dismissed, m_unreachableBox, &QWidget::hide);
    auto *pages = new QVBoxLayout;
    pages->setSpacing(0);
    pages->addWidget(m_unreachableBox);
    pages->addWidget(m_stack, 1);
    auto *middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(navigation);
    middle->addLayout(pages, 1);
    auto *central = new QWidget(this);
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addLayout(middle, 1);
    setCentralWidget(central);
    m_status = new StatusLine(m_console, this);
    setStatusBar(m_status);
    m_palette = new CommandPalette(m_console, m_registry, this);
    connect(m_palette, &CommandPalette::locationRequested, this, &MainWindow::goTo);
    m_popup = new NotificationPopup(m_notifications, this);
}

// ---- Places

Page *MainWindow::page(const QString &name) const
{
    for (Page *each : std::initializer_list<Page *>{m_home, m_jobs, m_job, m_definitions, m_queues,
                                                    m_environments}) {
        if (each->name() == name)
            return each;
    }
    return nullptr;
}

Page *MainWindow::currentPage() const
{
    return qobject_cast<Page *>(m_stack->currentWidget());
}

void MainWindow::noteCurrentPlace()
{
    m_history.replaceCurrent(currentPage()->location());
}

void MainWindow::goTo(const Location &location)
{
    noteCurrentPlace();
    display(location);
    m_history.visit(currentPage()->location());
    updateHistory();
}

void MainWindow::display(const Location &location)
{
    Page *shown = page(location.page);
    if (!shown)
        return;
    for (int i = 0; i < m_stack->count(); ++i) {
        auto *each = qobject_cast<Page *>(m_stack->widget(i));
        if (each != shown)
            each->setActive(false);
    }
    m_stack->setCurrentWidget(shown);
    shown->setActive(true);
    shown->show(location);
    shown->focusMain();
    // The job's page belongs to Jobs.
    const QString navigationName = location.page == u"job" ? u"jobs"_s : location.page;
    if (auto *button = findChild<QPushButton *>(u"nav-"_s % navigationName))
        button->setChecked(true);
    if (m_remembering)
        Settings().setPage(navigationName);
    updateCrumbs();
    updateHistory();
}

void MainWindow::updateHistory()
{
    m_registry.find(u"view.back"_s)->setEnabled(m_history.canGoBack());
    m_registry.find(u"view.forward"_s)->setEnabled(m_history.canGoForward());
}

void MainWindow::updateCrumbs()
{
    const Page *shown = currentPage();
    if (shown != m_job) {
        m_header->setCrumbs({{shown->title(), {shown->name(), {}, {}}}});
        setWindowTitle(tr("%1 - Batchyard").arg(shown->title()));
        return;
    }
    const QString name = m_job->jobName().isEmpty() ? tr("Job") : m_job->jobName();
    m_header->setCrumbs({{m_jobs->title(), {u"jobs"_s, {}, {}}}, {name, m_job->location()}});
    setWindowTitle(tr("%1 - Batchyard").arg(name));
}

QStringList MainWindow::pageNames()
{
    return {u"home"_s,          u"jobs"_s,
            u"job"_s,           u"job-logs"_s,
            u"job-replay"_s,    u"job-attempts"_s,
            u"job-json"_s,      u"definitions"_s,
            u"queues"_s,        u"environments"_s,
            u"wizard-submit"_s, u"wizard-definition"_s,
            u"wizard-queue"_s,  u"wizard-environment"_s};
}

bool MainWindow::showPage(const QString &name)
{
    if (!pageNames().contains(name))
        return false;
    m_pendingPage = name;
    showPending();
    return true;
}

void MainWindow::showPending()
{
    if (m_pendingPage.isEmpty())
        return;
    for (int list = 0; list < models::Console::ListCount; ++list) {
        if (!m_console.isLoaded(static_cast<models::Console::List>(list)))
            return;
    }
    const QString name = std::exchange(m_pendingPage, {});
    if (name == u"wizard-submit") {
        m_jobs->submitJob();
    } else if (name == u"wizard-definition") {
        m_definitions->createDefinition();
    } else if (name == u"wizard-queue") {
        m_queues->createQueue();
    } else if (name == u"wizard-environment") {
        m_environments->createEnvironment();
    } else if (name == u"job" || name.startsWith(jobPrefix)) {
        const QList<batch::JobSummary> &jobs = m_console.jobs().records();
        const QString tab = name == u"job" ? u"overview"_s : name.mid(jobPrefix.size());
        if (jobs.isEmpty())
            goTo({u"jobs"_s, {}, {}});
        else
            goTo({u"job"_s, jobs.first().jobId, tab});
    } else {
        goTo({name, {}, {}});
    }
}

QWidget *MainWindow::shownWidget()
{
    for (QDialog *dialog : findChildren<QDialog *>()) {
        if (dialog->isVisible())
            return dialog;
    }
    return this;
}

// ---- Dialogs, theme, connection

void MainWindow::openPalette()
{
    m_palette->openOver(this);
}

void MainWindow::openNotifications()
{
    m_popup->openBelow(m_header->notificationButton());
}

void MainWindow::openShortcuts()
{
    auto *sheet = new ShortcutSheet(m_registry, this);
    sheet->open();
}

void MainWindow::setTheme(Theme theme)
{
    m_theme = theme;
    m_applyingTheme = true;
    applyTheme(*qApp, theme);
    m_applyingTheme = false;
    Settings().setTheme(theme);
}

void MainWindow::updateReachability()
{
    m_unreachableBox->setVisible(!m_console.isReachable());
    if (m_console.isReachable())
        m_unreachable->dismiss();
    else
        m_unreachable->showError({ErrorCode::Unreachable, m_console.reachabilityProblem(), {}});
}

void MainWindow::changeEvent(QEvent *event)
{
    // The desktop has switched between light and dark.
    if (event->type() == QEvent::ThemeChange && m_theme == Theme::System && !m_applyingTheme)
        setTheme(Theme::System);
    QMainWindow::changeEvent(event);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_remembering)
        Settings().setState(objectName(), saveGeometry());
    QMainWindow::closeEvent(event);
}

} // namespace batchyard::ui
