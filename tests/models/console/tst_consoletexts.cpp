// Texts the console shows or offers to copy: words, documents, commands, saved logs.
#include "models/console/documents.h"
#include "models/console/logexport.h"
#include "models/console/wording.h"

#include "tests/support/service/fakebatchservice.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::models;

class tst_ConsoleTexts : public QObject
{
    Q_OBJECT

private slots:
    void durations_data()
    {
        QTest::addColumn<qint64>("ms");
        QTest::addColumn<QString>("text");
        QTest::newRow("negative") << qint64(-5) << u"0.0 s"_s;
        QTest::newRow("short") << qint64(240) << u"0.2 s"_s;
        QTest::newRow("seconds") << qint64(12'900) << u"12 s"_s;
        QTest::newRow("minutes") << qint64(185'000) << u"3 min 5 s"_s;
        QTest::newRow("hours") << qint64(2 * 3'600'000 + 4 * 60'000) << u"2 h 4 min"_s;
        QTest::newRow("days") << qint64(76 * 3'600'000) << u"3 d 4 h"_s;
    }
    void durations()
    {
        QFETCH(const qint64, ms);
        QTEST(durationText(std::chrono::milliseconds(ms)), "text");
    }

    void times()
    {
        const QDateTime now(QDate(2026, 11, 24), QTime(14, 0));
        const auto at
            = [](const QDateTime &time) { return batch::fromEpochMs(time.toMSecsSinceEpoch()); };
        QCOMPARE(timeText(at(now.addSecs(-60)), now), u"13:59:00"_s);
        QCOMPARE(timeText(at(now.addDays(-1)), now), u"23 Nov 14:00"_s);
        QCOMPARE(timeText(at(now.addYears(-1)), now), u"24 Nov 2025"_s);
        QCOMPARE(timeText(std::nullopt, now), QString());
    }

    void smallWords()
    {
        QCOMPARE(memoryText(512), u"512 MiB"_s);
        QCOMPARE(memoryText(2048), u"2 GiB"_s);
        QCOMPARE(memoryText(1536), u"1.5 GiB"_s);
        QCOMPARE(nameOfArn(u"arn:aws:batch:eu-west-1:1:job-queue/q"_s), u"q"_s);
        QCOMPARE(nameOfArn(u"q"_s), u"q"_s);
        QCOMPARE(attemptsText(1), u"1 attempt"_s);
        QCOMPARE(attemptsText(3), u"up to 3 attempts"_s);
        batch::ArrayPropertiesDetail array;
        array.size = 1200;
        QCOMPARE(childrenText(array), u"1,200 jobs"_s);
        array.statusSummary = batch::JobStatusCounts{0, 0, 1150, 0, 7, 43, 0};
        QCOMPARE(childrenText(array), u"1,200 jobs: 43 succeeded, 7 running, 1,150 runnable"_s);
    }

    void shellQuoting_data()
    {
        QTest::addColumn<QString>("argument");
        QTest::addColumn<QString>("quoted");
        QTest::newRow("plain") << u"maze:1"_s << u"maze:1"_s;
        QTest::newRow("space") << u"a b"_s << u"'a b'"_s;
        QTest::newRow("quote") << u"it's"_s << u"'it'\\''s'"_s;
        QTest::newRow("substitution") << u"$(rm)"_s << u"'$(rm)'"_s;
        QTest::newRow("empty") << QString() << u"''"_s;
        QTest::newRow("option") << u"-x y"_s << u"'-x y'"_s;
    }
    void shellQuoting()
    {
        QFETCH(const QString, argument);
        QTEST(commands::quoted(argument), "quoted");
    }

    void describesAsJson()
    {
        test::FakeBatchService service;
        service.addSamples();
        const QString id = service.addJob(u"maze"_s, *service.definitions.first().task());
        for (const QString &text :
             {describeText(*service.job(id)), describeText(service.definitions.first()),
              describeText(service.queues.first()), describeText(service.environments.first())}) {
            QJsonParseError error;
            QVERIFY(QJsonDocument::fromJson(text.toUtf8(), &error).isObject());
            QCOMPARE(error.error, QJsonParseError::NoError);
        }
        QVERIFY(describeText(service.definitions.first()).contains(u"\"revision\": 1"_s));
    }

    // A clone asks for what ran: only what differs from the definition is an override.
    void clones()
    {
        test::FakeBatchService service;
        service.addSamples();
        const batch::JobDefinition definition = service.definitions.first();
        batch::EcsTaskProperties task = *definition.task();
        task.containers[1].command = {u"--fast"_s};
        task.containers[0].environment.append({u"MAZE_SEED"_s, u"7"_s, {}});
        const QString id = service.addJob(u"maze-7"_s, task);
        const batch::SubmitJobRequest request = cloneOf(*service.job(id), &definition);
        QCOMPARE(request.jobName, u"maze-7"_s);
        QCOMPARE(request.jobDefinition, u"maze:1"_s);
        QCOMPARE(request.jobQueue, u"default"_s);
        QCOMPARE(request.ecsPropertiesOverride.size(), 2);
        QCOMPARE(request.ecsPropertiesOverride.at(1).command, QStringList{u"--fast"_s});
        QVERIFY(request.ecsPropertiesOverride.at(1).environment.isEmpty());
        QCOMPARE(request.ecsPropertiesOverride.at(0).environment.first().value, u"7"_s);
        const QString same = service.addJob(u"same"_s, *definition.task());
        QVERIFY(cloneOf(*service.job(same), &definition).ecsPropertiesOverride.isEmpty());
    }

    void formatsLogs()
    {
        using Stream = batch::LogLine::Stream;
        const QList<LogRecord> records{
            {u"model"_s, 1, {batch::fromEpochMs(0), Stream::Stdout, u"a \"b\""_s}},
            {u"agent-long"_s, 1, {batch::fromEpochMs(1), Stream::Stderr, u"c"_s}},
            {u"model"_s, 2, {batch::fromEpochMs(2), Stream::Unknown, u"d"_s}}};
        const QByteArray text = formatLog(records, LogFormat::Text);
        QCOMPARE(text.split('\n').at(0), "1970-01-01T00:00:00.000Z model      out a \"b\"");
        QCOMPARE(text.split('\n').at(1), "1970-01-01T00:00:00.001Z agent-long err c");
        QCOMPARE(text.split('\n').at(2), "---- Attempt 2 ----");
        const QList<QByteArray> lines = formatLog(records, LogFormat::JsonLines).split('\n');
        QCOMPARE(lines.size(), 4);
        const QJsonObject first = QJsonDocument::fromJson(lines.at(0)).object();
        QCOMPARE(first.value(u"message"_s).toString(), u"a \"b\""_s);
        QCOMPARE(first.value(u"stream"_s).toString(), u"stdout"_s);
        QVERIFY(!QJsonDocument::fromJson(lines.at(2)).object().contains(u"stream"_s));
        QCOMPARE(QJsonDocument::fromJson(lines.at(2)).object().value(u"attempt"_s).toInt(), 2);
    }

    void savesWholeOrNotAtAll()
    {
        QTemporaryDir directory;
        const QList<LogRecord> records{
            {u"m"_s, 1, {batch::fromEpochMs(0), batch::LogLine::Stream::Stdout, u"x"_s}}};
        const QString name = directory.filePath(u"a.log"_s);
        QVERIFY(saveLog(name, records, LogFormat::Text));
        QFile file(name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().endsWith("x\n"));
        const auto result = saveLog(directory.filePath(u"none/a.log"_s), records, LogFormat::Text);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Io);
        QVERIFY(result.error().message.contains(u"none/a.log"_s));
    }
};

QTEST_GUILESS_MAIN(tst_ConsoleTexts)
#include "tst_consoletexts.moc"
