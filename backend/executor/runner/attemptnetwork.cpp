#include "backend/executor/runner/attemptnetwork.h"

#include "backend/executor/runner/attemptstate.h"
#include "backend/executor/runner/containernames.h"

#include <QLoggingCategory>

namespace batchyard::executor {

using core::ContainerStatus;

Q_LOGGING_CATEGORY(lcAttemptNetwork, "batchyard.runner")

AttemptNetwork::AttemptNetwork(const AttemptServices &services, const NetworkPlace &place,
                               const std::optional<Pause> &pause, QObject *parent)
    : QObject(parent)
    , m_services(services)
    , m_place(place)
    , m_pauseSpec(pause ? std::optional(pause->spec) : std::nullopt)
    , m_record(pause ? pause->record : ContainerRecord())
    , m_driver(services.engine, m_record.dockerName, m_record.dockerId)
{
}

bool AttemptNetwork::mayExist() const
{
    return m_record.intent >= ContainerStatus::Created && !m_record.removed;
}

void AttemptNetwork::start()
{
    if (m_starting || m_ready || !m_failure.isEmpty())
        return;
    m_starting = true;
    if (m_record.state.known == ContainerStatus::Created) {
        startCreated();
        return;
    }
    m_preparations = hasPause() ? 2 : 1;
    const auto prepared = [this, generation = m_generation](const Result<void> &done) {
        if (generation != m_generation || !isPassed(done) || --m_preparations > 0)
            return;
        if (hasPause())
            create();
        else
            becomeReady();
    };
    m_services.network.prepare(m_place, this, prepared);
    if (hasPause() && m_failure.isEmpty())
        m_services.images.ensure(pauseImage, this, prepared);
}

// False: the result was dealt with, as a failure for good or one to ask about again.
bool AttemptNetwork::isPassed(const Result<void> &result)
{
    if (result)
        return true;
    if (isInconclusive(result.error())) {
        dropReplies();
        emit held();
    } else {
        fail(result.error());
    }
    return false;
}

void AttemptNetwork::create()
{
    if (!announce(ContainerStatus::Created))
        return;
    m_driver.create(*m_pauseSpec, [this](const Result<QString> &id) {
        if (!id) {
            if (id.error().code == ErrorCode::NotFound)
                m_services.images.forget(pauseImage);
            static_cast<void>(isPassed(tl::unexpected(id.error())));
            return;
        }
        m_record.dockerId = *id;
        m_record.state.known = ContainerStatus::Created;
        if (!m_abandoned)
            startCreated();
    });
}

void AttemptNetwork::startCreated()
{
    if (!announce(ContainerStatus::Running))
        return;
    m_services.gate.enter(this, [this, generation = m_generation](const StartGate::Pass &pass) {
        if (generation != m_generation)
            return;
        m_driver.start([this, pass](const Result<ContainerDriver::StartReply> &reply) {
            if (!reply)
                static_cast<void>(isPassed(tl::unexpected(reply.error())));
            else if (reply->error)
                startAgainWithNetwork(*reply->error);
            else
                pauseRuns(reply->state);
        });
    });
}

// The bridge may have been removed since it was seen: it is made again, once. A refused start has
// not run anything, so the container can be started after all.
void AttemptNetwork::startAgainWithNetwork(const Error &error)
{
    if (m_place.hasInterface() && !m_madeAgain && !m_abandoned)
        makeAgain([this] { startCreated(); });
    else
        fail(error);
}

bool AttemptNetwork::makeAgainAfter(const Error &refusal)
{
    if (hasPause() || !m_place.hasInterface() || m_madeAgain || refusal.code != ErrorCode::NotFound)
        return false;
    m_ready = false;
    m_starting = true;
    makeAgain([this] { becomeReady(); });
    return true;
}

void AttemptNetwork::makeAgain(std::function<void()> then)
{
    m_madeAgain = true;
    m_services.network.forget();
    m_services.network.prepare(
        m_place, this,
        [this, then = std::move(then), generation = m_generation](const Result<void> &done) {
            if (generation == m_generation && isPassed(done))
                then();
        });
}

void AttemptNetwork::becomeReady()
{
    m_ready = true;
    m_starting = false;
    emit ready();
}

void AttemptNetwork::pauseRuns(const docker::ContainerState &state)
{
    m_address = state.ipAddress;
    ContainerRecord record = m_record;
    record.state.known = ContainerStatus::Running;
    record.state.startedAt = m_services.settings.clock();
    // Not saved is no harm: it will be seen running.
    static_cast<void>(save(record));
    becomeReady();
}

void AttemptNetwork::fail(const Error &error)
{
    m_starting = false;
    m_failure = QStringLiteral("The network of the job could not be made: %1").arg(error.message);
    qCWarning(lcAttemptNetwork).noquote() << m_failure;
    emit failed();
}

void AttemptNetwork::seen(const std::optional<docker::ContainerState> &state)
{
    const bool hadRun = m_record.state.known >= ContainerStatus::Running;
    const auto kind = state ? factOf(*state, pauseIndex).kind : core::ContainerFact::Kind::Vanished;
    if (kind == core::ContainerFact::Kind::Running) {
        m_record.dockerId = state->id;
        if (!m_ready)
            pauseRuns(*state);
        return;
    }
    if (kind == core::ContainerFact::Kind::Created) {
        m_record.dockerId = state->id;
        m_record.state.known = ContainerStatus::Created;
        return;
    }
    if (!state && !hadRun) // not made yet
        return;
    m_ready = false;
    ContainerRecord record = m_record;
    record.state.known = ContainerStatus::Stopped;
    static_cast<void>(save(record));
    m_failure = QStringLiteral("The container that held the job's network was ended from outside.");
    emit died();
}

void AttemptNetwork::dropReplies()
{
    ++m_generation;
    m_starting = false;
    m_driver.dropReplies();
}

// Calls that the engine has already keep their replies: cleaning waits for them.
void AttemptNetwork::abandon()
{
    m_abandoned = true;
    ++m_generation;
}

void AttemptNetwork::markRemoved()
{
    ContainerRecord record = m_record;
    record.removed = true;
    static_cast<void>(save(record));
}

bool AttemptNetwork::announce(ContainerStatus intent)
{
    ContainerRecord record = m_record;
    record.intent = intent;
    if (save(record))
        return true;
    dropReplies();
    emit held();
    return false;
}

bool AttemptNetwork::save(ContainerRecord record)
{
    const auto saved = m_services.store.putContainer(record);
    if (!saved) {
        qCWarning(lcAttemptNetwork).noquote() << saved.error().message;
        return false;
    }
    m_record = std::move(record);
    return true;
}

} // namespace batchyard::executor
