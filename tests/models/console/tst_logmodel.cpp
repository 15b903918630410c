// LogModel: order, attempts, visibility, filters, a million lines.
#include "models/console/logmodel.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using batch::LogLine;
using models::LogFilter;
using models::LogModel;

namespace {

LogLine lineAt(qint64 time, const QString &text, LogLine::Stream stream = LogLine::Stream::Stdout)
{
    return {batch::fromEpochMs(time), stream, text};
}

QStringList rowsOf(const LogModel &model)
{
    QStringList rows;
    for (int row = 0; row < model.rowCount(); ++row) {
        const LogModel::Line &line = model.line(row);
        rows.append(line.isDivider ? u"-- %1"_s.arg(line.attempt) : line.text);
    }
    return rows;
}

} // namespace

class tst_LogModel : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_model = std::make_unique<LogModel>();
        m_tester = std::make_unique<QAbstractItemModelTester>(
            m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    }
    void cleanup()
    {
        m_tester.reset();
        m_model.reset();
    }

    void mergesByTime()
    {
        m_model->append(u"model"_s, 1,
                        {lineAt(1, u"m1"_s), lineAt(5, u"m5"_s), lineAt(9, u"m9"_s)});
        m_model->append(u"agent"_s, 1,
                        {lineAt(2, u"a2"_s), lineAt(5, u"a5"_s), lineAt(8, u"a8"_s)});
        QCOMPARE(rowsOf(*m_model),
                 (QStringList{u"m1"_s, u"a2"_s, u"m5"_s, u"a5"_s, u"a8"_s, u"m9"_s}));
        QCOMPARE(m_model->lineCount(), 6);
        QCOMPARE(m_model->index(1).data(LogModel::ContainerRole).toString(), u"agent"_s);
    }

    // A clock that was set back does not tear a stream's lines apart.
    void keepsTheOrderOfAStream()
    {
        m_model->append(u"model"_s, 1, {lineAt(10, u"1"_s), lineAt(4, u"2"_s), lineAt(7, u"3"_s)});
        m_model->append(u"model"_s, 1, {lineAt(5, u"4"_s)});
        QCOMPARE(rowsOf(*m_model), (QStringList{u"1"_s, u"2"_s, u"3"_s, u"4"_s}));
    }

    void dividesAttempts()
    {
        m_model->append(u"agent"_s, 2, {lineAt(20, u"second"_s)});
        m_model->append(u"agent"_s, 1, {lineAt(30, u"first"_s)});
        m_model->append(u"model"_s, 2, {lineAt(15, u"early"_s)});
        QCOMPARE(rowsOf(*m_model), (QStringList{u"first"_s, u"-- 2"_s, u"early"_s, u"second"_s}));
        QCOMPARE(m_model->lineCount(), 3);
    }

    void mergesLikeASort()
    {
        QRandomGenerator random(42);
        QStringList all;
        std::array<qint64, 3> times{};
        for (int batchNumber = 0; batchNumber < 200; ++batchNumber) {
            const int source = random.bounded(3);
            QList<LogLine> lines;
            for (int i = random.bounded(1, 20); i > 0; --i) {
                auto &time = times.at(static_cast<std::size_t>(source));
                time += random.bounded(5);
                lines.append(lineAt(time, u"%1 %2"_s.arg(time, 6, 10, QChar(u'0')).arg(source)));
                all.append(lines.last().text);
            }
            m_model->append(QString::number(source), 1, lines);
        }
        QStringList merged;
        for (const QString &row : rowsOf(*m_model))
            merged.append(row.section(u' ', 0, 0));
        QVERIFY(std::is_sorted(merged.begin(), merged.end()));
        QCOMPARE(m_model->rowCount(), all.size());
    }

    void hidesContainers()
    {
        m_model->append(u"model"_s, 1, {lineAt(1, u"m"_s), lineAt(3, u"m"_s)});
        m_model->append(u"agent"_s, 1, {lineAt(2, u"a"_s)});
        m_model->setSourceVisible(0, false);
        QCOMPARE(rowsOf(*m_model), QStringList{u"a"_s});
        m_model->append(u"model"_s, 1, {lineAt(4, u"m"_s)});
        QCOMPARE(rowsOf(*m_model), QStringList{u"a"_s});
        m_model->setSourceVisible(0, true);
        QCOMPARE(m_model->rowCount(), 4);
    }

    void filters_data()
    {
        QTest::addColumn<LogFilter>("filter");
        QTest::addColumn<QStringList>("rows");
        QTest::addColumn<int>("matches");
        const QStringList all{u"ERROR one"_s, u"error two"_s, u"a.b"_s, u"axb"_s};
        QTest::newRow("nothing") << LogFilter{} << all << 0;
        QTest::newRow("text") << LogFilter{.text = u"error"_s} << all << 2;
        QTest::newRow("text, only")
            << LogFilter{.text = u"error"_s, .hidesOthers = true} << all.mid(0, 2) << 2;
        QTest::newRow("case") << LogFilter{.text = u"error"_s,
                                           .isCaseSensitive = true,
                                           .hidesOthers = true}
                              << all.mid(1, 1) << 1;
        QTest::newRow("inverse") << LogFilter{.text = u"error"_s,
                                              .isInverse = true,
                                              .hidesOthers = true}
                                 << all.mid(2) << 2;
        QTest::newRow("a dot is a dot")
            << LogFilter{.text = u"a.b"_s, .hidesOthers = true} << all.mid(2, 1) << 1;
        QTest::newRow("regex") << LogFilter{.text = u"a.b"_s, .isRegex = true, .hidesOthers = true}
                               << all.mid(2) << 2;
        QTest::newRow("wrong regex")
            << LogFilter{.text = u"a("_s, .isRegex = true, .hidesOthers = true} << all << 0;
        QTest::newRow("not there")
            << LogFilter{.text = u"zzz"_s, .hidesOthers = true} << QStringList() << 0;
    }

    void filters()
    {
        QFETCH(const LogFilter, filter);
        QFETCH(const QStringList, rows);
        QFETCH(const int, matches);
        m_model->append(
            u"agent"_s, 1,
            {lineAt(1, u"ERROR one"_s), lineAt(2, u"error two"_s), lineAt(3, u"a.b"_s)});
        m_model->setFilter(filter);
        m_model->append(u"agent"_s, 1, {lineAt(4, u"axb"_s)}); // arrives under the filter
        QTRY_VERIFY(!m_model->isSearching());
        QCOMPARE(rowsOf(*m_model), rows);
        QCOMPARE(m_model->matchCount(), matches);
        QCOMPARE(m_model->filterError().isEmpty(), filter.text != u"a("_s);
        m_model->setFilter({});
        QTRY_COMPARE(m_model->rowCount(), 4);
    }

    void stepsFromMatchToMatch()
    {
        m_model->append(
            u"agent"_s, 1,
            {lineAt(1, u"x"_s), lineAt(2, u"key"_s), lineAt(3, u"x"_s), lineAt(4, u"key"_s)});
        m_model->setFilter({.text = u"key"_s});
        QTRY_VERIFY(!m_model->isSearching());
        QCOMPARE(m_model->nextMatch(-1, true), 1);
        QCOMPARE(m_model->nextMatch(1, true), 3);
        QCOMPARE(m_model->nextMatch(3, true), 1);
        QCOMPARE(m_model->nextMatch(1, false), 3);
        m_model->setFilter({.text = u"nothing"_s});
        QTRY_VERIFY(!m_model->isSearching());
        QCOMPARE(m_model->nextMatch(0, true), -1);
        QCOMPARE(LogModel().nextMatch(-1, true), -1);
    }

    void tellsWhereTheMatchesAre()
    {
        m_model->append(u"agent"_s, 1, {lineAt(1, u"aXbxc"_s)});
        m_model->setFilter({.text = u"x"_s});
        const auto found = m_model->matchesIn(u"aXbxc"_s);
        QCOMPARE(found.size(), 2);
        QCOMPARE(found.at(1).first, 3);
    }

    void lastLinesOfAStream()
    {
        for (int i = 0; i < 8; ++i)
            m_model->append(
                u"agent"_s, 1,
                {lineAt(i, u"out"_s), lineAt(i, u"err %1"_s.arg(i), LogLine::Stream::Stderr)});
        QCOMPARE(m_model->lastLines(u"agent"_s, LogLine::Stream::Stderr, 5),
                 (QStringList{u"err 3"_s, u"err 4"_s, u"err 5"_s, u"err 6"_s, u"err 7"_s}));
        QVERIFY(m_model->lastLines(u"model"_s, LogLine::Stream::Stderr, 5).isEmpty());
    }

    void clearForgets()
    {
        m_model->append(u"agent"_s, 2, {lineAt(1, u"x"_s)});
        m_model->clear();
        QCOMPARE(m_model->rowCount(), 0);
        QVERIFY(m_model->sources().empty());
        m_model->append(u"agent"_s, 1, {lineAt(1, u"y"_s)});
        QCOMPARE(rowsOf(*m_model), QStringList{u"y"_s});
    }

    // A million lines: filtered in bounded time, and never long at a time.
    void millionLines()
    {
        m_tester.reset(); // looks at every row after every change
        qint64 time = 0;
        for (int page = 0; page < 100; ++page) {
            QList<LogLine> lines;
            for (int i = 0; i < 10'000; ++i)
                lines.append(lineAt(
                    ++time,
                    u"step %1: the agent stands at (12, 7) and looks around itself"_s.arg(i)));
            m_model->append(page % 2 == 0 ? u"model"_s : u"agent"_s, 1, lines);
        }
        QCOMPARE(m_model->rowCount(), 1'000'000);
        QElapsedTimer total;
        total.start();
        qint64 longest = 0;
        QElapsedTimer slice;
        slice.start();
        m_model->setFilter({.text = u"step 9999:"_s, .hidesOthers = true});
        longest = slice.elapsed();
        while (m_model->isSearching()) {
            slice.restart();
            QCoreApplication::processEvents();
            longest = qMax(longest, slice.elapsed());
        }
        QCOMPARE(m_model->rowCount(), 100);
        qInfo("1,000,000 lines filtered in %lld ms, at most %lld ms at a time", total.elapsed(),
              longest);
        QVERIFY(longest < 100);
    }

    void dropsTheOldestBeyondTheLimit()
    {
        m_tester.reset();
        qint64 time = 0;
        for (std::size_t made = 0; made <= LogModel::maximumLines; made += 100'000) {
            QList<LogLine> lines(100'000);
            for (LogLine &line : lines)
                line = lineAt(++time, u"x"_s);
            m_model->append(u"agent"_s, 1, lines);
        }
        QVERIFY(m_model->rowCount() <= static_cast<int>(LogModel::maximumLines));
        QVERIFY(m_model->droppedLines() > 0);
        QCOMPARE(m_model->line(0).time, m_model->droppedLines() + 1);
        QCOMPARE(m_model->rowCount() + m_model->droppedLines(), m_model->lineCount());
    }

private:
    std::unique_ptr<LogModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

QTEST_GUILESS_MAIN(tst_LogModel)
#include "tst_logmodel.moc"
