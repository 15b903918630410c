// A maze and a walk through it, made in the test: the log lines of a model and an agent.
#pragma once

#include <QByteArray>
#include <QList>
#include <QPoint>
#include <QSize>

namespace batchyard::models {
class ReplayModel;
}

struct MazeSample {
    QList<QByteArray> modelLines; // the map
    QList<QByteArray> accessLines; // one per step, as the model writes them while the agent walks
    QList<QByteArray> agentLines;
    qsizetype steps = 0;
};

// A maze whose walk (to the key, then to the exit, by depth-first search) depends on the seed
// alone.
[[nodiscard]] MazeSample mazeSample(QSize size, quint32 seed);

void feedAll(batchyard::models::ReplayModel &model, const MazeSample &sample);
