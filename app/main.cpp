// The program: reads the command line and hands over to the command it names.
#include "app/commandline.h"
#include "app/commands/commands.h"
#include "app/commands/console.h"
#include "app/commands/executor.h"
#include "app/commands/fields.h"
#include "app/commands/secrets.h"
#include "app/terminal.h"
#include "backend/client/executorprocess.h"
#include "backend/client/httpbatchservice.h"

#include <QApplication>
#include <QCoreApplication>
#include <QGuiApplication>

#include <memory>

namespace batchyard::app {

namespace {

bool hasDisplay()
{
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY")
        || qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
}

// Qt wants a directory of the user's own there and complains aloud where the session set none.
void provideRuntimeDirectory()
{
    Paths paths;
    paths.state = Paths::stateFromEnvironment();
    if (!qEnvironmentVariableIsSet("XDG_RUNTIME_DIR") && paths.makeState())
        qputenv("XDG_RUNTIME_DIR", paths.state.toLocal8Bit());
}

// Each command gets the least application object that it needs: a service process and a pipe's
// client need no fonts and no display.
std::unique_ptr<QCoreApplication> makeApplication(const Command &command, int &argc, char **argv)
{
    const bool picture = std::holds_alternative<RunOptions>(command);
    const bool screenshot = std::holds_alternative<ScreenshotOptions>(command);
    if ((picture && !hasDisplay()) || screenshot)
        qputenv("QT_QPA_PLATFORM", "offscreen");
    std::unique_ptr<QCoreApplication> application;
    if (screenshot || std::holds_alternative<ConsoleOptions>(command))
        application = std::make_unique<QApplication>(argc, argv);
    else if (picture)
        application = std::make_unique<QGuiApplication>(argc, argv);
    else
        application = std::make_unique<QCoreApplication>(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("batchyard"));
    QCoreApplication::setOrganizationName(QStringLiteral("batchyard"));
    QCoreApplication::setApplicationVersion(QStringLiteral(BATCHYARD_VERSION));
    return application;
}

// Calls command(service) with a service that leads to the local executor.
template <typename Function>
int withService(const Paths &paths, Function command)
{
    client::ExecutorProcess process(QCoreApplication::applicationFilePath(), paths);
    client::HttpBatchService service(QStringLiteral("Local"), client::localEndpoint(process));
    service.watch();
    return command(service);
}

struct Dispatch {
    const Paths &paths;

    int operator()(const ExecutorOptions &options) const
    {
        return options.stop ? stopExecutor(paths) : serveAsExecutor(options, paths);
    }
    int operator()(const ConnectionOptions &options) const
    {
        return printConnection(options, paths);
    }
    int operator()(const FieldsOptions &options) const { return printFields(options); }
    int operator()(const SecretsOptions &options) const { return keepSecrets(options, paths); }
    int operator()(const RunOptions &options) const
    {
        return withService(paths,
                           [&](auto &service) { return runExample(options, service, paths); });
    }
    int operator()(const ConsoleOptions &options) const
    {
        return withService(paths,
                           [&](auto &service) { return openConsole(options, service, paths); });
    }
    int operator()(const ScreenshotOptions &options) const
    {
        return withService(paths,
                           [&](auto &service) { return takeScreenshot(options, service, paths); });
    }
    int operator()(const SubmitOptions &options) const
    {
        return withService(paths, [&](auto &service) { return submit(options, service); });
    }
    int operator()(const JobsOptions &options) const
    {
        return withService(paths, [&](auto &service) { return listJobs(options, service); });
    }
    int operator()(const DescribeOptions &options) const
    {
        return withService(paths, [&](auto &service) { return describeJobs(options, service); });
    }
    int operator()(const LogsOptions &options) const
    {
        return withService(paths, [&](auto &service) { return printLogs(options, service); });
    }
    int operator()(const EndOptions &options) const
    {
        return withService(paths, [&](auto &service) { return endJob(options, service); });
    }
};

} // namespace

} // namespace batchyard::app

int main(int argc, char **argv)
{
    using namespace batchyard;
    const auto parsed = app::parseCommandLine(argc, argv, app::hasDisplay());
    if (const int *status = std::get_if<int>(&parsed))
        return *status;
    const app::Command &command = std::get<app::Command>(parsed);
    app::provideRuntimeDirectory();
    const auto application = app::makeApplication(command, argc, argv);
    const Paths paths = Paths::fromEnvironment();
    return std::visit(app::Dispatch{paths}, command);
}
