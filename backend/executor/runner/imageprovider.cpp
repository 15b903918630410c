#include "backend/executor/runner/imageprovider.h"

#include "backend/async.h"
#include "backend/executor/runner/bundledimages.h"

#include <QTimer>

namespace batchyard::executor {

namespace {

constexpr int mostTries = 5; // of the ECS agent

// An image made for another kind of processor is not the one that is asked for.
bool isOfPlatform(const docker::ImageInfo &image, const QString &platform)
{
    return platform.isEmpty() || image.architecture.isEmpty()
        || platform.section(u'/', 1, 1) == image.architecture;
}

QString seconds(std::chrono::milliseconds time)
{
    return QString::number(std::chrono::ceil<std::chrono::seconds>(time).count());
}

} // namespace

ImageProvider::ImageProvider(docker::Engine &engine, const Paths &paths,
                             const QMap<QString, QString> &buildArguments, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_simulation(paths.simulation())
    , m_buildArguments(buildArguments)
    , m_mailbox(new QObject, [](QObject *mailbox) { mailbox->deleteLater(); })
{
}

bool ImageProvider::isSeen(const ImageWish &wish) const
{
    return wish.policy != ImageWish::Policy::Always && wish.platform.isEmpty()
        && m_present.contains(wish.image);
}

void ImageProvider::ensure(const ImageWish &wish, QObject *context, Done done)
{
    const QString &image = wish.image;
    if (isSeen(wish)) {
        done({});
        return;
    }
    const bool underWay = m_work.contains(image);
    if (!underWay)
        m_work.insert(image, {wish});
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
                found(image, info);
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

void ImageProvider::found(const QString &image, const Result<docker::ImageInfo> &info)
{
    const ImageWish &wish = m_work[image].wish;
    switch (wish.policy) {
    case ImageWish::Policy::Always:
        pull(image);
        return;
    case ImageWish::Policy::Never:
        if (info)
            finish(image, {});
        else
            finish(
                image,
                failure(ErrorCode::NotFound,
                        QStringLiteral("The image %1 is not there, and its pull policy is Never.")
                            .arg(image)));
        return;
    case ImageWish::Policy::IfMissing:
        if (info && isOfPlatform(*info, wish.platform))
            finish(image, {});
        else
            pull(image);
        return;
    }
}

void ImageProvider::build(const QString &image, const docker::ImageBuild &build)
{
    setProgress(image, QStringLiteral("Building %1").arg(image));
    onFinished(m_engine.buildImage(build, progressSink(image)), this,
               [this, image](const Result<void> &built) { finish(image, built); });
}

void ImageProvider::pull(const QString &image)
{
    Work &work = m_work[image];
    ++work.tries;
    const docker::ImagePull request{image, work.wish.platform, work.wish.credentials};
    setProgress(image, QStringLiteral("Pulling image %1").arg(image));
    onFinished(m_engine.pullImage(request, progressSink(image)), this,
               [this, image](const Result<void> &result) { pulled(image, result); });
}

void ImageProvider::pulled(const QString &image, const Result<void> &result)
{
    const int tries = m_work.value(image).tries;
    if (result || result.error().code != ErrorCode::Io || tries >= mostTries) {
        finish(image, result);
        return;
    }
    const std::chrono::milliseconds delay = m_retryDelay * (1 << (tries - 1));
    setProgress(image,
                QStringLiteral("Pulling image %1 again in %2 s (try %3 of %4): %5")
                    .arg(image, seconds(delay), QString::number(tries + 1),
                         QString::number(mostTries), result.error().message));
    QTimer::singleShot(delay, this, [this, image] {
        if (m_work.contains(image))
            pull(image);
    });
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
                if (self && self->m_work.value(image).tries > 0)
                    self->setProgress(image,
                                      QStringLiteral("Pulling image %1: %2").arg(image, text));
                else if (self)
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
