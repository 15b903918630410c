#include "tests/docker/campaign/executorprogram.h"

#include "backend/client/localconnection.h"

#include <QFile>

#include <csignal>
#include <sys/prctl.h>

namespace batchyard::test {

namespace {

constexpr int endLimitMs = 15'000;

}

ExecutorProgram::ExecutorProgram(QString program, Paths paths, const QString &engineSocket)
    : m_program(std::move(program))
    , m_paths(std::move(paths))
    , m_arguments{QStringLiteral("executor"), QStringLiteral("--engine"), engineSocket,
                  QStringLiteral("--idle-timeout"), QStringLiteral("0")}
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("BATCHYARD_HOME"), m_paths.state);
    environment.insert(QStringLiteral("BATCHYARD_NETWORK"), QStringLiteral("none"));
    m_process.setProcessEnvironment(environment);
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setStandardOutputFile(m_paths.state + QStringLiteral("/campaign.log"),
                                    QIODevice::Append);
    // A campaign that is killed leaves no executor behind.
    m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
}

ExecutorProgram::~ExecutorProgram()
{
    kill();
}

void ExecutorProgram::start(const QStringList &options)
{
    m_process.start(m_program, m_arguments + options);
    m_shouldRun = m_process.waitForStarted();
}

void ExecutorProgram::kill()
{
    m_shouldRun = false;
    m_process.kill();
    m_process.waitForFinished();
}

bool ExecutorProgram::stop()
{
    m_shouldRun = false;
    m_process.terminate();
    return m_process.waitForFinished(endLimitMs) && m_process.exitStatus() == QProcess::NormalExit
        && m_process.exitCode() == 0;
}

bool ExecutorProgram::isServing() const
{
    const auto connection = client::LocalConnection::read(m_paths.connectionFile());
    return isRunning() && connection && connection->pid == m_process.processId();
}

QString ExecutorProgram::logTail() const
{
    QFile log(m_paths.state + QStringLiteral("/campaign.log"));
    return log.open(QIODevice::ReadOnly) ? QString::fromUtf8(log.readAll().right(2000)) : QString();
}

} // namespace batchyard::test
