#include "app/commands/console.h"

#include "app/signals.h"
#include "app/terminal.h"
#include "backend/client/samplemaze.h"
#include "ui/window/mainwindow.h"

#include <QApplication>
#include <QDir>
#include <QEventLoop>
#include <QPixmap>
#include <QSettings>
#include <QTimer>

#include <csignal>

namespace batchyard::app {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

// Slow enough for the eye to follow the walk in the window.
constexpr int stepDelayMs = 4;
// How long a page may take to have what it shows, and to lay it out and paint it.
constexpr auto pageDeadline = 15s;
constexpr auto settleTime = 1s;

ui::SampleRun sampleRun(batch::BatchService &service, const Paths &paths)
{
    const client::SampleMaze sample(paths.samples());
    client::MazeOptions options;
    options.stepDelayMs = stepDelayMs;
    return {sample.request(options),
            [&service, sample, options] { return sample.run(service, options); }};
}

// What the person set lies with everything else of Batchyard's.
void keepSettingsIn(const Paths &paths)
{
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, paths.state + "/settings"_L1);
}

void wait(std::chrono::milliseconds time)
{
    QEventLoop loop;
    QTimer::singleShot(time, &loop, &QEventLoop::quit);
    loop.exec();
}

bool waitForPage(const ui::MainWindow &window)
{
    const auto begun = std::chrono::steady_clock::now();
    while (!window.isPageShown()) {
        if (std::chrono::steady_clock::now() - begun > pageDeadline)
            return false;
        wait(20ms);
    }
    wait(settleTime);
    return true;
}

int failForPage(const QString &page)
{
    return fail({ErrorCode::InvalidInput,
                 u"There is no page %1. The pages are: %2."_s.arg(
                     page, ui::MainWindow::pageNames().join(u", "_s)),
                 {}});
}

} // namespace

int openConsole(const ConsoleOptions &options, batch::BatchService &service, const Paths &paths)
{
    keepSettingsIn(paths);
    const Signals terminated({SIGTERM, SIGINT}, [](int) { QApplication::closeAllWindows(); });
    ui::WindowOptions windowOptions;
    windowOptions.sample = sampleRun(service, paths);
    ui::MainWindow window(service, windowOptions);
    if (!options.page.isEmpty() && !window.showPage(options.page))
        return failForPage(options.page);
    window.show();
    if (options.announce) {
        // Behind the events of showing and painting in the queue.
        QTimer::singleShot(0, &window, [&window] {
            window.repaint();
            print("shown");
        });
    }
    return QApplication::exec();
}

int takeScreenshot(const ScreenshotOptions &options, batch::BatchService &service,
                   const Paths &paths)
{
    keepSettingsIn(paths);
    auto &application = *static_cast<QApplication *>(QCoreApplication::instance());
    ui::WindowOptions windowOptions;
    windowOptions.sample = sampleRun(service, paths);
    windowOptions.theme = ui::themeFromName(options.theme);
    windowOptions.isRemembering = false;
    ui::applyTheme(application, *windowOptions.theme);

    ui::MainWindow window(service, windowOptions);
    window.resize(options.width, options.height);
    window.show();
    if (!window.showPage(options.page))
        return failForPage(options.page);
    if (!waitForPage(window)) {
        return fail({ErrorCode::Timeout,
                     u"The page %1 had nothing to show within %2 s."_s.arg(options.page)
                         .arg(pageDeadline.count()),
                     {}});
    }
    const QString path = QDir().absoluteFilePath(options.file);
    if (!window.shownWidget()->grab().save(path, "PNG"))
        return fail({ErrorCode::Io, u"The picture could not be written to %1."_s.arg(path), {}});
    return 0;
}

} // namespace batchyard::app
