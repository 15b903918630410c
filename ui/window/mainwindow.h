// The window of the console: header, navigation, pages, status bar; one registry of actions behind
// the palette, the menus and the keys.
#pragma once

#include "models/console/console.h"
#include "ui/pages/actionregistry.h"
#include "ui/pages/location.h"
#include "ui/pages/samplerun.h"
#include "ui/theme/theme.h"
#include "ui/window/history.h"
#include "ui/window/notifications.h"

#include <QMainWindow>
#include <QPointer>

class QButtonGroup;
class QLabel;
class QStackedWidget;

namespace batchyard::ui {

class CommandPalette;
class DefinitionsPage;
class EnvironmentsPage;
class ErrorBanner;
class HeaderBar;
class HomePage;
class JobPage;
class JobsPage;
class NotificationPopup;
class Page;
class QueuesPage;
class StatusLine;

struct WindowOptions {
    SampleRun sample; // without run, the button is disabled
    // The theme that was applied at the start; nullopt: the one remembered, applied by the window.
    std::optional<Theme> theme;
    bool isRemembering = true; // geometry and last page
};

class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    // The service must outlive the window.
    MainWindow(batch::BatchService &service, const WindowOptions &options,
               QWidget *parent = nullptr);
    ~MainWindow() override;

    // Names that showPage() takes: the pages, the tabs of the newest job's page, the wizards.
    [[nodiscard]] static QStringList pageNames();
    // Shows the page, waiting for the lists when it needs them; false when there is no such page.
    bool showPage(const QString &name);
    // False while a page asked for by showPage() waits for its lists.
    [[nodiscard]] bool isPageShown() const { return m_pendingPage.isEmpty(); }
    // The window, or the dialog that showPage() opened over it; what a picture is taken of.
    [[nodiscard]] QWidget *shownWidget();

    void goTo(const Location &location);
    [[nodiscard]] models::Console &console() { return m_console; }
    [[nodiscard]] const ActionRegistry &registry() const { return m_registry; }

protected:
    void changeEvent(QEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

private:
    void buildActions();
    void buildPages(const SampleRun &sample);
    void buildFrame();
    void addPage(Page *page);
    [[nodiscard]] Page *page(const QString &name) const;
    [[nodiscard]] Page *currentPage() const;
    void display(const Location &location);
    void noteCurrentPlace();
    void updateHistory();
    void updateCrumbs();
    void showPending();
    void openPalette();
    void openNotifications();
    void openShortcuts();
    void setTheme(Theme theme);
    void updateReachability();

    batch::BatchService &m_service;
    models::Console m_console;
    ActionRegistry m_registry;
    Notifications m_notifications;
    History m_history;
    Theme m_theme = Theme::System;
    bool m_remembering;
    bool m_applyingTheme = false;
    QString m_pendingPage;

    HeaderBar *m_header = nullptr;
    QButtonGroup *m_navigation = nullptr;
    QWidget *m_unreachableBox = nullptr;
    ErrorBanner *m_unreachable = nullptr;
    QStackedWidget *m_stack = nullptr;
    StatusLine *m_status = nullptr;
    CommandPalette *m_palette = nullptr;
    NotificationPopup *m_popup = nullptr;
    HomePage *m_home = nullptr;
    JobsPage *m_jobs = nullptr;
    JobPage *m_job = nullptr;
    DefinitionsPage *m_definitions = nullptr;
    QueuesPage *m_queues = nullptr;
    EnvironmentsPage *m_environments = nullptr;
};

} // namespace batchyard::ui
