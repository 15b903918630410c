// Sees to it that an image is on the engine: there already, built from what Batchyard brings, or
// pulled. Whoever waits for the same image shares one build or pull.
#pragma once

#include "backend/docker/engine.h"
#include "backend/paths.h"

#include <QHash>
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
    void ensure(const QString &image, QObject *context, Done done);
    void forget(const QString &image) { m_present.remove(image); }
    void forgetAll() { m_present.clear(); }
    // How far a pull or build is, for a person; empty when none is under way.
    [[nodiscard]] QString progress(const QString &image) const;

signals:
    void progressed(const QString &image);

private:
    struct Waiter {
        QPointer<QObject> context;
        Done done;
    };
    struct Work {
        QString progress;
        QList<Waiter> waiters;
    };

    void inspect(const QString &image);
    void build(const QString &image, const docker::ImageBuild &build);
    void pull(const QString &image);
    void finish(const QString &image, const Result<void> &result);
    [[nodiscard]] docker::Progress progressSink(const QString &image);
    void setProgress(const QString &image, const QString &text);

    docker::Engine &m_engine;
    QString m_simulation;
    QMap<QString, QString> m_buildArguments;
    QSet<QString> m_present;
    QHash<QString, Work> m_work;
    std::shared_ptr<QObject> m_mailbox; // lives in this thread until the last progress is told
};

} // namespace batchyard::executor
