// run: the sample maze from a definition to a picture of the replay.
#include "app/await.h"
#include "app/commands/commands.h"
#include "app/jobfollower.h"
#include "app/logprinter.h"
#include "app/terminal.h"
#include "models/replay/replaymodel.h"
#include "ui/replay/replaypicture.h"

#include <QDir>
#include <QGuiApplication>

#include <nlohmann/json.hpp>

namespace batchyard::app {

using namespace Qt::Literals::StringLiterals;

namespace {

// The picture's size follows the maze: at least a readable one, at most what a screen shows.
QSize pictureSize(const models::ReplayModel &replay)
{
    const QSize cells = replay.log().size();
    return {qBound(480, cells.width() * 16 + 64, 1920),
            qBound(320, cells.height() * 16 + 128, 1200)};
}

Result<QString> savePicture(const models::ReplayModel &replay, const QString &file)
{
    const QString path = QDir().absoluteFilePath(file);
    const QImage image = ui::renderReplay(replay, pictureSize(replay), QGuiApplication::palette());
    if (!image.save(path, "PNG")) {
        return failure(
            ErrorCode::Io,
            u"The picture could not be written to %1: is the folder there and writable?"_s.arg(
                path));
    }
    return path;
}

void printVerdict(const RunOptions &options, const batch::JobDetail &job,
                  const models::ReplayModel &replay, const QString &picture)
{
    const QString verdict = replay.hasMaze() ? replay.verdict() : u"The logs hold no maze."_s;
    if (options.json) {
        const nlohmann::ordered_json object = {
            {"jobId", job.jobId.toStdString()},
            {"status", batch::toString(job.status).toStdString()},
            {"statusReason", job.statusReason.toStdString()},
            {"verdict", verdict.toStdString()},
            {"picture", picture.toStdString()},
        };
        print(QByteArray::fromStdString(object.dump()));
        return;
    }
    print(forTerminal(verdict));
    if (!picture.isEmpty())
        print(forTerminal(u"Replay: "_s + picture));
    if (job.status != batch::JobStatus::Succeeded)
        complain(
            u"The job %1 %2: %3"_s.arg(job.jobId, batch::toString(job.status), job.statusReason));
}

} // namespace

int runExample(const RunOptions &options, batch::BatchService &service, const Paths &paths)
{
    const client::SampleMaze sample(paths.samples());
    const Result<batch::SubmittedJob> submitted = await(sample.run(service, options.maze));
    if (!submitted)
        return fail(submitted.error());
    complain(u"Job %1 (%2) is submitted; `batchyard terminate %2` ends it."_s.arg(
        submitted->jobName, submitted->jobId));

    models::ReplayModel replay;
    LogPrinter printer(options.json);
    const Result<batch::JobDetail> job
        = followJob(service, submitted->jobId, true,
                    [&](const QString &container, int attempt, const QList<batch::LogLine> &lines) {
                        printer.print(container, attempt, lines);
                        for (const batch::LogLine &line : lines)
                            replay.feed(container, line.text.toUtf8());
                    });
    if (!job)
        return fail(job.error());

    replay.finish();
    replay.seek(replay.stepCount());
    QString picture;
    if (replay.hasMaze()) {
        const QString file = options.picture.isEmpty()
            ? u"%1-%2.png"_s.arg(submitted->jobName, submitted->jobId.left(8))
            : options.picture;
        const Result<QString> saved = savePicture(replay, file);
        if (!saved)
            return fail(saved.error());
        picture = *saved;
    }
    printVerdict(options, *job, replay, picture);
    return exitStatus(*job);
}

} // namespace batchyard::app
