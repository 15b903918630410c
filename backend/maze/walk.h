// What the maze's containers wrote (the project's maze protocol: model map, agent SIZE, START, key,
// exit, length, list) as values, built line by line so that a replay can follow a running job.
// Every line is hostile: bounds before memory, and a line that fits no rule is left alone.
#pragma once

#include <QList>
#include <QPoint>
#include <QSize>
#include <QString>
#include <QStringView>

#include <optional>

namespace batchyard::maze {

// Walls of a maze as the map text shows them. Empty until a map has been read.
class Map
{
public:
    Map() = default;
    // Grid text of 2*height+1 rows of 2*width+1 characters; nullopt when it is no map.
    [[nodiscard]] static std::optional<Map> fromRows(const QList<QByteArray> &rows);

    [[nodiscard]] bool isEmpty() const { return m_size.isEmpty(); }
    [[nodiscard]] QSize size() const { return m_size; } // cells
    [[nodiscard]] bool openRight(QPoint cell) const; // no wall between cell and its right neighbour
    [[nodiscard]] bool openDown(QPoint cell) const;
    [[nodiscard]] std::optional<QPoint> start() const { return m_start; }
    [[nodiscard]] std::optional<QPoint> key() const { return m_key; }
    [[nodiscard]] std::optional<QPoint> exit() const { return m_exit; }
    // Moves of the shortest way start -> key -> exit; nullopt when one of them is unknown or cut off.
    [[nodiscard]] std::optional<qint64> shortestWay() const;

private:
    QSize m_size;
    QByteArray m_open; // per cell: bit 0 right, bit 1 down
    std::optional<QPoint> m_start, m_key, m_exit;
};

inline constexpr int maximumMazeSide = 4001;

struct Walk {
    QSize size; // of the SIZE line; empty before
    std::optional<QPoint> start, keyFound, exitReached;
    bool noMovesLeft = false;
    std::optional<qint64> declaredLength; // "Solution length"
    QList<QPoint> cells; // stood on, in order
    bool listComplete = false; // the list line has been read
    QStringList problems; // what the log says that cannot be, with index and numbers
};

} // namespace batchyard::maze
