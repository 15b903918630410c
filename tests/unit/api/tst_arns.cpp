#include "backend/executor/api/arns.h"

#include <QTest>

using namespace batchyard::executor::api;
using namespace Qt::Literals;

class TestArns : public QObject
{
    Q_OBJECT

private slots:
    void forms();
    void nameOfArn_data();
    void nameOfArn();
    void definitionName_data();
    void definitionName();
};

void TestArns::forms()
{
    const Arns arns(u"eu-west-1"_s, u"123456789012"_s);
    QCOMPARE(arns.jobDefinition(u"maze"_s, 3),
             u"arn:aws:batch:eu-west-1:123456789012:job-definition/maze:3"_s);
    QCOMPARE(arns.job(u"a-b"_s), u"arn:aws:batch:eu-west-1:123456789012:job/a-b"_s);
    QCOMPARE(arns.logStream(u"/aws/batch/job"_s, u"a/b/c"_s),
             u"arn:aws:logs:eu-west-1:123456789012:log-group:/aws/batch/job:log-stream:a/b/c"_s);
    // The ECS side is the same each time, and belongs together.
    QCOMPARE(arns.cluster(u"ce"_s), arns.cluster(u"ce"_s));
    QVERIFY(arns.cluster(u"ce"_s) != arns.cluster(u"other"_s));
    const QString cluster = arns.cluster(u"ce"_s).section(u'/', 1);
    QCOMPARE(cluster, u"ce_Batch_"_s + arns.environmentUuid(u"ce"_s));
    QCOMPARE(arns.task(u"ce"_s, u"0a"_s).section(u'/', 1), cluster + u"/0a");
    QCOMPARE(arns.containerInstance(u"ce"_s).section(u'/', 2).size(), 32);
}

void TestArns::nameOfArn_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("name");
    QTest::newRow("name") << u"q"_s << u"q"_s;
    QTest::newRow("ARN") << u"arn:aws:batch:r:a:job-queue/q"_s << u"q"_s;
    QTest::newRow("other partition") << u"arn:aws-cn:batch:r:a:job-queue/q"_s << u"q"_s;
    QTest::newRow("ARN of another kind")
        << u"arn:aws:batch:r:a:job/q"_s << u"arn:aws:batch:r:a:job/q"_s;
    QTest::newRow("ARN of another service")
        << u"arn:aws:ecs:r:a:job-queue/q"_s << u"arn:aws:ecs:r:a:job-queue/q"_s;
    QTest::newRow("half an ARN") << u"arn:aws:batch"_s << u"arn:aws:batch"_s;
    QTest::newRow("empty") << QString() << QString();
}

void TestArns::nameOfArn()
{
    QFETCH(const QString, text);
    QFETCH(const QString, name);
    QCOMPARE(nameOf(text, u"job-queue"), name);
}

void TestArns::definitionName_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("name"); // empty: refused
    QTest::addColumn<int>("revision");
    QTest::newRow("name") << u"maze"_s << u"maze"_s << 0;
    QTest::newRow("revision") << u"maze:12"_s << u"maze"_s << 12;
    QTest::newRow("ARN") << u"arn:aws:batch:r:a:job-definition/maze:2"_s << u"maze"_s << 2;
    QTest::newRow("ARN without a revision")
        << u"arn:aws:batch:r:a:job-definition/maze"_s << u"maze"_s << 0;
    QTest::newRow("revision 0") << u"maze:0"_s << QString() << 0;
    QTest::newRow("negative") << u"maze:-1"_s << QString() << 0;
    QTest::newRow("no number") << u"maze:latest"_s << QString() << 0;
    QTest::newRow("more than 2^31") << u"maze:9999999999"_s << QString() << 0;
    QTest::newRow("two colons") << u"maze:1:2"_s << QString() << 0;
    QTest::newRow("no name") << u":1"_s << QString() << 0;
}

void TestArns::definitionName()
{
    QFETCH(const QString, text);
    QFETCH(const QString, name);
    QFETCH(const int, revision);
    const auto parsed = definitionNameOf(text);
    QCOMPARE(parsed.has_value(), !name.isEmpty());
    if (parsed) {
        QCOMPARE(parsed->name, name);
        QCOMPARE(parsed->revision, revision);
    }
}

QTEST_GUILESS_MAIN(TestArns)
#include "tst_arns.moc"
