// The lines of the maze protocol, one function per form: a line in, its numbers out, nullopt when
// the line has another form. No state and no bounds on what the numbers mean.
#pragma once

#include <QByteArrayView>
#include <QList>
#include <QPoint>

#include <optional>
#include <utility>

namespace batchyard::maze::grammar {

using Pair = std::pair<qint64, qint64>;

// "SIZE {'width': 80, 'height': 20}": the name, then a dictionary of two numbers as Python prints
// it.
[[nodiscard]] std::optional<Pair> dictionary(QByteArrayView line, QByteArrayView name,
                                             QByteArrayView first, QByteArrayView second);
// "(32, 2) key found"
[[nodiscard]] std::optional<Pair> place(QByteArrayView line, QByteArrayView what);
// "Solution length: 437"
[[nodiscard]] std::optional<qint64> length(QByteArrayView line);
// "30.06%"
[[nodiscard]] std::optional<double> progress(QByteArrayView line);

// An access line for a route of the maze. position: of GET /maze/pos/<y>/<x> answered with 200.
struct Access {
    std::optional<Pair> position; // x, y
};
[[nodiscard]] std::optional<Access> access(QByteArrayView line);

// "[(0, 18), (1, 18)]". Reads up to the first pair that is none; error then says which and what
// stands there.
struct Walk {
    QList<QPoint> cells;
    QString error;
};
[[nodiscard]] Walk walk(QByteArrayView line);

// Foreign text for a message: printable, at most 40 characters.
[[nodiscard]] QString quoted(QByteArrayView text);

} // namespace batchyard::maze::grammar
