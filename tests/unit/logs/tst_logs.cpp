// The log file's format, the writer that fills it and the reader that pages through it.
#include "backend/logs/logfile.h"
#include "backend/logs/logwriter.h"

#include <QTemporaryDir>
#include <QTest>

using namespace batchyard;
using namespace batchyard::logs;
using std::chrono::milliseconds;

namespace {

// 2026-11-24T05:38:46.123Z
constexpr Timestamp base{milliseconds(1795498726123)};
constexpr QByteArrayView out = "2026-11-24T05:38:46.123Z out ";
constexpr QByteArrayView err = "2026-11-24T05:38:46.123Z err ";

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void setContents(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

struct Piece {
    Stream stream;
    QByteArray bytes;
};

} // namespace

Q_DECLARE_METATYPE(QList<Piece>)

class TestLogs : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    [[nodiscard]] QString newPath() const
    {
        return m_dir.filePath(
            QLatin1StringView(QTest::currentTestFunction()) + u'-'
            + QLatin1StringView(QTest::currentDataTag() ? QTest::currentDataTag() : "x") + u".log");
    }

private slots:
    void formatsAndParsesALine()
    {
        const RawLine line{base, Stream::Stderr, "  \xff two  \r"};
        const QByteArray text = formatLine(line);
        QCOMPARE(text, err.toByteArray() + "  \xff two  \r\n");
        QCOMPARE(parseLine(text), std::optional(line));
        QCOMPARE(parseLine(out)->text, QByteArray());
    }

    void refusesWhatIsNoLine_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("torn in the time") << QByteArray("2026-11-24T05:38");
        QTest::newRow("no such stream") << QByteArray("2026-11-24T05:38:46.123Z log x");
        QTest::newRow("no such month") << QByteArray("2026-13-24T05:38:46.123Z out x");
        QTest::newRow("a sign in a number") << QByteArray("2026-11-24T05:38:-6.123Z out x");
        QTest::newRow("other text") << QByteArray("a line of some other log file, long enough");
    }
    void refusesWhatIsNoLine()
    {
        QFETCH(QByteArray, text);
        QCOMPARE(parseLine(text), std::nullopt);
    }

    void joinsPiecesPerStream_data()
    {
        QTest::addColumn<QList<Piece>>("pieces");
        QTest::addColumn<QByteArray>("expected");
        const auto o = [](const char *text) { return Piece{Stream::Stdout, text}; };
        const auto e = [](const char *text) { return Piece{Stream::Stderr, text}; };
        QTest::newRow("one line") << QList<Piece>{o("a\n")} << out.toByteArray() + "a\n";
        QTest::newRow("two lines in a piece")
            << QList<Piece>{o("a\nb\n")} << out.toByteArray() + "a\n" + out.toByteArray() + "b\n";
        QTest::newRow("a line in three pieces")
            << QList<Piece>{o("a"), o("b"), o("c\n")} << out.toByteArray() + "abc\n";
        QTest::newRow("the other stream between")
            << QList<Piece>{o("a"), e("x\n"), o("b\n")}
            << err.toByteArray() + "x\n" + out.toByteArray() + "ab\n";
        QTest::newRow("empty lines")
            << QList<Piece>{o("\n\n")} << out.toByteArray() + "\n" + out.toByteArray() + "\n";
        QTest::newRow("no newline at the end")
            << QList<Piece>{o("a\nb"), e("c")}
            << out.toByteArray() + "a\n" + out.toByteArray() + "b\n" + err.toByteArray() + "c\n";
        QTest::newRow("nothing") << QList<Piece>{} << QByteArray();
    }
    void joinsPiecesPerStream()
    {
        QFETCH(QList<Piece>, pieces);
        QFETCH(QByteArray, expected);
        auto writer = LogWriter::open(newPath());
        QVERIFY(writer);
        for (const Piece &piece : pieces)
            QVERIFY((*writer)->write(piece.stream, piece.bytes, base));
        QVERIFY((*writer)->finish(base));
        QCOMPARE(contents(newPath()), expected);
    }

    void keepsALineLongerThanItsMemoryWhole()
    {
        const QByteArray piece(100'000, 'x');
        auto writer = LogWriter::open(newPath());
        QVERIFY(writer);
        for (int i = 0; i < 50; ++i) {
            QVERIFY((*writer)->write(Stream::Stdout, piece, base));
            QVERIFY((*writer)->write(Stream::Stderr, "e\n", base));
        }
        QVERIFY((*writer)->write(Stream::Stdout, "end\nnext\n", base));
        QVERIFY((*writer)->finish(base));
        const auto lines = readForward(newPath(), 0, 1000, 1 << 30);
        QVERIFY(lines);
        QCOMPARE(lines->lines.size(), 52);
        QCOMPARE(lines->lines.at(50).text, piece.repeated(50) + "end");
        QCOMPARE(lines->lines.at(51).text, QByteArray("next"));
        QCOMPARE((*writer)->receivedBytes(Stream::Stdout), 5'000'009);
        QCOMPARE(QDir(m_dir.path()).entryList({QStringLiteral("*-part")}), QStringList());
    }

    void neverGoesBackInTime()
    {
        auto writer = LogWriter::open(newPath());
        QVERIFY((*writer)->write(Stream::Stdout, "a\n", base));
        QVERIFY((*writer)->write(Stream::Stdout, "b\n", base - milliseconds(5)));
        QVERIFY((*writer)->finish(base));
        writer = LogWriter::open(newPath());
        QVERIFY((*writer)->write(Stream::Stderr, "c\n", base - milliseconds(9)));
        QCOMPARE(contents(newPath()),
                 out.toByteArray() + "a\n" + out.toByteArray() + "b\n" + err.toByteArray() + "c\n");
    }

    // Cut the file at every byte, as a crash may, and replay what the daemon has kept.
    void goesOnExactlyAfterACrashAtAnyByte()
    {
        const QByteArray printedOut = "one\n\ntwo two\nthree\n";
        const QByteArray printedErr = "first\nsecond\n";
        const QString path = newPath();
        auto writer = LogWriter::open(path);
        QVERIFY((*writer)->write(Stream::Stdout, printedOut.first(9), base));
        QVERIFY((*writer)->write(Stream::Stderr, printedErr, base));
        QVERIFY((*writer)->write(Stream::Stdout, printedOut.sliced(9), base));
        QVERIFY((*writer)->finish(base));
        const QByteArray whole = contents(path);
        const auto perStream = [](const QByteArray &file) {
            std::array<QByteArray, 2> text;
            for (const QByteArray &line : file.split('\n')) {
                if (const auto parsed = parseLine(line))
                    text.at(parsed->stream == Stream::Stdout ? 0 : 1) += parsed->text + '\n';
            }
            return text;
        };
        for (qsizetype cut = 0; cut <= whole.size(); ++cut) {
            setContents(path, whole.first(cut));
            writer = LogWriter::open(path);
            QVERIFY(writer);
            const qint64 skipOut = (*writer)->storedBytes(Stream::Stdout);
            const qint64 skipErr = (*writer)->storedBytes(Stream::Stderr);
            QVERIFY((*writer)->write(Stream::Stdout, printedOut.sliced(skipOut), base));
            QVERIFY((*writer)->write(Stream::Stderr, printedErr.sliced(skipErr), base));
            QVERIFY((*writer)->finish(base));
            QCOMPARE(perStream(contents(path)), (std::array{printedOut, printedErr}));
        }
    }

    void makesTheFileWithItsFirstLine()
    {
        auto writer = LogWriter::open(newPath());
        QVERIFY((*writer)->write(Stream::Stdout, "no line yet", base));
        QVERIFY(!QFile::exists(newPath()));
        QVERIFY((*writer)->finish(base));
        QCOMPARE(contents(newPath()), out.toByteArray() + "no line yet\n");
        QCOMPARE(QFile::permissions(newPath())
                     & (QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther
                        | QFileDevice::WriteOther),
                 QFileDevice::Permissions());
    }

    void tellsThatTheFileCannotBeMade()
    {
        const auto writer = LogWriter::open(QStringLiteral("/proc/nowhere/x.log"));
        QVERIFY(!writer);
        QCOMPARE(writer.error().code, ErrorCode::Io);
    }

    void readsForwardInPages()
    {
        QByteArray file;
        for (int i = 0; i < 10; ++i)
            file += formatLine({base + milliseconds(i), Stream::Stdout, QByteArray::number(i)});
        setContents(newPath(), file + out.toByteArray() + "not yet");
        qint64 offset = 0;
        QByteArrayList seen;
        for (int page = 0; page < 4; ++page) {
            const auto lines = readForward(newPath(), offset, 4, 1 << 20);
            QVERIFY(lines);
            QCOMPARE(lines->begin, offset);
            for (const RawLine &line : lines->lines)
                seen += line.text;
            offset = lines->end;
        }
        QCOMPARE(seen.join(' '), QByteArray("0 1 2 3 4 5 6 7 8 9"));
        QCOMPARE(offset, file.size());
        QCOMPARE(readForward(m_dir.filePath(QStringLiteral("none")), 0, 1, 1).error().code,
                 ErrorCode::NotFound);
    }

    void readsBackwardInPages()
    {
        QByteArray file;
        for (int i = 0; i < 10; ++i)
            file += formatLine(
                {base, Stream::Stdout, QByteArray(i * 20'000, 'y') + QByteArray::number(i)});
        setContents(newPath(), file + out.toByteArray() + "not yet");
        qint64 offset = -1;
        QByteArrayList seen;
        for (int page = 0; page < 4; ++page) {
            const auto lines = readBackward(newPath(), offset, 3, 1 << 30);
            QVERIFY(lines);
            for (auto line = lines->lines.crbegin(); line != lines->lines.crend(); ++line)
                seen += line->text.last(1);
            offset = lines->begin;
        }
        QCOMPARE(seen.join(' '), QByteArray("9 8 7 6 5 4 3 2 1 0"));
        QCOMPARE(offset, 0);
    }

    void findsTheLineOfATime_data()
    {
        QTest::addColumn<int>("offset");
        QTest::addColumn<int>("line");
        QTest::newRow("before the first") << -1 << 0;
        QTest::newRow("the first") << 0 << 0;
        QTest::newRow("between two") << 15 << 2;
        QTest::newRow("the first of three with one time") << 30 << 3;
        QTest::newRow("the last") << 40 << 6;
        QTest::newRow("behind the last") << 41 << 7;
    }
    void findsTheLineOfATime()
    {
        QFETCH(int, offset);
        QFETCH(int, line);
        QByteArray file;
        QList<qint64> starts;
        for (const int time : {0, 10, 20, 30, 30, 30, 40}) {
            starts += file.size();
            file += formatLine({base + milliseconds(time), Stream::Stdout, "text"});
        }
        starts += file.size();
        setContents(newPath(), file + "2026");
        QCOMPARE(offsetOfTime(newPath(), base + milliseconds(offset)),
                 Result<qint64>(starts.at(line)));
    }

    void findsTheFirstTime_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<std::optional<Timestamp>>("time");
        const QByteArray line = formatLine({base, Stream::Stdout, "text"});
        const QByteArray later = formatLine({base + milliseconds(1), Stream::Stdout, "text"});
        QTest::newRow("of two lines") << line + later << std::optional(base);
        QTest::newRow("nothing yet") << QByteArray() << std::optional<Timestamp>();
        QTest::newRow("half a head") << line.first(10) << std::optional<Timestamp>();
    }
    void findsTheFirstTime()
    {
        QFETCH(const QByteArray, file);
        QFETCH(const std::optional<Timestamp>, time);
        setContents(newPath(), file);
        const auto found = firstTime(newPath());
        QVERIFY(found);
        QCOMPARE(*found, time);
        QCOMPARE(firstTime(newPath() + QStringLiteral(".none")).error().code, ErrorCode::NotFound);
    }

    void namesTheFileOfAContainer()
    {
        QCOMPARE(logFilePath(QStringLiteral("/l"), QStringLiteral("j"), 2, 0),
                 QStringLiteral("/l/j/2/0.log"));
    }
};

QTEST_GUILESS_MAIN(TestLogs)
#include "tst_logs.moc"
