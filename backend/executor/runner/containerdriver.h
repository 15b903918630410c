// The Docker calls on one container, found again by its name. Replies that come after dropReplies()
// are not told: whoever asks again first looks at what there is.
#pragma once

#include "backend/docker/engine.h"

#include <QObject>

namespace batchyard::executor {

// Whether nobody can say what came of the call: the engine was away, slow or answered nonsense.
// Such an error changes no state; what has happened is seen by inspect later.
[[nodiscard]] bool isInconclusive(const Error &error);

class ContainerDriver : public QObject
{
    Q_OBJECT

public:
    // nullopt: there is no such container. An error of a look is always inconclusive.
    using Seen = Result<std::optional<docker::ContainerState>>;
    struct StartReply {
        std::optional<Error> error; // the start was refused; state tells the exit code for that
        docker::ContainerState state;
    };
    template <typename T>
    using Then = std::function<void(const T &)>;

    ContainerDriver(docker::Engine &engine, const QString &name, const QString &id,
                    QObject *parent = nullptr);

    [[nodiscard]] const QString &id() const { return m_id; }

    // A container of this name with the same labels is ours and is taken over. Error: Conflict when
    // the name is taken by another one.
    void create(const docker::ContainerSpec &spec, Then<Result<QString>> then);
    // Pre-condition: it was never started. Tells what inspect says after it.
    void start(Then<Result<StartReply>> then);
    // Tells what inspect says when the stop has ended.
    void stop(int seconds, Then<Seen> then);
    void inspect(Then<Seen> then);
    void remove(Then<Result<void>> then); // also while it runs

    void dropReplies() { ++m_generation; }
    // Calls that the engine has not answered yet, dropped or not.
    [[nodiscard]] bool isBusy() const { return m_calls > 0; }

signals:
    void becameIdle();

private:
    template <typename T>
    void call(const QFuture<Result<T>> &future, std::function<void(const Result<T> &)> then);
    void adopt(const docker::ContainerSpec &spec, const Then<Result<QString>> &then);

    docker::Engine &m_engine;
    const QString m_name;
    QString m_id;
    int m_generation = 0;
    int m_calls = 0;
};

} // namespace batchyard::executor
