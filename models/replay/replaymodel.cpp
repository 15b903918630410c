#include "models/replay/replaymodel.h"

#include <QElapsedTimer>

#include <algorithm>
#include <cmath>
#include <memory>

namespace batchyard::models {

namespace {

// Lines come in bursts of thousands; views hear of them once a frame.
constexpr int frameMs = 16;
constexpr int readableMs = 250; // a sentence that changes faster cannot be read

ReplayModel::Clock steadyClock()
{
    auto timer = std::make_shared<QElapsedTimer>();
    timer->start();
    return [timer] { return timer->elapsed(); };
}

} // namespace

ReplayModel::ReplayModel(QObject *parent)
    : ReplayModel(steadyClock(), parent)
{
}

ReplayModel::ReplayModel(Clock clock, QObject *parent)
    : QObject(parent)
    , m_clock(std::move(clock))
{
    m_announceTimer.setSingleShot(true);
    m_announceTimer.setInterval(frameMs);
    m_playTimer.setInterval(frameMs);
    m_factsTimer.setSingleShot(true);
    m_factsTimer.setInterval(readableMs);
    connect(&m_factsTimer, &QTimer::timeout, this, &ReplayModel::factsChanged);
    connect(&m_announceTimer, &QTimer::timeout, this, &ReplayModel::announce);
    connect(&m_playTimer, &QTimer::timeout, this, &ReplayModel::tick);
}

void ReplayModel::feed(const QString &container, QByteArrayView line)
{
    schedule(m_reader.feed(container, line));
}

void ReplayModel::finish()
{
    if (m_finished)
        return;
    m_finished = true;
    m_pending |= m_reader.finish();
    announce();
    // The position stays at the end, but nothing is left to follow.
    m_live = false;
    emit playbackChanged();
}

void ReplayModel::clear()
{
    m_announceTimer.stop();
    m_factsTimer.stop();
    m_playTimer.stop();
    m_reader = {};
    m_pending = {};
    m_step = 0;
    m_playing = false;
    m_reverse = false;
    m_live = true;
    m_finished = false;
    m_loopBegin.reset();
    m_loopEnd.reset();
    emit mapChanged();
    emit walkReplaced();
    emit factsChanged();
    emit currentStepChanged(m_step);
    emit playbackChanged();
}

void ReplayModel::schedule(maze::LogReader::Changes changes)
{
    if (!changes)
        return;
    m_pending |= changes;
    if (changes & maze::LogReader::WalkReplaced)
        announce(); // positions of the old walk mean nothing any more
    else if (!m_announceTimer.isActive())
        m_announceTimer.start();
}

void ReplayModel::announce()
{
    m_announceTimer.stop();
    const maze::LogReader::Changes changes = std::exchange(m_pending, {});
    const qsizetype step = m_live ? stepCount() : std::min(m_step, stepCount());
    const bool hasMoved = step != m_step;
    m_step = step;
    if (changes & maze::LogReader::MapRead)
        emit mapChanged();
    if (changes & maze::LogReader::WalkReplaced) {
        if (m_loopBegin)
            m_loopBegin = std::min(*m_loopBegin, stepCount());
        if (m_loopEnd)
            m_loopEnd = std::min(*m_loopEnd, stepCount());
        emit walkReplaced();
    } else if (changes & maze::LogReader::Steps) {
        emit stepsAppended();
    }
    if (changes & ~maze::LogReader::Changes(maze::LogReader::Steps)) {
        m_factsTimer.stop();
        emit factsChanged();
    } else if (changes && !m_factsTimer.isActive()) {
        m_factsTimer.start();
    }
    if (hasMoved)
        emit currentStepChanged(m_step);
}

QString ReplayModel::verdict() const
{
    return maze::verdictSentence(m_reader.verdict());
}

qsizetype ReplayModel::stepCount() const
{
    return std::max<qsizetype>(0, m_reader.walk().size() - 1);
}

std::optional<QPoint> ReplayModel::position() const
{
    return cellAt(m_step);
}

std::optional<QPoint> ReplayModel::cellAt(qsizetype step) const
{
    if (step < 0 || step >= m_reader.walk().size())
        return std::nullopt;
    return m_reader.walk()[step];
}

qsizetype ReplayModel::visits(QPoint cell) const
{
    const QList<QPoint> &walk = m_reader.walk();
    const qsizetype stood = std::min(m_step + 1, walk.size());
    return std::count(walk.cbegin(), walk.cbegin() + stood, cell);
}

QList<ReplayModel::Marker> ReplayModel::markers() const
{
    QList<Marker> markers;
    if (const std::optional<qsizetype> step = m_reader.keyStep())
        markers.append({Marker::Kind::Key, *step});
    if (const std::optional<qsizetype> step = m_reader.exitStep())
        markers.append({Marker::Kind::Exit, *step});
    return markers;
}

qsizetype ReplayModel::loopBegin() const
{
    return m_loopBegin.value_or(0);
}

qsizetype ReplayModel::loopEnd() const
{
    return m_loopEnd.value_or(stepCount());
}

void ReplayModel::play()
{
    start(false);
}

void ReplayModel::playReverse()
{
    start(true);
}

void ReplayModel::start(bool reverse)
{
    if (stepCount() == 0)
        return;
    m_live = false;
    m_reverse = reverse;
    const qsizetype first = m_looping ? loopBegin() : 0;
    const qsizetype last = m_looping ? loopEnd() : stepCount();
    if (!reverse && (m_step >= last || m_step < first))
        moveTo(first);
    else if (reverse && (m_step <= first || m_step > last))
        moveTo(last);
    m_playing = true;
    m_fraction = 0;
    m_lastTick = m_clock();
    m_playTimer.start();
    emit playbackChanged();
}

void ReplayModel::pause()
{
    if (!m_playing)
        return;
    m_playing = false;
    m_playTimer.stop();
    emit playbackChanged();
}

void ReplayModel::togglePlaying()
{
    if (m_playing)
        pause();
    else
        start(m_reverse);
}

void ReplayModel::tick()
{
    const qint64 now = m_clock();
    m_fraction += double(now - m_lastTick) / 1000.0 * stepsPerSecond * m_speed;
    m_lastTick = now;
    const auto steps = qsizetype(std::floor(m_fraction));
    if (steps == 0)
        return;
    m_fraction -= double(steps);
    const qsizetype first = m_looping ? loopBegin() : 0;
    const qsizetype last = m_looping ? loopEnd() : stepCount();
    const qsizetype target = m_reverse ? m_step - steps : m_step + steps;
    if (m_reverse ? target >= first : target <= last) {
        moveTo(target);
        // The end shows at once, not one step's time later.
        if (m_looping || (m_reverse ? target > first : target < last))
            return;
    }
    if (m_looping && last > first) {
        const qsizetype length = last - first + 1;
        const qsizetype beyond = m_reverse ? first - target : target - last;
        if (beyond > 0)
            moveTo(m_reverse ? last - (beyond - 1) % length : first + (beyond - 1) % length);
        return;
    }
    moveTo(m_reverse ? first : last);
    pause();
    if (!m_reverse && !m_finished)
        setLive(true); // caught up with the running job
}

void ReplayModel::moveTo(qsizetype step)
{
    const qsizetype there = std::clamp<qsizetype>(step, 0, stepCount());
    if (there == m_step)
        return;
    m_step = there;
    emit currentStepChanged(m_step);
}

void ReplayModel::seek(qsizetype step)
{
    const bool leavesLive = m_live && step < stepCount();
    m_fraction = 0;
    moveTo(step);
    if (leavesLive) {
        m_live = false;
        emit playbackChanged();
    }
}

void ReplayModel::stepBy(qsizetype steps)
{
    seek(m_step + steps);
}

void ReplayModel::setSpeed(double speed)
{
    // Not a number becomes the minimum.
    const double wanted = std::isnan(speed) ? minimumSpeed : speed;
    const double fitting = std::clamp(wanted, minimumSpeed, maximumSpeed);
    if (qFuzzyCompare(fitting, m_speed))
        return;
    m_speed = fitting;
    emit playbackChanged();
}

void ReplayModel::setLooping(bool looping)
{
    if (looping == m_looping)
        return;
    m_looping = looping;
    emit playbackChanged();
}

void ReplayModel::setLoopBegin(qsizetype step)
{
    m_loopBegin = std::clamp<qsizetype>(step, 0, stepCount());
    if (m_loopEnd && *m_loopEnd <= *m_loopBegin)
        m_loopEnd.reset();
    m_looping = true;
    emit playbackChanged();
}

void ReplayModel::setLoopEnd(qsizetype step)
{
    m_loopEnd = std::clamp<qsizetype>(step, 0, stepCount());
    if (m_loopBegin && *m_loopBegin >= *m_loopEnd)
        m_loopBegin.reset();
    m_looping = true;
    emit playbackChanged();
}

void ReplayModel::clearLoopRange()
{
    m_loopBegin.reset();
    m_loopEnd.reset();
    emit playbackChanged();
}

void ReplayModel::setLive(bool live)
{
    if (live == m_live || (live && m_finished))
        return;
    if (live)
        pause();
    m_live = live;
    if (live)
        moveTo(stepCount());
    emit playbackChanged();
}

} // namespace batchyard::models
