// What the containers of a maze job print. A line that begins with '1' comes from another container
// than the rest. What is read stays inside the bounds that the window draws by.
#include "backend/maze/logreader.h"
#include "tests/fuzz/fuzzing.h"

namespace {

using namespace batchyard;
using maze::LogReader;

bool isInside(QPoint cell, QSize size)
{
    return cell.x() >= 0 && cell.y() >= 0 && cell.x() < size.width() && cell.y() < size.height();
}

void check(const LogReader &reader, qsizetype bytes)
{
    constexpr qsizetype mostProblems = 50;
    const QSize size = reader.size();
    fuzz::require(size.width() <= maze::maximumSide && size.height() <= maze::maximumSide,
                  "no maze is too large");
    fuzz::require(reader.problems().size() <= mostProblems, "there are not too many problems");
    fuzz::require(reader.walk().size() <= bytes / 4 + 1, "a walk is no longer than its text");
    for (const QPoint cell : reader.walk())
        fuzz::require(isInside(cell, {maze::maximumSide, maze::maximumSide}),
                      "the walk stays in bounds");
    if (reader.isWalkFinal()) {
        for (qsizetype i = 0; i < reader.walk().size(); ++i) {
            fuzz::require(isInside(reader.walk()[i], size), "the list stays inside the maze");
            fuzz::require(i == 0
                              || (reader.walk()[i] - reader.walk()[i - 1]).manhattanLength() == 1,
                          "a step is a step");
        }
    }
    for (const auto &step : {reader.keyStep(), reader.exitStep()})
        fuzz::require(!step || *step < reader.walk().size(), "an event is on the walk");
    const maze::Verdict verdict = reader.verdict();
    fuzz::require(verdict.steps >= 0, "nobody walks less than no step");
    fuzz::require(!maze::verdictSentence(verdict).isEmpty(), "a verdict has words");
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray text(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    LogReader reader;
    for (QByteArrayView line : text.split('\n')) {
        const bool isOther = line.startsWith('1');
        if (isOther)
            line = line.sliced(1);
        static_cast<void>(
            reader.feed(isOther ? QStringLiteral("model") : QStringLiteral("agent"), line));
        static_cast<void>(reader.start());
    }
    check(reader, text.size());
    static_cast<void>(reader.finish());
    check(reader, text.size());
    return 0;
}
