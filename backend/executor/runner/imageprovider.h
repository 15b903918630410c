// Sees to it that an image is on the engine: there already, built from what Batchyard brings, or
// pulled. Whoever waits for the same in the same way shares one build or pull. A pull that a
// registry fails for reasons of its own is tried again, five times in all; one that it refuses is
// not.
#pragma once

#include "backend/docker/engine.h"
#include "backend/executor/runner/imagewish.h"
#include "backend/paths.h"

#include <QMap>
#include <QObject>
#include <QPointer>
#include <QSet>

#include <memory>

namespace batchyard::executor {

class ImageProvider : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(const Result<void> &)>;

    ImageProvider(docker::Engine &engine, const Paths &paths,
                  const QMap<QString, QString> &buildArguments, QObject *parent = nullptr);

    // Calls done once, perhaps at once, unless the context is gone. An image that was seen is
    // taken to be there until forget() is called for it.
    void ensure(const ImageWish &wish, QObject *context, Done done);
    void ensure(const QString &image, QObject *context, Done done)
    {
        ensure(ImageWish{image}, context, std::move(done));
    }
    // Whether ensure() would call done at once.
    [[nodiscard]] bool isSeen(const ImageWish &wish) const;
    void forget(const QString &image) { m_present.remove(image); }
    void forgetAll() { m_present.clear(); }
    // How far a pull or build is, for a person; empty when none is under way.
    [[nodiscard]] QString progress(const QString &image) const;
    // Before the second try of a pull; each further one waits twice as long.
    void setRetryDelay(std::chrono::milliseconds delay) { m_retryDelay = delay; }

signals:
    void progressed(const QString &image);

private:
    struct Waiter {
        QPointer<QObject> context;
        Done done;
    };
    struct Work {
        ImageWish wish;
        int tries = 0;
        QString progress = {};
        QList<Waiter> waiters = {};
    };

    void inspect(int id);
    void found(int id, const Result<docker::ImageInfo> &info);
    void build(int id, const docker::ImageBuild &build);
    void pull(int id);
    void pulled(int id, const Result<void> &result);
    void finish(int id, const Result<void> &result);
    [[nodiscard]] docker::Progress progressSink(int id);
    void setProgress(int id, const QString &text);

    docker::Engine &m_engine;
    QString m_simulation;
    QMap<QString, QString> m_buildArguments;
    QSet<QString> m_present;
    QMap<int, Work> m_work; // under way, in the order they came
    int m_lastWork = 0;
    std::chrono::milliseconds m_retryDelay{1000};
    std::shared_ptr<QObject> m_mailbox; // lives in this thread until the last progress is told
};

} // namespace batchyard::executor
