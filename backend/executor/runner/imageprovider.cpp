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
    if (isSeen(wish)) {
        done({});
        return;
    }
    for (Work &work : m_work) {
        if (work.wish == wish) {
            work.waiters.append({context, std::move(done)});
            return;
        }
    }
    const int id = ++m_lastWork;
    m_work.insert(id, {wish, 0, {}, {{context, std::move(done)}}});
    inspect(id);
}

QString ImageProvider::progress(const QString &image) const
{
    for (const Work &work : m_work) {
        if (work.wish.image == image && !work.progress.isEmpty())
            return work.progress;
    }
    return {};
}

void ImageProvider::inspect(int id)
{
    const QString image = m_work.value(id).wish.image;
    onFinished(
        m_engine.inspectImage(image), this,
        [this, id, image](const Result<docker::ImageInfo> &info) {
            if (!info && info.error().code != ErrorCode::NotFound) {
                finish(id, tl::unexpected(info.error()));
                return;
            }
            const QString folder = bundledFolder(image, m_simulation);
            if (folder.isEmpty()) {
                found(id, info);
                return;
            }
            const auto wanted = bundledBuild(image, folder, m_buildArguments);
            if (!wanted)
                finish(id, tl::unexpected(wanted.error()));
            else if (info && info->labels.value(contextLabel) == wanted->labels.value(contextLabel))
                finish(id, {});
            else
                build(id, *wanted);
        });
}

void ImageProvider::found(int id, const Result<docker::ImageInfo> &info)
{
    const ImageWish &wish = m_work[id].wish;
    switch (wish.policy) {
    case ImageWish::Policy::Always:
        pull(id);
        return;
    case ImageWish::Policy::Never:
        if (info)
            finish(id, {});
        else
            finish(
                id,
                failure(ErrorCode::NotFound,
                        QStringLiteral("The image %1 is not there, and its pull policy is Never.")
                            .arg(wish.image)));
        return;
    case ImageWish::Policy::IfMissing:
        if (info && isOfPlatform(*info, wish.platform))
            finish(id, {});
        else
            pull(id);
        return;
    }
}

void ImageProvider::build(int id, const docker::ImageBuild &build)
{
    setProgress(id, QStringLiteral("Building %1").arg(m_work.value(id).wish.image));
    onFinished(m_engine.buildImage(build, progressSink(id)), this,
               [this, id](const Result<void> &built) { finish(id, built); });
}

void ImageProvider::pull(int id)
{
    Work &work = m_work[id];
    ++work.tries;
    const ImageWish wish = work.wish;
    setProgress(id, QStringLiteral("Pulling image %1").arg(wish.image));
    onFinished(m_engine.pullImage({wish.image, wish.platform, wish.credentials}, progressSink(id)),
               this, [this, id](const Result<void> &result) { pulled(id, result); });
}

void ImageProvider::pulled(int id, const Result<void> &result)
{
    const Work work = m_work.value(id);
    const int tries = work.tries;
    if (result || result.error().code != ErrorCode::Io || tries >= mostTries) {
        finish(id, result);
        return;
    }
    const std::chrono::milliseconds delay = m_retryDelay * (1 << (tries - 1));
    setProgress(id,
                QStringLiteral("Pulling image %1 again in %2 s (try %3 of %4): %5")
                    .arg(work.wish.image, seconds(delay), QString::number(tries + 1),
                         QString::number(mostTries), result.error().message));
    QTimer::singleShot(delay, this, [this, id] {
        if (m_work.contains(id))
            pull(id);
    });
}

void ImageProvider::finish(int id, const Result<void> &result)
{
    const Work work = m_work.take(id);
    if (result)
        m_present.insert(work.wish.image);
    for (const Waiter &waiter : work.waiters) {
        if (waiter.context)
            waiter.done(result);
    }
}

docker::Progress ImageProvider::progressSink(int id)
{
    // Called on the engine's thread, perhaps when this is gone: the mailbox is not.
    return [mailbox = m_mailbox, self = QPointer(this), id](const QString &text) {
        QMetaObject::invokeMethod(
            mailbox.get(),
            [self, id, text] {
                if (!self)
                    return;
                const Work work = self->m_work.value(id);
                self->setProgress(
                    id,
                    work.tries > 0
                        ? QStringLiteral("Pulling image %1: %2").arg(work.wish.image, text)
                        : text);
            },
            Qt::QueuedConnection);
    };
}

void ImageProvider::setProgress(int id, const QString &text)
{
    if (const auto work = m_work.find(id); work != m_work.end()) {
        work->progress = text;
        emit progressed(work->wish.image);
    }
}

} // namespace batchyard::executor
