// What tests of the real program share: a private engine, the program as the executor on it, and an
// API that speaks to it.
#pragma once

#include "backend/docker/httpengine.h"
#include "tests/docker/campaign/api.h"
#include "tests/docker/campaign/executorprogram.h"
#include "tests/docker/campaign/recorder.h"
#include "tests/docker/campaign/workload.h"
#include "tests/support/engine/privateengine.h"

#include <QTemporaryDir>
#include <QTest>

namespace batchyard::test {

class ProgramTest : public QObject
{
    Q_OBJECT

private slots:
    // With an engine and work; a test that needs other surroundings has slots of its own.
    void initTestCase();
    void cleanupTestCase() { endAll(); }

protected:
    static constexpr int limitMs = 60'000;

    // In this order; then the queue and the definitions of the Workload are there.
    void makeEngine();
    void beginWork();
    void endAll();

    void serve(); // starts the program and waits until it says where it listens
    void killAndServe();

    // SubmitJob to the Workload's queue; in the definition, each container runs this shell script.
    [[nodiscard]] static Json
    submission(const std::string &name, const char *definition,
               const QList<std::pair<const char *, const char *>> &scripts);
    [[nodiscard]] QString submit(const Json &request); // its id, empty on an error
    [[nodiscard]] Json describe(const QString &id);
    [[nodiscard]] QString status(const QString &id);
    // Of the attempt that runs or ran last.
    [[nodiscard]] QStringList lines(const QString &id, const char *container);
    // Why it waits, by the extension.
    [[nodiscard]] QString waitReason(const QString &id);

    QTemporaryDir m_directory; // the state's
    Paths m_paths{m_directory.path(), {}};
    std::unique_ptr<PrivateEngine> m_daemon;
    std::unique_ptr<docker::HttpEngine> m_engine;
    std::unique_ptr<Recorder> m_recorder;
    std::unique_ptr<ExecutorProgram> m_executor;
    std::unique_ptr<Api> m_api;
};

} // namespace batchyard::test
