// The replay of a maze job, made from its logs alone: what the maze looks like, the walk, and where
// on the walk the person stands. Follows a running job: while isLive(), new steps move the position
// to the end. Knows no pixels; ui/replay paints it.
#pragma once

#include "backend/maze/logreader.h"

#include <QObject>
#include <QTimer>

#include <functional>

namespace batchyard::models {

class ReplayModel : public QObject
{
    Q_OBJECT

public:
    // Milliseconds of a steady clock; tests bring their own.
    using Clock = std::function<qint64()>;

    static constexpr double minimumSpeed = 0.1;
    static constexpr double maximumSpeed = 100.0;
    static constexpr double stepsPerSecond = 10.0; // at speed 1

    struct Marker {
        enum class Kind { Key, Exit };
        Kind kind = Kind::Key;
        qsizetype step = 0;
        friend bool operator==(const Marker &, const Marker &) = default;
    };

    explicit ReplayModel(QObject *parent = nullptr);
    ReplayModel(Clock clock, QObject *parent);

    // One whole line of a container, without its end.
    void feed(const QString &container, QByteArrayView line);
    // The logs are complete.
    void finish();
    // Forgets everything, for another job.
    void clear();

    [[nodiscard]] const maze::LogReader &log() const { return m_reader; }
    // True once the logs hold anything to draw: a size, a map or a step.
    [[nodiscard]] bool hasMaze() const { return !m_reader.size().isEmpty(); }
    [[nodiscard]] QString verdict() const; // one sentence

    // Steps are counted as moves: the walk has stepCount() + 1 cells, position 0 is the start.
    [[nodiscard]] qsizetype stepCount() const;
    [[nodiscard]] qsizetype currentStep() const { return m_step; }
    [[nodiscard]] std::optional<QPoint> position() const;
    [[nodiscard]] std::optional<QPoint> cellAt(qsizetype step) const;
    // How often the cell was stood on up to the current step.
    [[nodiscard]] qsizetype visits(QPoint cell) const;
    [[nodiscard]] QList<Marker> markers() const;

    [[nodiscard]] bool isPlaying() const { return m_playing; }
    [[nodiscard]] bool isReverse() const { return m_reverse; }
    [[nodiscard]] bool isLive() const { return m_live; }
    [[nodiscard]] bool isFinished() const { return m_finished; }
    [[nodiscard]] double speed() const { return m_speed; }
    [[nodiscard]] bool isLooping() const { return m_looping; }
    // The steps that a loop runs over, both included; all steps when no range was set.
    [[nodiscard]] qsizetype loopBegin() const;
    [[nodiscard]] qsizetype loopEnd() const;
    [[nodiscard]] bool hasLoopRange() const { return m_loopBegin || m_loopEnd; }

public slots:
    // From the end (or, in reverse, from the start) it begins again at the other end.
    void play();
    void playReverse();
    void pause();
    void togglePlaying();
    // Clamped; never starts or pauses playing. Going back leaves live.
    void seek(qsizetype step);
    void stepBy(qsizetype steps);
    // Clamped to minimumSpeed … maximumSpeed.
    void setSpeed(double speed);
    void setLooping(bool looping);
    // The current step becomes the first or last of the loop; the other end gives way.
    void setLoopBegin(qsizetype step);
    void setLoopEnd(qsizetype step);
    void clearLoopRange();
    // To the end, and stay there while steps arrive.
    void setLive(bool live);

signals:
    // Size, places, verdict, problems, markers; a few times a second when only steps arrive, whose
    // number is part of the verdict.
    void factsChanged();
    void mapChanged();
    void stepsAppended(); // stepCount() grew
    void walkReplaced(); // the whole walk is another one
    void currentStepChanged(qsizetype step);
    void playbackChanged(); // playing, reverse, live, speed, loop

private:
    void schedule(maze::LogReader::Changes changes);
    void announce();
    void start(bool reverse);
    void tick();
    void moveTo(qsizetype step);

    Clock m_clock;
    maze::LogReader m_reader;
    maze::LogReader::Changes m_pending;
    QTimer m_announceTimer;
    QTimer m_factsTimer;
    QTimer m_playTimer;
    qsizetype m_step = 0;
    double m_fraction = 0; // part of a step that playing has covered
    qint64 m_lastTick = 0;
    double m_speed = 1.0;
    bool m_playing = false;
    bool m_reverse = false;
    bool m_live = true;
    bool m_looping = false;
    bool m_finished = false;
    std::optional<qsizetype> m_loopBegin, m_loopEnd;
};

} // namespace batchyard::models
