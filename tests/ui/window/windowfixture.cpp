#include "tests/ui/window/windowfixture.h"

#include "tests/ui/window/mazelog.h"

#include <QApplication>
#include <QSettings>
#include <QStackedWidget>
#include <QTest>

namespace batchyard::test {

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::batch;

WindowFixture::WindowFixture()
    : m_service(std::make_unique<FakeBatchService>())
{
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
    m_service->addSamples();
}

WindowFixture::~WindowFixture()
{
    close();
}

ui::MainWindow &WindowFixture::open(QSize size, ui::Theme theme)
{
    close();
    ui::WindowOptions options;
    options.theme = theme;
    options.sample.request.jobName = u"maze"_s;
    options.sample.request.jobQueue
        = m_service->queues.isEmpty() ? u"default"_s : m_service->queues.first().jobQueueName;
    options.sample.request.jobDefinition = u"maze"_s;
    options.sample.run = [this] {
        SubmitJobRequest request;
        request.jobName = u"maze"_s;
        request.jobQueue = u"default"_s;
        request.jobDefinition = u"maze"_s;
        return m_service->submitJob(request);
    };
    m_window = std::make_unique<ui::MainWindow>(*m_service, options);
    m_window->resize(size);
    m_window->show();
    QApplication::setActiveWindow(m_window.get());
    if (!QTest::qWaitForWindowExposed(m_window.get()))
        qFatal("The window was not shown.");
    return *m_window;
}

void WindowFixture::close()
{
    m_window.reset();
}

QString WindowFixture::page()
{
    return find<QStackedWidget>(QStringLiteral("pages"))->currentWidget()->objectName();
}

QDialog *WindowFixture::openDialog(const QString &name)
{
    QDialog *dialog = nullptr;
    const bool open = QTest::qWaitFor([&] {
        dialog = m_window->findChild<QDialog *>(name);
        return dialog && dialog->isVisible();
    });
    if (!open)
        qFatal("The dialog %s did not open.", qPrintable(name));
    return dialog;
}

void WindowFixture::addManyJobs()
{
    const EcsTaskProperties task
        = m_service->definitions.first().task().value_or(EcsTaskProperties{});
    FakeBatchService &service = *m_service;
    service.clock = fromEpochMs(QDateTime::currentMSecsSinceEpoch() - 3'600'000);
    const auto runTo = [&](const QString &name, JobStatus status) {
        const QString id = service.addJob(name, task);
        for (int state = 1; state <= static_cast<int>(qMin(status, JobStatus::Running)); ++state) {
            service.clock += std::chrono::milliseconds(240 * state);
            service.moveJob(id, static_cast<JobStatus>(state));
        }
        return id;
    };
    const auto start = [&](const QString &id) {
        for (const TaskContainerProperties &container : task.containers) {
            ContainerLiveState state;
            state.name = container.name;
            state.phase = ContainerPhase::Running;
            state.startedAt = service.clock;
            service.setContainer(id, state);
        }
    };
    const MazeLog solved = makeMazeLog(24, 12, 3);
    for (int i = 1; i <= 9; ++i) {
        succeeded = runTo(u"maze-bfs-%1"_s.arg(i), JobStatus::Running);
        start(succeeded);
        service.log(succeeded, u"model"_s, solved.map);
        service.log(succeeded, u"model"_s, solved.access, LogLine::Stream::Stderr);
        service.log(succeeded, u"agent"_s, solved.begin + QStringList{solved.key} + solved.end);
        service.clock += std::chrono::seconds(9 + 7 * i);
        service.endContainer(succeeded, u"agent"_s, 0, true);
        service.endContainer(succeeded, u"model"_s, 143);
        service.live(succeeded)->containers.first().stoppedByBatch = true;
        service.moveJob(succeeded, JobStatus::Succeeded, u"Essential container in task exited"_s);
        service.clock += std::chrono::seconds(100);
    }
    failed = runTo(u"maze-wall-follower"_s, JobStatus::Running);
    start(failed);
    service.log(failed, u"model"_s, {u"100.00%"_s});
    service.log(failed, u"agent"_s,
                {u"ERROR ConnectionError: no answer from http://127.0.0.1:5555/maze/size"_s,
                 u"ERROR ConnectionError: giving up after 10 tries"_s},
                LogLine::Stream::Stderr);
    service.clock += std::chrono::seconds(12);
    service.endContainer(failed, u"agent"_s, 2, true);
    service.endContainer(failed, u"model"_s, 143);
    service.live(failed)->containers.first().stoppedByBatch = true;
    service.moveJob(failed, JobStatus::Failed, u"Essential container in task exited"_s);
    waiting = runTo(u"maze-large"_s, JobStatus::Pending);
    service.moveJob(waiting, JobStatus::Runnable,
                    u"Needs 4 vCPU, 2 are free. Starts when maze-dfs ends."_s);
    service.clock = fromEpochMs(QDateTime::currentMSecsSinceEpoch() - 42'000);
    running = runTo(u"maze-dfs"_s, JobStatus::Running);
    start(running);
    // Stands still in the middle of its second half.
    const MazeLog maze = makeMazeLog(40, 16, 7);
    const auto logAccess = [&](const QString &id, qsizetype from, qsizetype count) {
        service.log(id, u"model"_s, maze.access.mid(from, count), LogLine::Stream::Stderr);
    };
    service.log(running, u"model"_s, maze.map);
    service.log(running, u"agent"_s, maze.begin);
    logAccess(running, 0, maze.keyAt);
    service.log(running, u"agent"_s, {maze.key});
    logAccess(running, maze.keyAt, (maze.access.size() - maze.keyAt) / 2);
    EngineStatus engine;
    engine.reachable = true;
    engine.endpoint = u"/var/run/docker.sock"_s;
    engine.version = u"20.10.24"_s;
    engine.cpus = 4;
    engine.memoryMiB = 16'000;
    engine.vcpusInUse = 2;
    engine.memoryInUseMiB = 1'024;
    service.setEngine(engine);
}

} // namespace batchyard::test
