// Finds the maze, the walk and the outcome in what the containers of a job wrote (maze protocol:
// the agent's SIZE, START, key, exit, length and list lines; the model's map and access lines).
// Which container is which is found from the lines. Every line is hostile: bounds come before
// memory, and what cannot be is listed in problems(), with place and numbers.
#pragma once

#include "backend/maze/map.h"

#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace batchyard::maze {

// Where the job's story stands, as far as the logs tell.
struct Verdict {
    enum class Outcome {
        NoMaze, // nothing that the protocol knows has been read
        Building, // the model is building the maze
        Walking, // the agent is on its way
        Solved, // key found, then the exit
        NoMovesLeft, // the agent says so
        Failed, // the agent wrote an error line; reason holds it
        Ended, // the logs are complete and none of the above was said
    };
    Outcome outcome = Outcome::NoMaze;
    qint64 steps = 0; // moves: one less than the cells stood on
    std::optional<qint64> shortest; // moves start -> key -> exit; known only with a map
    bool keyFound = false;
    QString reason;
    friend bool operator==(const Verdict &, const Verdict &) = default;
};

// "Solved in 1,214 steps; the shortest way has 188."
[[nodiscard]] QString verdictSentence(const Verdict &verdict);

class LogReader
{
public:
    enum Change {
        Nothing = 0,
        Facts = 1, // size, places, key, exit, verdict, problems
        MapRead = 2, // the map is there or grew
        Steps = 4, // steps were appended to the walk
        WalkReplaced = 8, // the agent's list took the place of the live walk
    };
    Q_DECLARE_FLAGS(Changes, Change)

    // One whole line of a container, without its end; lines of one container in their order.
    Changes feed(const QString &container, QByteArrayView line);
    // No line will follow.
    Changes finish();

    // Cells of the maze: from SIZE, else from the map, else what the walk covers. May be empty.
    [[nodiscard]] QSize size() const;
    [[nodiscard]] const Map &map() const { return m_map; } // empty: no map in the logs (yet)
    [[nodiscard]] std::optional<QPoint> start() const;
    [[nodiscard]] std::optional<QPoint> key() const;
    [[nodiscard]] std::optional<QPoint> exit() const;

    // Cells stood on in order: the agent's list, or before it the positions the model was asked
    // for.
    [[nodiscard]] const QList<QPoint> &walk() const { return m_walk; }
    [[nodiscard]] bool isWalkFinal() const { return m_listRead; }
    // Index in walk() of the step on which the key was found and the exit was reached after it.
    [[nodiscard]] std::optional<qsizetype> keyStep() const { return m_keyStep; }
    [[nodiscard]] std::optional<qsizetype> exitStep() const { return m_exitStep; }

    [[nodiscard]] QString agent() const { return m_agent; } // container names; empty: not seen yet
    [[nodiscard]] QString model() const { return m_model; }
    [[nodiscard]] const QStringList &problems() const { return m_problems; }
    [[nodiscard]] Verdict verdict() const;

private:
    struct Container {
        qint64 lines = 0;
        MapBuilder builder;
        bool hasNewRows = false; // since the map was taken over
        bool raggedTold = false;
    };
    enum class Role { Agent, Model };

    Changes readLine(const QString &name, qint64 number, QByteArrayView line);
    Changes readSize(const QString &name, qint64 number, QByteArrayView line);
    Changes readStart(const QString &name, qint64 number, QByteArrayView line);
    Changes readPlace(const QString &name, qint64 number, QByteArrayView line);
    Changes readLength(const QString &name, QByteArrayView line);
    Changes readList(const QString &name, QByteArrayView line);
    Changes readNoMovesLeft(const QString &name);
    Changes readError(const QString &name, QByteArrayView line);
    Changes readAccess(const QString &name, QByteArrayView line);
    Changes takeMap(const QString &name, Container &container);
    Changes step(QPoint cell); // of the live walk

    [[nodiscard]] bool takesRole(Role role, const QString &name);
    [[nodiscard]] bool isInside(QPoint cell) const;
    // Why the agent cannot have gone from the cell before to this one; empty when it can.
    [[nodiscard]] QString whyNotStep(qsizetype index) const;
    void checkMapSize();
    void checkPlaces();
    void checkWalk(); // cuts the agent's list at the first step that cannot be
    void locateEvents(qsizetype from);
    void addProblem(const QString &problem);
    [[nodiscard]] std::optional<qint64> shortestWay() const;

    QHash<QString, Container> m_containers;
    QString m_agent, m_model;
    QSize m_declaredSize;
    qint64 m_sizeLine = 0;
    Map m_map;
    bool m_mapFromModel = false;
    std::optional<QPoint> m_start, m_keyFound, m_exitReached;
    std::optional<qint64> m_declaredLength;
    QList<QPoint> m_walk;
    QSize m_walkBounds; // covers all cells of the walk
    std::optional<qsizetype> m_keyStep, m_exitStep;
    qsizetype m_listLength = 0; // pairs in the agent's list, also those that were cut off
    bool m_listRead = false;
    bool m_noMovesLeft = false;
    bool m_finished = false;
    std::optional<double> m_progress; // per cent of the maze built
    QString m_error; // the first ERROR line
    bool m_errorOfAgent = false;
    QStringList m_problems;
    mutable std::optional<std::optional<qint64>> m_shortest; // kept while map and places stand
};

Q_DECLARE_OPERATORS_FOR_FLAGS(LogReader::Changes)

} // namespace batchyard::maze
