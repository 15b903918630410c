// A log file that a crash has torn or somebody has changed: read forwards, backwards and in small
// pages it holds the same lines; a writer that goes on with it counts what is there and loses none.
#include "backend/logs/logfile.h"
#include "backend/logs/logwriter.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>
#include <limits>

namespace {

using namespace batchyard;
using logs::Lines;
using logs::RawLine;

constexpr int everyLine = std::numeric_limits<int>::max();
constexpr qint64 everyByte = std::numeric_limits<qint64>::max();

QList<RawLine> inPages(const QString &path, int lines, qint64 bytes)
{
    QList<RawLine> all;
    for (qint64 at = 0;;) {
        const Result<Lines> page = logs::readForward(path, at, lines, bytes);
        fuzz::require(page.has_value(), "a page can be read");
        all += page->lines;
        if (page->end == at)
            return all;
        fuzz::require(page->end > at && page->begin == at, "a page leads on");
        at = page->end;
    }
}

QList<RawLine> backwards(const QString &path, int lines, qint64 bytes)
{
    QList<RawLine> all;
    for (qint64 at = -1; at != 0;) {
        const Result<Lines> page = logs::readBackward(path, at, lines, bytes);
        fuzz::require(page.has_value(), "a page can be read backwards");
        all = page->lines + all;
        fuzz::require(page->begin < at || at < 0, "a page leads back");
        at = page->begin;
    }
    return all;
}

void search(const QString &path, const QList<RawLine> &lines)
{
    const auto isOrdered
        = std::is_sorted(lines.cbegin(), lines.cend(),
                         [](const RawLine &a, const RawLine &b) { return a.time < b.time; });
    for (const RawLine &line : lines) {
        const Result<qint64> offset = logs::offsetOfTime(path, line.time);
        fuzz::require(offset.has_value(), "a time can be searched");
        const Result<Lines> found = logs::readForward(path, *offset, everyLine, everyByte);
        fuzz::require(found.has_value(), "what was found can be read");
        if (isOrdered && !found->lines.isEmpty())
            fuzz::require(found->lines.last() == lines.last(), "what was found is a line's start");
    }
}

void goOnWriting(const QString &path, const QList<RawLine> &before, const QByteArray &output,
                 int seed)
{
    const auto writer = logs::LogWriter::open(path);
    fuzz::require(writer.has_value(), "a writer goes on with any file");
    qint64 stored = 0;
    for (const RawLine &line : before)
        stored += line.text.size() + 1;
    using enum logs::Stream;
    fuzz::require((*writer)->storedBytes(Stdout) + (*writer)->storedBytes(Stderr) == stored,
                  "the writer counts what a reader sees");
    const logs::Timestamp now{std::chrono::hours(24)};
    for (const QByteArray &piece : fuzz::pieces(output, seed))
        fuzz::require((*writer)->write(Stdout, piece, now).has_value(), "a piece can be written");
    fuzz::require((*writer)->finish(now).has_value(), "the output can be ended");

    const Result<Lines> after = logs::readForward(path, 0, everyLine, everyByte);
    fuzz::require(after && after->lines.first(before.size()) == before, "old lines stay");
    QByteArray text;
    for (const RawLine &line : after->lines.mid(before.size()))
        text += line.text + '\n';
    const bool isWhole = output.isEmpty() || output.endsWith('\n');
    fuzz::require(text == (isWhole ? output : output + '\n'), "new lines are what was printed");
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz::Input input(data, size);
    const int lines = 1 + input.choice(8);
    const int bytes = 1 + input.choice(26) * 40;
    const fuzz::MemoryFile file(input.rest());
    const Result<Lines> whole = logs::readForward(file.path(), 0, everyLine, everyByte);
    fuzz::require(whole.has_value() && whole->end <= input.rest().size(), "the file can be read");
    fuzz::require(inPages(file.path(), lines, bytes) == whole->lines, "pages hold the same lines");
    fuzz::require(backwards(file.path(), lines, bytes) == whole->lines,
                  "pages from the end hold the same lines");
    search(file.path(), whole->lines.mid(0, 8));
    goOnWriting(file.path(), whole->lines, input.rest(), lines);
    return 0;
}
