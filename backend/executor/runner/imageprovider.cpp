#include "backend/executor/runner/imageprovider.h"

#include "backend/async.h"
#include "backend/executor/runner/bundledimages.h"

namespace batchyard::executor {

ImageProvider::ImageProvider(docker::Engine &engine, const Paths &paths,
                             const QMap<QString, QString> &buildArguments, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_simulation(paths.simulation())
    , m_buildArguments(buildArguments)
    , m_mailbox(new QObject, [](QObject *mailbox) { mailbox->deleteLater(); })
{
}

void ImageProvider::ensure(const QString &image, QObject *context, Done done)
{
    if (m_present.contains(image)) {
        done({});
        return;
    }
    const bool underWay = m_work.contains(image);
    m_work[image].waiters.append({context, std::move(done)});
    if (!underWay)
        inspect(image);
}

QString ImageProvider::progress(const QString &image) const
{
    return m_work.value(image).progress;
}

void ImageProvider::inspect(const QString &image)
{
    onFinished(
        m_engine.inspectImage(image), this, [this, image](const Result<docker::ImageInfo> &info) {
            if (!info && info.error().code != ErrorCode::NotFound) {
                finish(image, tl::unexpected(info.error()));
                return;
            }
            const QString folder = bundledFolder(image, m_simulation);
            if (folder.isEmpty()) {
                if (info)
                    finish(image, {});
                else
                    pull(image);
                return;
            }
            const auto wanted = bundledBuild(image, folder, m_buildArguments);
            if (!wanted)
                finish(image, tl::unexpected(wanted.error()));
            else if (info && info->labels.value(contextLabel) == wanted->labels.value(contextLabel))
                finish(image, {});
            else
                build(image, *wanted);
        });
}

void ImageProvider::build(const QString &image, const docker::ImageBuild &build)
{
    setProgress(image, QStringLiteral("Building %1").arg(image));
    onFinished(m_engine.buildImage(build, progressSink(image)), this,
               [this, image](const Result<void> &built) { finish(image, built); });
}

void ImageProvider::pull(const QString &image)
{
    setProgress(image, QStringLiteral("Pulling %1").arg(image));
    onFinished(m_engine.pullImage({image}, progressSink(image)), this,
               [this, image](const Result<void> &pulled) { finish(image, pulled); });
}

void ImageProvider::finish(const QString &image, const Result<void> &result)
{
    if (result)
        m_present.insert(image);
    const Work work = m_work.take(image);
    for (const Waiter &waiter : work.waiters) {
        if (waiter.context)
            waiter.done(result);
    }
}

docker::Progress ImageProvider::progressSink(const QString &image)
{
    // Called on the engine's thread, perhaps when this is gone: the mailbox is not.
    return [mailbox = m_mailbox, self = QPointer(this), image](const QString &text) {
        QMetaObject::invokeMethod(
            mailbox.get(),
            [self, image, text] {
                if (self)
                    self->setProgress(image, text);
            },
            Qt::QueuedConnection);
    };
}

void ImageProvider::setProgress(const QString &image, const QString &text)
{
    if (const auto work = m_work.find(image); work != m_work.end()) {
        work->progress = text;
        emit progressed(image);
    }
}

} // namespace batchyard::executor
