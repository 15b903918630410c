#include "backend/executor/runner/logcapture.h"

#include "backend/logs/logfile.h"

#include <QDateTime>
#include <QLoggingCategory>

#include <algorithm>
#include <limits>

namespace batchyard::executor {

Q_LOGGING_CATEGORY(lcLogs, "batchyard.runner.logs")

namespace {

using namespace std::chrono_literals;

// Readers hardly notice the one, and a flood is written in pieces of the other.
constexpr auto batchTime = 20ms;
constexpr qsizetype batchBytes = 64 * 1024;
// While the log disk is full.
constexpr auto longestRetry = 30s;
constexpr QLatin1StringView notePrefix{"[batchyard] "};
constexpr QLatin1StringView dropNote{" bytes dropped: the log is limited to "};
// A stream ends right after its container unless something is wrong.
constexpr auto streamEndTime = 10s;

logs::Stream streamOf(docker::OutputChunk::Stream stream)
{
    return stream == docker::OutputChunk::Stream::Stderr ? logs::Stream::Stderr
                                                         : logs::Stream::Stdout;
}

} // namespace

LogCapture::LogCapture(docker::Engine &engine, const QString &path, const RunnerSettings &settings,
                       QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_path(path)
    , m_clock(settings.clock)
    , m_limit(settings.logLimit)
    , m_retryInterval(settings.retryInterval)
{
    m_drainTimer.setSingleShot(true);
    m_drainTimer.setInterval(batchTime);
    connect(&m_drainTimer, &QTimer::timeout, this, &LogCapture::drain);
    m_retryTimer.setSingleShot(true);
    m_retryTimer.setInterval(settings.retryInterval);
    connect(&m_retryTimer, &QTimer::timeout, this, &LogCapture::catchUp);
    m_endTimer.setSingleShot(true);
    m_endTimer.setInterval(streamEndTime);
    connect(&m_endTimer, &QTimer::timeout, this, &LogCapture::giveUpWaiting);
}

LogCapture::~LogCapture()
{
    closeStream();
}

void LogCapture::attach(const QString &id)
{
    if (m_phase != Phase::Idle && m_phase != Phase::Ended)
        return;
    m_id = id;
    m_attachPending = true;
    if (!m_driver.isEmpty()) {
        settleAttach();
        return;
    }
    if (!openWriter())
        return;
    m_phase = Phase::Attaching;
    makeRoom();
    m_stream = m_engine.attach(id, makeSink());
}

void LogCapture::containerRuns(const QString &id)
{
    m_engineWasLost = false;
    m_cutOffAt.reset();
    if (m_driver.isEmpty() && (m_phase == Phase::Idle || m_phase == Phase::Ended))
        replay(id, true);
}

void LogCapture::containerStopped(const QString &id, std::optional<Timestamp> at)
{
    m_id = id;
    m_stopped = true;
    m_stoppedAt = at;
    if (!m_driver.isEmpty()) {
        endAtDriver();
        return;
    }
    if (m_phase == Phase::Idle)
        m_doubtful = true;
    if (m_phase == Phase::Idle || m_phase == Phase::Ended)
        catchUp();
    else if (m_phase != Phase::Complete)
        m_endTimer.start();
}

void LogCapture::containerNeverRan()
{
    if (m_phase != Phase::Complete)
        endWithoutContainer(false);
}

void LogCapture::containerGone(bool mayHaveRun)
{
    m_gone = true;
    if (m_phase == Phase::Idle && mayHaveRun)
        m_doubtful = true;
    if (!m_driver.isEmpty())
        endAtDriver();
    else if (m_stream)
        m_endTimer.start();
    else if (m_phase != Phase::Complete)
        endWithoutContainer(m_doubtful);
}

void LogCapture::engineLost()
{
    if (m_phase == Phase::Complete || m_phase == Phase::Idle)
        return;
    m_doubtful = true;
    m_engineWasLost = true;
}

docker::OutputStream::Sink LogCapture::makeSink()
{
    return
        [this, stream = ++m_streamNumber](Message message) { receive(stream, std::move(message)); };
}

void LogCapture::receive(int stream, Message message)
{
    if (!std::holds_alternative<docker::OutputChunk>(message)) {
        QMetaObject::invokeMethod(
            this,
            [this, stream, message = std::move(message)] {
                if (stream != m_streamNumber || !m_stream)
                    return;
                if (const auto *how = std::get_if<Result<void>>(&message))
                    onEnded(*how);
                else
                    onStarted();
            },
            Qt::QueuedConnection);
        return;
    }
    auto &chunk = std::get<docker::OutputChunk>(message);
    const Timestamp time
        = chunk.time ? std::chrono::floor<std::chrono::milliseconds>(*chunk.time) : m_clock();
    Piece piece{streamOf(chunk.stream), std::move(chunk.bytes), time};
    const std::lock_guard lock(m_inbox.mutex);
    m_inbox.compareBegin(time);
    if (m_inbox.isKnown(time))
        return;
    if (m_inbox.known > 0) {
        m_inbox.known -= piece.bytes.size();
    } else if (m_inbox.room <= 0) {
        m_inbox.drop(std::move(piece));
        return;
    } else {
        m_inbox.room -= piece.fileBytes();
    }
    const qsizetype before = m_inbox.bytes;
    m_inbox.bytes += piece.bytes.size();
    m_inbox.pieces.append(std::move(piece));
    if (before == 0)
        QMetaObject::invokeMethod(&m_drainTimer, qOverload<>(&QTimer::start), Qt::QueuedConnection);
    if (before < batchBytes && m_inbox.bytes >= batchBytes)
        QMetaObject::invokeMethod(this, &LogCapture::drain, Qt::QueuedConnection);
}

// For what is still to come of this stream.
void LogCapture::makeRoom()
{
    const std::lock_guard lock(m_inbox.mutex);
    m_inbox.known = m_skip[0] + m_skip[1];
    m_inbox.room = m_limit - m_writer->fileBytes();
    m_inbox.written.reset();
    if (const auto first = m_writer->firstTime(); first && m_phase == Phase::Replaying)
        m_inbox.written = {*first, m_writer->lastTime()};
    m_inbox.knownUntil.reset();
    m_inbox.isCut = false;
    m_inbox.hasGap = false;
}

void LogCapture::onStarted()
{
    if (m_phase == Phase::Attaching)
        m_phase = Phase::Live;
    settleAttach();
}

void LogCapture::onEnded(const Result<void> &how)
{
    drain();
    if (!m_stream) // the log file has failed just now
        return;
    const bool wasReplay = m_phase == Phase::Replaying;
    closeStream();
    m_endTimer.stop();
    m_phase = Phase::Ended;
    if (!m_stopped)
        m_cutOffAt = m_clock();
    if (!how)
        m_doubtful = true;
    else if (wasReplay)
        m_doubtful = false;
    settleAttach();
    if (m_gone || (m_stopped && !how && how.error().code == ErrorCode::NotFound))
        endWithoutContainer(m_doubtful);
    else if (!m_stopped)
        emit streamEnded();
    else if (m_doubtful && !how)
        m_retryTimer.start();
    else
        catchUp();
}

void LogCapture::settleAttach()
{
    if (std::exchange(m_attachPending, false))
        emit attachSettled();
}

void LogCapture::drain()
{
    m_drainTimer.stop();
    QList<Piece> pieces;
    bool hasGap = false;
    {
        const std::lock_guard lock(m_inbox.mutex);
        pieces.swap(m_inbox.pieces);
        m_inbox.bytes = 0;
        hasGap = std::exchange(m_inbox.hasGap, false);
        if (m_inbox.isCut)
            m_skip = {};
    }
    if (!m_writer)
        return;
    if (hasGap
        && !note(QStringLiteral("The engine's copy of this output no longer reaches back to here: "
                                "lines may be missing."),
                 m_writer->lastTime()))
        return;
    if (pieces.isEmpty())
        return;
    const qint64 before = m_writer->receivedBytes(logs::Stream::Stdout)
        + m_writer->receivedBytes(logs::Stream::Stderr);
    for (Piece &piece : pieces) {
        if (const auto done = write(std::move(piece)); !done) {
            fileFailed(done.error());
            return;
        }
    }
    const qint64 after = m_writer->receivedBytes(logs::Stream::Stdout)
        + m_writer->receivedBytes(logs::Stream::Stderr);
    if (after == before) // a replay that is still in what the file has
        return;
    m_pause.clear();
    m_retryTimer.setInterval(m_retryInterval);
    emit written();
}

Result<void> LogCapture::write(Piece piece)
{
    qint64 &skip = m_skip[piece.stream == logs::Stream::Stdout ? 0 : 1];
    const qsizetype known = std::min<qint64>(skip, piece.bytes.size());
    skip -= known;
    if (known == piece.bytes.size())
        return {};
    return m_writer->write(piece.stream, QByteArrayView(piece.bytes).sliced(known), piece.time);
}

bool LogCapture::openWriter()
{
    if (m_writer)
        return true;
    auto writer = logs::LogWriter::open(m_path);
    if (!writer) {
        fileFailed(writer.error());
        return false;
    }
    m_writer = *std::move(writer);
    return true;
}

// The file is opened anew and completed from the daemon's copy once there is room again.
void LogCapture::fileFailed(const Error &error)
{
    if (m_pause.isEmpty()) {
        m_pause = QStringLiteral("The output is not written since byte %1 of the log: %2")
                      .arg(QString::number(m_writer ? m_writer->fileBytes() : 0), error.message);
        qCWarning(lcLogs).noquote() << m_pause;
    }
    closeStream();
    m_writer.reset();
    m_phase = Phase::Ended;
    m_doubtful = true;
    m_retryTimer.start();
    m_retryTimer.setInterval(
        std::min<std::chrono::milliseconds>(2 * m_retryTimer.intervalAsDuration(), longestRetry));
    settleAttach();
}

void LogCapture::replay(const QString &id, bool follow)
{
    m_id = id;
    if (!openWriter())
        return;
    if (!follow && hasTail()) {
        complete();
        return;
    }
    m_skip = {m_writer->receivedBytes(logs::Stream::Stdout),
              m_writer->receivedBytes(logs::Stream::Stderr)};
    m_phase = Phase::Replaying;
    makeRoom();
    m_stream = m_engine.logs(id, follow, makeSink());
}

void LogCapture::closeStream()
{
    m_stream.reset();
    m_skip = {};
    const std::lock_guard lock(m_inbox.mutex);
    m_inbox.pieces.clear();
    m_inbox.bytes = 0;
}

void LogCapture::endAtDriver()
{
    if (m_phase == Phase::Complete || !openWriter()
        || !note(QStringLiteral("The output of this container went to the log driver \"%1\" and "
                                "is not kept here.")
                     .arg(m_driver)))
        return;
    complete();
}

// An executor that was killed since has written it all.
bool LogCapture::hasTail() const
{
    if (m_writer->fileBytes() < m_limit)
        return false;
    const auto end
        = logs::readBackward(m_path, -1, std::numeric_limits<int>::max(), 2 * logTailLimit);
    return end && std::ranges::any_of(end->lines, [](const logs::RawLine &line) {
               return line.stream == logs::Stream::Stderr && line.text.startsWith(notePrefix)
                   && line.text.contains(dropNote);
           });
}

// The last lines of what was too much, behind a line that tells of the gap.
bool LogCapture::writeTail()
{
    std::deque<Piece> tail;
    qint64 dropped = 0;
    {
        const std::lock_guard lock(m_inbox.mutex);
        tail.swap(m_inbox.tail);
        dropped = std::exchange(m_inbox.dropped, 0);
        m_inbox.tailBytes = 0;
    }
    if (tail.empty())
        return true;
    // Lines that have lost their beginning go as well.
    std::array<bool, 2> isWhole{};
    for (Piece &piece : tail) {
        bool &whole = isWhole[piece.stream == logs::Stream::Stdout ? 0 : 1];
        if (whole)
            continue;
        const qsizetype newline = piece.bytes.indexOf('\n');
        const qsizetype torn = newline < 0 ? piece.bytes.size() : newline + 1;
        whole = newline >= 0;
        dropped += torn;
        piece.bytes.remove(0, torn);
    }
    if (!note(QString::number(dropped) + dropNote
              + QStringLiteral("%1 bytes. Its last lines follow.").arg(m_limit)))
        return false;
    for (const Piece &piece : tail) {
        if (const auto done = m_writer->write(piece.stream, piece.bytes, piece.time); !done) {
            fileFailed(done.error());
            return false;
        }
    }
    return true;
}

// A daemon that was only frozen reads on to the container's end before it ends the stream; of a
// dead one the stream has ended before the container.
bool LogCapture::noteLostEnd()
{
    if (!m_engineWasLost || !m_cutOffAt || !m_stoppedAt || *m_stoppedAt <= *m_cutOffAt)
        return true;
    const auto text = [](Timestamp time) {
        return QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count(), Qt::UTC)
            .toString(Qt::ISODate);
    };
    const bool written = note(
        QStringLiteral("The container ended while the Docker engine was away, between %1 and %2: "
                       "its last lines may be missing.")
            .arg(text(*m_cutOffAt), text(m_clock())));
    if (written)
        m_cutOffAt.reset();
    return written;
}

// No stream is open: reads what is missing, or ends.
void LogCapture::catchUp()
{
    if (m_phase != Phase::Ended && m_phase != Phase::Idle)
        return;
    if (m_gone)
        endWithoutContainer(true);
    else if (m_doubtful || !m_writer)
        replay(m_id, !m_stopped);
    else if (m_stopped)
        complete();
}

void LogCapture::giveUpWaiting()
{
    drain();
    closeStream();
    m_phase = Phase::Ended;
    m_doubtful = true;
    if (m_gone)
        endWithoutContainer(true);
    else
        catchUp();
}

void LogCapture::endWithoutContainer(bool cutOff)
{
    drain();
    closeStream();
    m_retryTimer.stop();
    if (cutOff && openWriter()
        && !note(QStringLiteral("The container was removed from outside before all of its output "
                                "had been read.")))
        return;
    if (m_writer) {
        complete();
        return;
    }
    m_phase = Phase::Complete;
    emit completed();
}

// A line about the log itself. What the container has not ended with a newline becomes a line
// first.
bool LogCapture::note(const QString &text, std::optional<Timestamp> at)
{
    const Timestamp time = at.value_or(m_clock());
    const QByteArray line = QByteArray(notePrefix.data(), notePrefix.size()) + text.toUtf8() + '\n';
    const auto done = m_writer->finish(time).and_then(
        [&] { return m_writer->write(logs::Stream::Stderr, line, time); });
    if (!done)
        fileFailed(done.error());
    return done.has_value();
}

void LogCapture::complete()
{
    if (!writeTail() || !noteLostEnd())
        return;
    m_pause.clear();
    if (const auto done = m_writer->finish(m_clock()); !done) {
        fileFailed(done.error());
        return;
    }
    m_writer.reset();
    m_phase = Phase::Complete;
    emit written();
    emit completed();
}

} // namespace batchyard::executor
