// The real program as the executor of a state directory, to be killed and started again.
#pragma once

#include "backend/paths.h"

#include <QProcess>

namespace batchyard::test {

class ExecutorProgram
{
public:
    ExecutorProgram(QString program, Paths paths, const QString &engineSocket);
    ~ExecutorProgram(); // kills it

    void start(const QStringList &options = {}); // besides those that it always has
    void kill(); // SIGKILL; waits
    bool stop(); // SIGTERM; false when it did not end in time or not with 0

    [[nodiscard]] bool isRunning() const { return m_process.state() == QProcess::Running; }
    // It has said where it listens.
    [[nodiscard]] bool isServing() const;
    // It is to run and does not: it has ended by itself.
    [[nodiscard]] bool hasEndedByItself() const { return m_shouldRun && !isRunning(); }
    [[nodiscard]] QString logTail() const;

private:
    QString m_program;
    Paths m_paths;
    QStringList m_arguments;
    QProcess m_process;
    bool m_shouldRun = false;
};

} // namespace batchyard::test
