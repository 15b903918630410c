#include "backend/maze/logreader.h"

#include <QLocale>

namespace batchyard::maze {

namespace {

// "1,214 steps"
QString counted(qint64 steps)
{
    const QString number = QLocale(QLocale::English, QLocale::UnitedStates).toString(steps);
    return steps == 1 ? QString(number + QStringLiteral(" step"))
                      : QString(number + QStringLiteral(" steps"));
}

} // namespace

QString verdictSentence(const Verdict &verdict)
{
    const QString steps = counted(verdict.steps);
    const QString key = verdict.keyFound ? QStringLiteral("the key is found")
                                         : QStringLiteral("the key is not found yet");
    switch (verdict.outcome) {
    case Verdict::Outcome::NoMaze:
        return verdict.reason.isEmpty()
            ? QStringLiteral("Nothing of a maze in the logs yet.")
            : QStringLiteral("This is no maze log: %1.").arg(verdict.reason);
    case Verdict::Outcome::Building:
        return verdict.reason.isEmpty()
            ? QStringLiteral("The maze is built; the agent has not begun.")
            : QStringLiteral("The maze is being built: %1 %.").arg(verdict.reason);
    case Verdict::Outcome::Walking:
        return QStringLiteral("On the way: %1 so far, %2.").arg(steps, key);
    case Verdict::Outcome::Solved:
        if (!verdict.shortest)
            return QStringLiteral("Solved in %1.").arg(steps);
        return QStringLiteral("Solved in %1; the shortest way has %2.")
            .arg(steps,
                 QLocale(QLocale::English, QLocale::UnitedStates).toString(*verdict.shortest));
    case Verdict::Outcome::NoMovesLeft:
        return QStringLiteral("Not solved: the agent had no moves left after %1.").arg(steps);
    case Verdict::Outcome::Failed:
        return QStringLiteral("Not solved: %1").arg(verdict.reason);
    case Verdict::Outcome::Ended:
        return QStringLiteral("Not solved: the logs end after %1 and the exit was not reached; %2.")
            .arg(steps,
                 verdict.keyFound ? QStringLiteral("the key was found")
                                  : QStringLiteral("the key was not found"));
    }
    Q_UNREACHABLE();
}

} // namespace batchyard::maze
