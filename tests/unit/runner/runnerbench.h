// A dispatcher with a store in a directory of its own, on whatever engine a test gives it. The
// dispatcher can be dropped, as a crash does, and another started on the same store.
#pragma once

#include "backend/batch/computeenvironment.h"
#include "backend/batch/job.h"
#include "backend/batch/jobqueue.h"
#include "backend/executor/changefeed.h"
#include "backend/executor/runner/jobdispatcher.h"

#include <QTemporaryDir>
#include <QTest>

namespace batchyard::test {

// What a test says of a container; the rest is the usual.
struct TestContainer {
    QString name;
    QStringList command;
    bool essential = true;
    QList<batch::TaskContainerDependency> dependsOn = {};
    QString image = QStringLiteral("tiny:1");

    [[nodiscard]] batch::TaskContainerProperties properties() const;
};

[[nodiscard]] batch::TaskContainerDependency onStart(const QString &container);
[[nodiscard]] batch::TaskContainerDependency onComplete(const QString &container);
[[nodiscard]] batch::TaskContainerDependency onSuccess(const QString &container);
[[nodiscard]] batch::EcsTaskProperties taskOf(const QList<TestContainer> &containers);
// {"sh", "-c", script}
[[nodiscard]] QStringList shell(const QString &script);

// Short intervals, so that tests of retries and reconciling do not take long.
[[nodiscard]] executor::RunnerSettings quickSettings();

struct JobWishes {
    std::optional<batch::RetryStrategy> retry = {};
    std::optional<int> timeoutSeconds = {};
    QStringList dependsOn = {}; // job ids
    batch::Tags tags = {};
    std::optional<int> arraySize = {};
    QList<batch::JobDependency> typedDependencies = {}; // besides dependsOn
    QMap<QString, qint64> consumables = {}; // quantities by name
    QString queue = QStringLiteral("q");
    bool fargate = false;
    QList<batch::TaskContainerOverrides> overrides = {};
    QString share = {};
};

class RunnerBench
{
public:
    using Wishes = JobWishes;

    explicit RunnerBench(docker::Engine &engine,
                         const executor::RunnerSettings &settings = quickSettings());

    // Before startDispatcher(): the bundled images are built from the folders of the build tree.
    // Without it every image is taken as the engine has it.
    void useBundledImages() { m_paths.share = Paths::fromEnvironment().share; }
    [[nodiscard]] const Paths &paths() const { return m_paths; }
    [[nodiscard]] executor::Store &store() { return *m_store; }
    [[nodiscard]] executor::JobDispatcher &dispatcher() { return *m_dispatcher; }
    [[nodiscard]] executor::ChangeFeed &feed() { return m_feed; }
    [[nodiscard]] executor::RunnerSettings &settings() { return m_settings; }
    void startDispatcher();
    void dropDispatcher() { m_dispatcher.reset(); }
    void restartDispatcher();
    void setHostVcpus(int vcpus); // of the compute environment

    // Resources besides the environment "ce" and the queue "q", or in their place.
    void put(const batch::ComputeEnvironment &environment);
    void put(const batch::JobQueue &queue);
    void put(const batch::ConsumableResource &resource);
    void put(const batch::SchedulingPolicy &policy);
    [[nodiscard]] static batch::ComputeEnvironment environment(const QString &name, int vcpus,
                                                               const QString &type);
    [[nodiscard]] static batch::JobQueue queue(const QString &name, const QString &environment);

    // Only into the store, as a crash before the dispatcher hears of it would have it.
    [[nodiscard]] QString accept(const batch::EcsTaskProperties &task, const Wishes &wishes = {});
    [[nodiscard]] QString submit(const batch::EcsTaskProperties &task, const Wishes &wishes = {});
    // One task for each node.
    [[nodiscard]] QString submitNodes(const QList<batch::EcsTaskProperties> &tasks,
                                      int mainNode = 0, const Wishes &wishes = {});

    [[nodiscard]] executor::JobRecord job(const QString &id) const;
    [[nodiscard]] QString status(const QString &id) const { return toString(job(id).status); }
    [[nodiscard]] executor::AttemptRecord attempt(const QString &id, int number = 1) const;
    [[nodiscard]] executor::core::ContainerState container(const QString &id, int index,
                                                           int attempt = 1) const;
    [[nodiscard]] QString dockerName(const QString &id, int index, int attempt = 1) const;
    [[nodiscard]] QString history(const QString &id) const; // "SUBMITTED RUNNABLE …"
    [[nodiscard]] QString logPath(const QString &id, int index, int attempt = 1) const;
    // The text of the container's log lines.
    [[nodiscard]] QStringList lines(const QString &id, int index, int attempt = 1) const;
    [[nodiscard]] bool isEnded(const QString &id) const { return isTerminal(job(id).status); }
    [[nodiscard]] bool isIdle() const { return m_dispatcher->isIdle(); }

private:
    void putResource(executor::ResourceKind kind, const QString &name, const QByteArray &document);
    [[nodiscard]] QString accept(const batch::JobDefinition &definition, const Wishes &wishes);

    docker::Engine &m_engine;
    QTemporaryDir m_directory;
    Paths m_paths;
    executor::RunnerSettings m_settings;
    executor::ChangeFeed m_feed;
    std::unique_ptr<executor::Store> m_store;
    std::unique_ptr<executor::JobDispatcher> m_dispatcher;
    int m_submitted = 0;
};

} // namespace batchyard::test
