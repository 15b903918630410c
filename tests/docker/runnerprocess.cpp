// The runner as a process of its own, to be killed by tst_killcampaign: takes up the jobs that are
// in the store of a state directory and runs them on the engine at a socket, until it is killed.
#include "backend/docker/httpengine.h"
#include "backend/executor/runner/jobdispatcher.h"

#include <QCoreApplication>

using namespace batchyard;

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    if (argc != 3)
        qFatal("Usage: runnerprocess STATE-DIRECTORY SOCKET");
    Paths paths = Paths::fromEnvironment();
    paths.state = QString::fromLocal8Bit(argv[1]);
    const auto store = executor::Store::open(paths.database());
    if (!store)
        qFatal("%s", qPrintable(store.error().message));
    docker::HttpEngine engine(QString::fromLocal8Bit(argv[2]));
    executor::ChangeFeed feed;
    executor::RunnerSettings settings;
    settings.isolatedNetwork = true;
    executor::JobDispatcher dispatcher(**store, engine, feed, paths, settings);
    if (const auto started = dispatcher.start(); !started)
        qFatal("%s", qPrintable(started.error().message));
    return application.exec();
}
