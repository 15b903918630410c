#include "app/commands/executor.h"

#include "app/await.h"
#include "app/process.h"
#include "app/signals.h"
#include "app/terminal.h"
#include "backend/client/executorprocess.h"
#include "backend/client/httpbatchservice.h"
#include "backend/client/samplemaze.h"
#include "backend/executor/executor.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QThread>

#include <csignal>
#include <unistd.h>

namespace batchyard::app {

using namespace Qt::Literals::StringLiterals;

namespace {

// A first start finds the sample environment, queue and definition there. They are made through the
// API like everybody's, so a failure is no reason not to serve.
void createSamples(const client::SampleMaze &sample, client::HttpBatchService &service)
{
    onFinished(sample.ensureResources(service, {}), &service, [](const Result<void> &created) {
        if (!created)
            complain(u"batchyard: the samples were not created: "_s + created.error().message);
    });
}

} // namespace

int serveAsExecutor(const ExecutorOptions &options, const Paths &paths)
{
    forbidDumps();
    if (const QString warning = rootWarning(::geteuid()); !warning.isEmpty())
        complain(u"batchyard executor: "_s + warning);
    executor::ExecutorSettings settings;
    settings.paths = paths;
    settings.port = static_cast<quint16>(options.port);
    settings.engineSocket = options.engine;
    settings.idleTimeout = options.idleTimeout;
    settings.recover = options.recover;
    executor::Executor executor(settings);
    const Result<void> started = executor.start();
    if (!started)
        return fail(started.error());
    if (const QString text = executor.recoveryText(); !text.isEmpty())
        complain(u"batchyard executor: "_s + text);
    complain(u"batchyard executor: http://127.0.0.1:%1, state in %2"_s.arg(executor.port())
                 .arg(paths.state));

    const Signals terminated({SIGTERM, SIGINT}, [](int) { QCoreApplication::quit(); });
    QObject::connect(&executor, &executor::Executor::idle, QCoreApplication::instance(),
                     &QCoreApplication::quit);

    const client::SampleMaze sample(paths.samples());
    client::ExecutorProcess self(QCoreApplication::applicationFilePath(), paths);
    client::HttpBatchService service(u"Local"_s, client::localEndpoint(self));
    if (executor.isFirstStart())
        createSamples(sample, service);
    return QCoreApplication::exec();
}

int stopExecutor(const Paths &paths)
{
    client::ExecutorProcess process(QCoreApplication::applicationFilePath(), paths);
    const Result<client::LocalConnection> connection = await(process.findRunning());
    if (!connection) {
        complain(u"No executor is running."_s);
        return 0;
    }
    const auto pid = static_cast<pid_t>(connection->pid);
    if (kill(pid, SIGTERM) != 0)
        return fail(
            {ErrorCode::AccessDenied, u"Process %1 cannot be ended by you."_s.arg(pid), {}});
    QElapsedTimer timer;
    timer.start();
    while (kill(pid, 0) == 0) {
        if (timer.hasExpired(15'000)) {
            return fail({ErrorCode::Timeout,
                         u"The executor (process %1) has not ended within 15 s."_s.arg(pid),
                         {}});
        }
        QThread::msleep(20);
    }
    return 0;
}

int printConnection(const ConnectionOptions &options, const Paths &paths)
{
    client::ExecutorProcess process(QCoreApplication::applicationFilePath(), paths);
    const Result<client::LocalConnection> connection = await(process.ensureRunning());
    if (!connection)
        return fail(connection.error());
    switch (options.format) {
    case ConnectionOptions::Format::Environment:
        print(client::connectionAsEnvironment(*connection).trimmed());
        break;
    case ConnectionOptions::Format::Json:
        print(client::connectionAsJson(*connection).trimmed());
        break;
    case ConnectionOptions::Format::Text:
        print(table({{u"endpoint"_s, connection->endpoint},
                     {u"region"_s, connection->region},
                     {u"access key id"_s, connection->credentials.accessKeyId},
                     {u"secret access key"_s, u"in %1"_s.arg(paths.connectionFile())},
                     {u"process"_s, QString::number(connection->pid)}}));
        complain(u"For a shell: eval \"$(batchyard connection --env)\""_s);
        break;
    }
    return 0;
}

} // namespace batchyard::app
