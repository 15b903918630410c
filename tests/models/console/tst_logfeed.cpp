// LogFeed against a service in memory: order, attempts, the end, errors.
#include "models/console/logfeed.h"

#include "tests/support/service/fakebatchservice.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using batch::JobStatus;
using models::LogFeed;
using test::FakeBatchService;

namespace {

struct Reader {
    QStringList lines; // "container/attempt text"
    bool finished = false;
    QList<Error> errors;

    explicit Reader(LogFeed &feed)
    {
        QObject::connect(
            &feed, &LogFeed::linesArrived, &feed,
            [this](const QString &container, int attempt, const QList<batch::LogLine> &arrived) {
                for (const batch::LogLine &line : arrived)
                    lines.append(u"%1/%2 %3"_s.arg(container).arg(attempt).arg(line.text));
            });
        QObject::connect(&feed, &LogFeed::finished, &feed, [this] { finished = true; });
        QObject::connect(&feed, &LogFeed::failed, &feed,
                         [this](const Error &error) { errors.append(error); });
    }

    [[nodiscard]] QStringList of(const QString &prefix) const
    {
        return lines.filter(QRegularExpression(u"^"_s + prefix));
    }
};

} // namespace

class tst_LogFeed : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_service = std::make_unique<FakeBatchService>();
        m_service->addSamples();
    }

    void readsAJobThatHasEnded()
    {
        const QString id = newJob();
        start(id);
        m_service->log(id, u"model"_s, {u"m1"_s, u"m2"_s});
        m_service->log(id, u"agent"_s, {u"a1"_s});
        m_service->moveJob(id, JobStatus::Succeeded);

        LogFeed feed(*m_service, id);
        Reader reader(feed);
        feed.start();
        QTRY_VERIFY(reader.finished);
        QCOMPARE(reader.of(u"model"_s), (QStringList{u"model/1 m1"_s, u"model/1 m2"_s}));
        QCOMPARE(reader.of(u"agent"_s), (QStringList{u"agent/1 a1"_s}));
        QVERIFY(reader.errors.isEmpty());
    }

    void followsAJobFromItsSubmission()
    {
        const QString id = newJob();
        LogFeed feed(*m_service, id);
        Reader reader(feed);
        feed.start();
        start(id);
        for (int i = 0; i < 5; ++i) {
            m_service->log(id, u"agent"_s, {u"line %1"_s.arg(i)});
            QTRY_COMPARE(reader.lines.size(), i + 1);
        }
        QVERIFY(!reader.finished);
        m_service->log(id, u"agent"_s, {u"last"_s});
        m_service->moveJob(id, JobStatus::Failed);
        QTRY_VERIFY(reader.finished);
        QCOMPARE(reader.lines.last(), u"agent/1 last"_s);
        QCOMPARE(reader.lines.size(), 6);
    }

    void readsManyPagesInOrder()
    {
        m_service->linesPerPage = 7;
        const QString id = newJob();
        start(id);
        QStringList sent;
        for (int i = 0; i < 100; ++i)
            sent.append(QString::number(i));
        m_service->log(id, u"agent"_s, sent);
        m_service->moveJob(id, JobStatus::Succeeded);
        LogFeed feed(*m_service, id);
        Reader reader(feed);
        feed.start();
        QTRY_VERIFY(reader.finished);
        QCOMPARE(reader.lines.size(), sent.size());
        for (qsizetype i = 0; i < sent.size(); ++i)
            QCOMPARE(reader.lines.at(i), u"agent/1 "_s + sent.at(i));
    }

    void tellsAttemptsApart()
    {
        const QString id = newJob();
        LogFeed feed(*m_service, id);
        Reader reader(feed);
        feed.start();
        start(id);
        m_service->log(id, u"agent"_s, {u"first"_s});
        m_service->retryJob(id, u"Essential container in task exited"_s);
        start(id);
        m_service->log(id, u"agent"_s, {u"second"_s});
        m_service->moveJob(id, JobStatus::Succeeded);
        QTRY_VERIFY(reader.finished);
        QCOMPARE(reader.lines, (QStringList{u"agent/1 first"_s, u"agent/2 second"_s}));
    }

    void finishesWhenNothingWasLogged()
    {
        const QString id = newJob();
        m_service->moveJob(id, JobStatus::Failed, u"cancelled"_s);
        LogFeed feed(*m_service, id);
        Reader reader(feed);
        feed.start();
        QTRY_VERIFY(reader.finished);
        QVERIFY(reader.lines.isEmpty());
    }

    void triesAgainAfterAnError_data()
    {
        QTest::addColumn<QString>("verb");
        QTest::newRow("the job cannot be described") << u"describeJobs"_s;
        QTest::newRow("a page cannot be read") << u"getLogEvents"_s;
    }

    void triesAgainAfterAnError()
    {
        QFETCH(const QString, verb);
        const QString id = newJob();
        start(id);
        m_service->log(id, u"agent"_s, {u"one"_s});
        m_service->moveJob(id, JobStatus::Succeeded);
        m_service->failNext(verb, {ErrorCode::Unreachable, u"Nobody answers."_s, {}});
        LogFeed feed(*m_service, id);
        Reader reader(feed);
        feed.start();
        QTRY_VERIFY(reader.finished);
        QCOMPARE(reader.errors.size(), 1);
        QCOMPARE(reader.lines, QStringList{u"agent/1 one"_s});
    }

    void saysThatAJobIsUnknown()
    {
        LogFeed feed(*m_service, u"no-such-job"_s);
        Reader reader(feed);
        feed.start();
        QTRY_VERIFY(reader.finished);
        QCOMPARE(reader.errors.size(), 1);
        QCOMPARE(reader.errors.first().code, ErrorCode::NotFound);
    }

private:
    QString newJob()
    {
        return m_service->addJob(u"maze"_s, *m_service->definitions.first().task());
    }
    void start(const QString &id)
    {
        m_service->moveJob(id, JobStatus::Runnable);
        m_service->moveJob(id, JobStatus::Starting);
        m_service->moveJob(id, JobStatus::Running);
    }

    std::unique_ptr<FakeBatchService> m_service;
};

QTEST_GUILESS_MAIN(tst_LogFeed)
#include "tst_logfeed.moc"
