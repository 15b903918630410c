// AttemptRunner's end: what is left of the attempt goes once its outcome is committed and its
// output is on disk. And what its containers look like meanwhile.
#include "backend/async.h"
#include "backend/executor/runner/attemptmember.h"
#include "backend/executor/runner/attemptstate.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace batchyard::executor {

using batch::ContainerPhase;
using core::ContainerStatus;

void AttemptRunner::cleanUp()
{
    m_attempt.ended = true;
    m_savedAttempt = m_attempt; // the ending transaction has written it
    m_phase = Phase::Cleaning;
    m_network->abandon();
    continueCleaning();
}

// Called whenever something that it waits for has happened.
void AttemptRunner::continueCleaning()
{
    if (m_held || m_phase != Phase::Cleaning || m_removals > 0)
        return;
    const bool waits = std::any_of(m_members.begin(), m_members.end(), [](const auto &member) {
        return member->driver.isBusy() || !member->record.logComplete;
    });
    for (const auto &member : m_members) {
        const bool ran = m_state.containers.at(member->index()).startedAt.has_value();
        if (!member->record.logComplete && (!member->mayExist() || !ran))
            member->capture->containerNeverRan();
    }
    if (!waits && !m_network->driver().isBusy())
        removeContainers();
}

void AttemptRunner::removeContainers()
{
    const auto removed = [this, run = m_run](const Result<void> &done, auto note) {
        if (run != m_run)
            return;
        --m_removals;
        if (done)
            note();
        if (!done && isInconclusive(done.error()))
            hold();
        else if (!done || !save())
            m_cleanTimer.start(m_services.settings.retryInterval);
        else if (m_removals == 0 && !m_cleanTimer.isActive())
            removeVolumes();
    };
    m_removals = 1;
    for (const auto &member : m_members) {
        if (!member->mayExist())
            continue;
        ++m_removals;
        member->driver.remove([removed, member = member.get()](const Result<void> &done) {
            removed(done, [member] { member->record.removed = true; });
        });
    }
    if (m_network->mayExist()) {
        ++m_removals;
        m_network->driver().remove([this, removed](const Result<void> &done) {
            removed(done, [this] { m_network->markRemoved(); });
        });
    }
    removed({}, [] {});
}

void AttemptRunner::removeVolumes()
{
    m_removals = 1;
    const auto removed = [this, run = m_run](const Result<void> &done) {
        if (run != m_run)
            return;
        --m_removals;
        if (!done && isInconclusive(done.error())) {
            hold();
        } else if (!done && done.error().code != ErrorCode::NotFound) {
            m_cleanTimer.start(m_services.settings.retryInterval);
        } else if (m_removals == 0 && !m_cleanTimer.isActive()) {
            m_attempt.cleaned = true;
            if (!save()) {
                m_attempt.cleaned = false;
                m_cleanTimer.start(m_services.settings.retryInterval);
                return;
            }
            m_phase = Phase::Cleaned;
            emit cleaned();
        }
    };
    for (const docker::VolumeSpec &volume : m_plan.context.volumes.scratch) {
        ++m_removals;
        onFinished(m_services.engine.removeVolume(volume.name), this, removed);
    }
    m_plan.context.volumes.removeSecrets();
    if (!m_plan.context.place().hasInterface())
        QFile::remove(m_plan.context.hostsFile);
    removed({});
}

QList<batch::ContainerLiveState> AttemptRunner::containerStates() const
{
    QList<batch::ContainerLiveState> states;
    for (const auto &member : m_members) {
        const core::ContainerState &state = m_state.containers.at(member->index());
        batch::ContainerLiveState live = liveStateOf(member->record, state);
        live.decidedOutcome = m_state.decidingContainer == member->index();
        if (live.phase == ContainerPhase::Waiting && state.applied == ContainerStatus::Pulled)
            live.phase = ContainerPhase::Pulling;
        const bool isBeforeStart = live.phase == ContainerPhase::Waiting
            || live.phase == ContainerPhase::Pulling || live.phase == ContainerPhase::Created;
        if (isBeforeStart)
            live.waitReason = waitReason(*member);
        if (live.waitReason.isEmpty() && member->capture)
            live.waitReason = member->capture->pause();
        states.append(live);
    }
    return states;
}

QString AttemptRunner::waitReason(const Member &member) const
{
    const core::ContainerState &state = m_state.containers.at(member.index());
    if (state.applied == ContainerStatus::Pulled) {
        const QString &image = m_plan.task.containers.at(member.index()).image;
        const QString progress = m_services.images.progress(image);
        return progress.isEmpty() ? QStringLiteral("Looking for the image %1").arg(image)
                                  : progress;
    }
    const core::Verdict verdict = core::dependenciesAreResolved(m_rules, m_state, member.index(),
                                                                m_services.settings.clock());
    const auto *blocked = std::get_if<core::NotYet>(&verdict);
    if (blocked == nullptr)
        return {};
    switch (blocked->condition) {
    case batch::DependencyCondition::Start:
        return QStringLiteral("Waits for %1 to start").arg(blocked->blocker);
    case batch::DependencyCondition::Complete:
        return QStringLiteral("Waits for %1 to complete").arg(blocked->blocker);
    case batch::DependencyCondition::Success:
        return QStringLiteral("Waits for %1 to succeed").arg(blocked->blocker);
    }
    Q_UNREACHABLE();
}

} // namespace batchyard::executor
