// The logs of a run of the sample maze, made for the pictures: the model's map and one access line
// per look, the agent's lines of the grammar.
#pragma once

#include <QStringList>

namespace batchyard::test {

struct MazeLog {
    QStringList map; // the model's standard output
    QStringList access; // its standard error, one line per look at a cell
    QStringList begin; // the agent's first lines
    QString key; // "(x, y) key found"
    qsizetype keyAt = 0; // after so many access lines
    QStringList end; // exit, length, list
};

[[nodiscard]] MazeLog makeMazeLog(int width, int height, quint32 seed);

} // namespace batchyard::test
