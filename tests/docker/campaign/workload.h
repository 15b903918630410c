// Random jobs whose end is known beforehand: numbered lines, exit codes, number of attempts.
#pragma once

#include <QByteArray>
#include <QList>
#include <QRandomGenerator>
#include <QString>
#include <QStringList>

#include <optional>

namespace batchyard::test {

// What a container of each attempt must come to; nullopt: what the recorder saw of it, and any
// number of lines that begins with the first.
struct ContainerPlan {
    QString name;
    std::optional<int> exitCode;
    std::optional<int> lines;
};

struct JobPlan {
    QString name; // unique
    QByteArray request; // SubmitJob
    bool succeeds = true;
    QString statusReason; // empty: not looked at
    std::optional<int> attempts = 1;
    QList<ContainerPlan> containers; // of each attempt
    int arraySize = 0;
    int failingIndex = -1; // of the array
    // Cancelled or terminated by the client so long after it was accepted.
    std::optional<int> terminateAfterMs;
    std::optional<int> cancelAfterMs;
};

class Workload
{
public:
    explicit Workload(quint32 seed)
        : m_random(seed)
    {
    }

    static inline const QString queue = QStringLiteral("campaign");
    // Requests that make what the jobs need: operation and body.
    [[nodiscard]] static QList<std::pair<const char *, QByteArray>> resources();

    // A job of its own kind, and sometimes with others that depend on it: those have a place for
    // the first one's id in their requests (idOfFirst).
    [[nodiscard]] QList<JobPlan> next();
    static inline const QByteArray idOfFirst = "@first@";

    // The line that each container prints before it does anything, once.
    static inline const QString firstLine = QStringLiteral("begin");
    [[nodiscard]] static QString numberedLine(int number);

private:
    [[nodiscard]] JobPlan single(const char *kind, int exitCode, int attempts, bool withRule);
    [[nodiscard]] JobPlan pipeline(int initExitCode);
    [[nodiscard]] JobPlan couple();
    [[nodiscard]] JobPlan array();
    [[nodiscard]] JobPlan endless();
    [[nodiscard]] JobPlan dependent(const JobPlan &first, bool mayBeCancelled);
    [[nodiscard]] QString newName(const char *kind);

    QRandomGenerator m_random;
    int m_made = 0;
};

} // namespace batchyard::test
