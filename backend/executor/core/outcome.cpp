#include "backend/executor/core/outcome.h"

#include "backend/executor/core/containergraph.h"
#include "backend/executor/core/taskrules.h"

namespace batchyard::executor::core {

namespace {

// The container that kept the task from starting: the one that began the stop if it never ran, else
// the first essential one that never ran; -1 when the task did start.
int failedToStart(const QList<ContainerRules> &rules, const TaskState &state)
{
    const int deciding = state.decidingContainer;
    if (deciding >= 0 && !hasStarted(state.containers[deciding]))
        return deciding;
    for (int i = 0; i < state.containers.size(); ++i) {
        if (rules[i].essential && !hasStarted(state.containers[i]))
            return i;
    }
    return -1;
}

AttemptOutcome podOutcome(const TaskState &state)
{
    AttemptOutcome outcome;
    outcome.decidingContainer = state.decidingContainer;
    const ContainerState &deciding = state.containers[outcome.decidingContainer];
    outcome.succeeded = std::all_of(state.containers.begin(), state.containers.end(), hasSucceeded);
    outcome.exitCode = deciding.exitCode;
    outcome.reason = deciding.error;
    outcome.statusReason = hasStarted(deciding) ? essentialExitReason : failedToStartReason;
    return outcome;
}

bool covers(const QString &pattern, const QString &value)
{
    return pattern.isEmpty() || matchesPattern(pattern, value);
}

} // namespace

AttemptOutcome attemptOutcome(const QList<ContainerRules> &rules, const TaskState &state)
{
    Q_ASSERT(allStopped(state));
    AttemptOutcome outcome;
    if (state.decidingContainer < 0) {
        outcome.statusReason = state.stopReason;
        outcome.mayRetry = false;
        return outcome;
    }
    if (isPod(rules))
        return podOutcome(state);
    const int unstarted = failedToStart(rules, state);
    outcome.decidingContainer = unstarted >= 0 ? unstarted : state.decidingContainer;
    const ContainerState &deciding = state.containers[outcome.decidingContainer];
    outcome.exitCode = deciding.exitCode;
    outcome.reason = deciding.error;
    outcome.statusReason = unstarted >= 0 ? failedToStartReason : essentialExitReason;
    outcome.succeeded = unstarted < 0 && deciding.exitCode == 0;
    return outcome;
}

bool shouldRetry(const std::optional<batch::RetryStrategy> &strategy, int number,
                 const AttemptOutcome &outcome)
{
    if (outcome.succeeded || !outcome.mayRetry || !strategy
        || number >= strategy->attempts.value_or(batch::standardAttempts))
        return false;
    const QString exitCode = outcome.exitCode ? QString::number(*outcome.exitCode) : QString();
    for (const batch::EvaluateOnExit &rule : strategy->evaluateOnExit) {
        if (covers(rule.onStatusReason, outcome.statusReason)
            && covers(rule.onReason, outcome.reason) && covers(rule.onExitCode, exitCode))
            return rule.action.compare(u"RETRY", Qt::CaseInsensitive) == 0;
    }
    return true;
}

bool matchesPattern(QStringView pattern, QStringView value)
{
    // An absent value is a null string, which does not even start with an empty one.
    if (pattern == u"*")
        return true;
    if (pattern.endsWith(u'*'))
        return value.startsWith(pattern.chopped(1), Qt::CaseInsensitive);
    return value.compare(pattern, Qt::CaseInsensitive) == 0;
}

} // namespace batchyard::executor::core
