// AttemptRunner's steps on single containers: from the pull to the stop, and what is seen of them.
#include "backend/async.h"
#include "backend/executor/runner/attemptmember.h"
#include "backend/executor/runner/attemptstate.h"
#include "backend/executor/runner/imagewish.h"
#include "backend/executor/runner/spotmarket.h"

namespace batchyard::executor {

using core::ContainerFact;
using core::ContainerStatus;

namespace {

ContainerFact failureFact(ContainerFact::Kind kind, qsizetype container, const QString &text)
{
    ContainerFact fact;
    fact.kind = kind;
    fact.container = container;
    fact.error = text;
    return fact;
}

// The kubelet's check of runAsNonRoot. A name may be anybody's.
Result<void> runsAsOther(const QString &wanted, const QString &ofImage)
{
    const QString user = (wanted.isEmpty() ? ofImage : wanted).section(u':', 0, 0);
    bool isNumber = false;
    const qlonglong id = user.toLongLong(&isNumber);
    if (user.isEmpty() || user == u"root" || (isNumber && id == 0))
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("container has runAsNonRoot and image will run as root"));
    if (!isNumber)
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("container has runAsNonRoot and image has non-numeric user "
                                      "(%1), cannot verify user is non-root")
                           .arg(user.left(80)));
    return {};
}

} // namespace

void AttemptRunner::perform(const core::Action &action)
{
    if (m_held)
        return;
    Member &member = *m_members[static_cast<size_t>(action.container)];
    switch (action.kind) {
    case core::Action::Kind::Pull:
        pull(member);
        return;
    case core::Action::Kind::Create:
        if (member.creatingAhead)
            return; // what comes of it is what came of this
        member.createWaits = mustFollowNetwork();
        if (member.createWaits)
            createWhenReady(member);
        else
            create(member);
        return;
    case core::Action::Kind::Start:
        prepareStart(member);
        return;
    case core::Action::Kind::Stop:
        stop(member);
        return;
    }
}

void AttemptRunner::pull(Member &member)
{
    const SecretStore secrets(SecretStore::pathFor(m_services.paths));
    const auto wish = imageWish(m_plan.task, member.index(), secrets);
    if (!wish) {
        apply(resourcesFailed(member.index(), wish.error()));
        return;
    }
    m_services.images.ensure(*wish, this, [this, &member, run = m_run](const Result<void> &done) {
        if (run != m_run)
            return;
        if (done)
            apply(ContainerFact{.kind = ContainerFact::Kind::Pulled, .container = member.index()});
        else if (isInconclusive(done.error()))
            hold();
        else
            apply(
                failureFact(ContainerFact::Kind::PullFailed, member.index(), done.error().message));
    });
}

// In the words of ECS, whose agent fetches these before it starts anything.
ContainerFact AttemptRunner::resourcesFailed(qsizetype container, const Error &error) const
{
    return failureFact(ContainerFact::Kind::ResourcesFailed, container,
                       QStringLiteral("unable to pull secrets or registry auth: ") + error.message);
}

// The engine wants to see a container whose process or IPC namespace is joined, and the network
// that a container is put on; of a container whose network is joined the name is enough until the
// start.
bool AttemptRunner::mustFollowNetwork() const
{
    return m_plan.context.lone || m_plan.task.pidMode == u"task" || m_plan.task.ipcMode == u"task";
}

void AttemptRunner::createWhenReady(Member &member)
{
    if (m_held || !member.createWaits)
        return;
    if (!m_network->failure().isEmpty()) {
        member.createWaits = false;
        apply(failureFact(ContainerFact::Kind::CreateFailed, member.index(), m_network->failure()));
    } else if (m_network->isReady()) {
        member.createWaits = false;
        create(member);
    }
}

void AttemptRunner::create(Member &member)
{
    const auto spec = memberSpec(m_plan.context, m_plan.task, member.index());
    if (!spec) {
        created(member, tl::unexpected(spec.error()));
        return;
    }
    const batch::TaskContainerProperties &container = m_plan.task.containers.at(member.index());
    if (container.pod && container.pod->runAsNonRoot) {
        onFinished(m_services.engine.inspectImage(spec->image), this,
                   [this, &member, spec = *spec, run = m_run](const auto &image) {
                       if (run != m_run)
                           return;
                       const auto allowed = image.and_then(
                           [&](const auto &info) { return runsAsOther(spec.user, info.user); });
                       if (allowed)
                           createAs(member, spec);
                       else
                           created(member, tl::unexpected(allowed.error()));
                   });
        return;
    }
    createAs(member, *spec);
}

// With an image that is there: a pull before its turn could fail a job that has not begun.
bool AttemptRunner::isToCreateAhead(const Member &member) const
{
    if (member.wasTriedAhead || mustFollowNetwork()
        || !core::mayBeCreatedAhead(m_rules, m_state, member.index()))
        return false;
    const auto wish = imageWish(m_plan.task, member.index(),
                                SecretStore(SecretStore::pathFor(m_services.paths)));
    return wish && m_services.images.isSeen(*wish);
}

// Whatever cannot be done now is tried again when it is the container's turn, and told then.
void AttemptRunner::createAhead(Member &member)
{
    if (m_held)
        return;
    member.wasTriedAhead = true;
    const SecretStore secrets(SecretStore::pathFor(m_services.paths));
    const auto &container = m_plan.task.containers.at(member.index());
    const auto spec = memberSpec(m_plan.context, m_plan.task, member.index())
                          .and_then([&](const docker::ContainerSpec &incomplete) {
                              return withSecrets(incomplete, container, secrets);
                          });
    if (!spec)
        return;
    member.creatingAhead = true;
    member.driver.create(*spec, [this, &member](const Result<QString> &id) {
        member.creatingAhead = false;
        const bool isItsTurn
            = m_state.containers.at(member.index()).applied == ContainerStatus::Created;
        if (id || isItsTurn || isInconclusive(id.error()))
            created(member, id);
    });
}

void AttemptRunner::createAs(Member &member, const docker::ContainerSpec &spec)
{
    const SecretStore secrets(SecretStore::pathFor(m_services.paths));
    const auto complete = withSecrets(spec, m_plan.task.containers.at(member.index()), secrets);
    if (!complete) {
        apply(resourcesFailed(member.index(), complete.error()));
        return;
    }
    member.driver.create(*complete,
                         [this, &member](const Result<QString> &id) { created(member, id); });
}

void AttemptRunner::created(Member &member, const Result<QString> &id)
{
    if (!id && isInconclusive(id.error())) {
        hold();
        return;
    }
    if (!id) {
        const bool isImage = id.error().code == ErrorCode::NotFound;
        if (isImage)
            m_services.images.forget(m_plan.task.containers.at(member.index()).image);
        apply(failureFact(isImage ? ContainerFact::Kind::PullFailed
                                  : ContainerFact::Kind::CreateFailed,
                          member.index(), id.error().message));
        return;
    }
    ContainerFact fact;
    fact.kind = ContainerFact::Kind::Created;
    fact.container = member.index();
    if (member.capture)
        member.capture->attach(*id);
    apply(fact);
}

void AttemptRunner::prepareStart(Member &member)
{
    member.startWaits = true;
    if (member.startDoubtfulUntil) {
        const auto wait = std::max(*member.startDoubtfulUntil - m_services.settings.clock(),
                                   std::chrono::milliseconds(0));
        QTimer::singleShot(wait, this, [this, &member, run = m_run] {
            if (run != m_run)
                return;
            member.startDoubtfulUntil.reset();
            observe(member); // comes back here if it is still `created`
        });
    } else if (!member.attachSettled) {
        member.capture->attach(member.driver.id());
    } else {
        startWhenReady(member);
    }
}

bool AttemptRunner::isReady(const Member &member) const
{
    return member.startWaits && member.attachSettled && !member.startDoubtfulUntil
        && !member.observing && (m_network->isReady() || !m_network->failure().isEmpty());
}

void AttemptRunner::startWhenReady(Member &member)
{
    if (m_held || !isReady(member))
        return;
    member.startWaits = false;
    if (!m_network->failure().isEmpty()) {
        apply(failureFact(ContainerFact::Kind::StartFailed, member.index(), m_network->failure()));
        return;
    }
    m_services.gate.enter(this, [this, &member, run = m_run](const StartGate::Pass &pass) {
        if (run != m_run)
            return;
        if (m_state.desiredStopped) {
            m_state.containers[member.index()].applied = ContainerStatus::None;
            proceed();
            return;
        }
        start(member, pass);
    });
}

void AttemptRunner::start(Member &member, const StartGate::Pass &pass)
{
    const auto &points = m_plan.task.containers.at(member.index()).mountPoints;
    if (const auto checked = m_plan.context.volumes.check(points); !checked) {
        apply(
            failureFact(ContainerFact::Kind::StartFailed, member.index(), checked.error().message));
        return;
    }
    member.record.intent = ContainerStatus::Running;
    if (!save()) {
        hold();
        return;
    }
    member.starting = true;
    member.driver.start([this, &member, pass](const Result<ContainerDriver::StartReply> &reply) {
        member.starting = false;
        if (!reply) {
            if (isInconclusive(reply.error()))
                hold();
            else if (reply.error().code == ErrorCode::NotFound)
                seen(member, std::nullopt);
            else
                apply(failureFact(ContainerFact::Kind::StartFailed, member.index(),
                                  reply.error().message));
            return;
        }
        if (reply->error) {
            startRefused(member, *reply);
            return;
        }
        seen(member, reply->state);
        if (std::exchange(member.observeAgain, false))
            observe(member);
    });
}

void AttemptRunner::startRefused(Member &member, const ContainerDriver::StartReply &reply)
{
    if (m_network->makeAgainAfter(*reply.error)) {
        prepareStart(member);
        return;
    }
    ContainerFact fact
        = failureFact(ContainerFact::Kind::StartFailed, member.index(), reply.error->message);
    fact.exitCode = reply.state.exitCode;
    apply(fact);
}

// Steps that were decided and not sent yet are no longer wanted.
void AttemptRunner::releaseWaiting()
{
    for (const auto &member : m_members) {
        const bool created = std::exchange(member->createWaits, false);
        if (std::exchange(member->startWaits, false) || created)
            m_state.containers[member->index()].applied = ContainerStatus::None;
    }
}

// A restart of the executor does not begin a notice anew, nor does a clock that was set back.
int AttemptRunner::secondsToStop(const Member &member) const
{
    if (!m_attempt.stopBy)
        return m_rules.at(member.index()).stopTimeout;
    const auto left
        = std::chrono::ceil<std::chrono::seconds>(*m_attempt.stopBy - m_services.settings.clock());
    return static_cast<int>(std::clamp(left, std::chrono::seconds(0), spotNotice).count());
}

void AttemptRunner::stop(Member &member)
{
    member.driver.stop(secondsToStop(member), [this, &member](const ContainerDriver::Seen &reply) {
        if (reply) {
            const bool runs
                = *reply && factOf(**reply, member.index()).kind == ContainerFact::Kind::Running;
            if (!runs) {
                seen(member, *reply);
                return;
            }
        } else if (isInconclusive(reply.error())) {
            hold();
            return;
        }
        if (member.capture)
            member.capture->containerStopped(member.driver.id());
        apply(failureFact(ContainerFact::Kind::StopFailed, member.index(),
                          reply ? QStringLiteral("The container runs on after its stop.")
                                : reply.error().message));
    });
}

void AttemptRunner::observe(Member &member)
{
    if (m_held || member.record.removed)
        return;
    if (member.observing || member.starting) {
        member.observeAgain = true;
        return;
    }
    member.observing = true;
    member.driver.inspect([this, &member](const ContainerDriver::Seen &reply) {
        member.observing = false;
        if (!reply) {
            if (isInconclusive(reply.error()))
                hold();
            return;
        }
        seen(member, *reply);
        if (std::exchange(member.observeAgain, false))
            observe(member);
        else if (member.startWaits)
            prepareStart(member);
    });
}

void AttemptRunner::seen(Member &member, const std::optional<docker::ContainerState> &state)
{
    const core::ContainerState &known = m_state.containers.at(member.index());
    ContainerFact fact;
    fact.container = member.index();
    if (!state) {
        if (known.known < ContainerStatus::Created)
            return; // announced, and not made
        fact.kind = ContainerFact::Kind::Vanished;
        member.gone = true;
    } else {
        fact = factOf(*state, member.index());
    }
    if (fact.kind == ContainerFact::Kind::Created
        && member.record.intent == ContainerStatus::Running && m_held)
        member.startDoubtfulUntil = m_services.settings.clock() + m_services.settings.startGrace;
    // The engine ended it with itself: not what the container did, and not the user's fault.
    if (fact.kind == ContainerFact::Kind::Stopped && m_engineWasLost && fact.exitCode == 137
        && !fact.oomKilled && !known.stopRequested && fact.error.isEmpty()
        && known.known == ContainerStatus::Running)
        fact.error = engineEndedContainer;
    if (fact.kind == ContainerFact::Kind::Running && known.known == ContainerStatus::Stopped
        && !std::exchange(member.stoppedAgain, true))
        stop(member); // started again from outside; once is enough (B.7)
    m_state = core::applyFact(m_rules, std::move(m_state), fact, m_services.settings.clock());
    tellCapture(member, state);
    proceed();
}

void AttemptRunner::tellCapture(Member &member, const std::optional<docker::ContainerState> &state)
{
    if (!member.capture || member.record.logComplete)
        return;
    if (!state) {
        member.capture->containerGone(member.record.intent >= ContainerStatus::Running);
        return;
    }
    const ContainerFact fact = factOf(*state, member.index());
    switch (fact.kind) {
    case ContainerFact::Kind::Running:
        member.capture->containerRuns(state->id);
        return;
    case ContainerFact::Kind::Stopped:
        member.capture->containerStopped(state->id, fact.stoppedAt);
        return;
    case ContainerFact::Kind::StartFailed:
        member.capture->containerNeverRan();
        return;
    case ContainerFact::Kind::Created:
    case ContainerFact::Kind::Pulled:
    case ContainerFact::Kind::PullFailed:
    case ContainerFact::Kind::ResourcesFailed:
    case ContainerFact::Kind::CreateFailed:
    case ContainerFact::Kind::Vanished:
    case ContainerFact::Kind::StopFailed:
        return;
    }
}

void AttemptRunner::containerEvent(const QString &dockerName, const QString &action)
{
    const bool matters = action == u"die" || action == u"destroy" || action == u"oom";
    if (m_held || m_phase != Phase::Running)
        return;
    if (m_network->mayExist() && dockerName == m_network->record().dockerName && matters) {
        m_network->driver().inspect([this](const ContainerDriver::Seen &reply) {
            if (reply)
                m_network->seen(*reply);
        });
        return;
    }
    for (const auto &member : m_members) {
        if (member->record.dockerName != dockerName)
            continue;
        const ContainerStatus known = m_state.containers.at(member->index()).known;
        const bool isOver = known == ContainerStatus::Stopped;
        if (isOver ? action == u"start" : matters)
            observe(*member);
    }
}

void AttemptRunner::compareWith(const QHash<QString, QString> &stateByName)
{
    if (m_held || m_phase != Phase::Running)
        return;
    if (m_network->mayExist() && m_network->isReady()
        && stateByName.value(m_network->record().dockerName) != u"running")
        containerEvent(m_network->record().dockerName, QStringLiteral("die"));
    for (const auto &member : m_members) {
        if (m_state.containers.at(member->index()).known == ContainerStatus::Running
            && stateByName.value(member->record.dockerName) != u"running")
            observe(*member);
    }
}

} // namespace batchyard::executor
