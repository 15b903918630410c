#include "backend/executor/runner/containerdriver.h"

#include "backend/async.h"

namespace batchyard::executor {

using docker::ContainerState;

bool isInconclusive(const Error &error)
{
    switch (error.code) {
    case ErrorCode::Unreachable:
    case ErrorCode::Timeout:
    case ErrorCode::Cancelled:
    case ErrorCode::Protocol:
        return true;
    case ErrorCode::InvalidInput:
    case ErrorCode::NotFound:
    case ErrorCode::Conflict:
    case ErrorCode::AccessDenied:
    case ErrorCode::Io:
    case ErrorCode::Unsupported:
        return false;
    }
    Q_UNREACHABLE();
}

namespace {

// A look that failed says nothing of the container, whatever the engine's reason.
Error unseen(Error error)
{
    if (!isInconclusive(error))
        error.code = ErrorCode::Protocol;
    return error;
}

} // namespace

ContainerDriver::ContainerDriver(docker::Engine &engine, const QString &name, const QString &id,
                                 QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_name(name)
    , m_id(id)
{
}

template <typename T>
void ContainerDriver::call(const QFuture<Result<T>> &future,
                           std::function<void(const Result<T> &)> then)
{
    ++m_calls;
    onFinished(future, this,
               [this, generation = m_generation, then = std::move(then)](const Result<T> &reply) {
                   --m_calls;
                   if (generation == m_generation)
                       then(reply);
                   if (m_calls == 0)
                       emit becameIdle();
               });
}

void ContainerDriver::create(const docker::ContainerSpec &spec, Then<Result<QString>> then)
{
    call<QString>(m_engine.createContainer(spec),
                  [this, spec, then = std::move(then)](const Result<QString> &id) {
                      if (!id && id.error().code == ErrorCode::Conflict) {
                          adopt(spec, then);
                          return;
                      }
                      if (id)
                          m_id = *id;
                      then(id);
                  });
}

void ContainerDriver::adopt(const docker::ContainerSpec &spec, const Then<Result<QString>> &then)
{
    call<ContainerState>(
        m_engine.inspectContainer(m_name), [this, spec, then](const Result<ContainerState> &state) {
            // The name is taken before the container can be seen: the engine is in the middle of a
            // create whose sender has died.
            if (!state && state.error().code == ErrorCode::NotFound) {
                then(failure(ErrorCode::Timeout,
                             QStringLiteral("The engine is still making %1.").arg(m_name)));
                return;
            }
            if (!state) {
                then(tl::unexpected(unseen(state.error())));
                return;
            }
            for (auto label = spec.labels.begin(); label != spec.labels.end(); ++label) {
                if (state->labels.value(label.key()) != label.value()) {
                    then(failure(ErrorCode::Conflict,
                                 QStringLiteral("The name %1 is taken by a container that is not "
                                                "of this job, or was made with other settings.")
                                     .arg(m_name)));
                    return;
                }
            }
            m_id = state->id;
            then(m_id);
        });
}

void ContainerDriver::start(Then<Result<StartReply>> then)
{
    call<void>(
        m_engine.startContainer(m_id), [this, then = std::move(then)](const Result<void> &started) {
            if (!started && isInconclusive(started.error())) {
                then(tl::unexpected(started.error()));
                return;
            }
            call<ContainerState>(m_engine.inspectContainer(m_id),
                                 [then, started](const Result<ContainerState> &state) {
                                     if (!state) {
                                         const bool isGone
                                             = state.error().code == ErrorCode::NotFound;
                                         then(tl::unexpected(isGone && !started ? started.error()
                                                                 : isGone       ? state.error()
                                                                          : unseen(state.error())));
                                         return;
                                     }
                                     StartReply reply;
                                     reply.state = *state;
                                     if (!started && !state->startedAt)
                                         reply.error = started.error();
                                     then(reply);
                                 });
        });
}

void ContainerDriver::stop(int seconds, Then<Seen> then)
{
    call<void>(m_engine.stopContainer(m_id, seconds),
               [this, then = std::move(then)](const Result<void> &stopped) {
                   if (!stopped && stopped.error().code != ErrorCode::NotFound) {
                       then(tl::unexpected(stopped.error()));
                       return;
                   }
                   inspect(then);
               });
}

void ContainerDriver::inspect(Then<Seen> then)
{
    call<ContainerState>(m_engine.inspectContainer(m_name),
                         [this, then = std::move(then)](const Result<ContainerState> &state) {
                             if (state) {
                                 m_id = state->id;
                                 then(std::optional(*state));
                             } else if (state.error().code == ErrorCode::NotFound) {
                                 then(std::optional<ContainerState>());
                             } else {
                                 then(tl::unexpected(unseen(state.error())));
                             }
                         });
}

void ContainerDriver::remove(Then<Result<void>> then)
{
    call<void>(m_engine.removeContainer(m_name, true), std::move(then));
}

} // namespace batchyard::executor
