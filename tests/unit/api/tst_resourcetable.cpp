// Resources described in pages.
#include "apitesting.h"

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;
using namespace Qt::Literals;

class TestResourceTable : public QObject
{
    Q_OBJECT

private slots:
    void init();

    void pages_data();
    void pages();
    void refusesForeignTokens();
    void pageGoesOnBehindADeletedItem();

private:
    std::unique_ptr<ApiFixture> m_api;
};

void TestResourceTable::init()
{
    m_api = std::make_unique<ApiFixture>();
    QVERIFY(m_api->addResources());
}

void TestResourceTable::pages_data()
{
    QTest::addColumn<QByteArray>("operation");
    QTest::addColumn<QByteArray>("list");
    QTest::newRow("definitions") << "DescribeJobDefinitions"_ba
                                 << "jobDefinitions"_ba;
    QTest::newRow("queues") << "DescribeJobQueues"_ba
                            << "jobQueues"_ba;
}

// 7 things in pages of 3 are 3, 3 and 1, each once.
void TestResourceTable::pages()
{
    QFETCH(const QByteArray, operation);
    QFETCH(const QByteArray, list);
    for (int i = 0; i < 6; ++i) {
        VERIFY_RESULT(m_api->batch("RegisterJobDefinition", mazeDefinition));
        VERIFY_RESULT(m_api->batch("CreateJobQueue",
                                   "{\"jobQueueName\": \"q" + QByteArray::number(i)
                                       + R"(", "priority": 1, "computeEnvironmentOrder":
                   [{"order": 1, "computeEnvironment": "ce"}]})"));
    }
    QList<int> sizes;
    QSet<QString> seen;
    QString token;
    do {
        const auto page = m_api->batch(
            operation,
            "{\"maxResults\": 3"
                + (token.isEmpty() ? QByteArray() : ", \"nextToken\": \"" + token.toLatin1() + '"')
                + "}");
        VERIFY_RESULT(page);
        sizes += sizeAt(*page, list);
        for (const batch::Json &item : (*page)[list.toStdString()])
            seen.insert(at(item, "jobQueueArn") + at(item, "jobDefinitionArn"));
        token = at(*page, "nextToken");
    } while (!token.isEmpty());
    QCOMPARE(sizes, (QList<int>{3, 3, 1}));
    QCOMPARE(seen.size(), 7);
}

void TestResourceTable::refusesForeignTokens()
{
    VERIFY_RESULT(m_api->batch("RegisterJobDefinition", mazeDefinition));
    const auto page = m_api->batch("DescribeJobDefinitions", R"({"maxResults": 1})");
    VERIFY_RESULT(page);
    const QByteArray token = at(*page, "nextToken").toLatin1();
    QVERIFY(!token.isEmpty());
    for (const QByteArray &query :
         {R"("status": "ACTIVE", )"_ba, R"("jobDefinitionName": "other", )"_ba}) {
        const auto other = m_api->batch("DescribeJobDefinitions",
                                        '{' + query + "\"nextToken\": \"" + token + "\"}");
        QVERIFY(!other);
        QVERIFY(other.error().message.startsWith(u"nextToken"_s));
    }
    QVERIFY(!m_api->batch("DescribeJobQueues", "{\"nextToken\": \"" + token + "\"}"));
    VERIFY_RESULT(m_api->batch("DescribeJobDefinitions",
                               "{\"maxResults\": 5, \"nextToken\": \"" + token + "\"}"));
}

void TestResourceTable::pageGoesOnBehindADeletedItem()
{
    for (const char *name : {"a", "b", "c"})
        VERIFY_RESULT(m_api->batch("CreateJobQueue",
                                   QByteArray("{\"jobQueueName\": \"") + name
                                       + R"(", "state": "DISABLED", "priority": 1,
                   "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "ce"}]})"));
    const auto first = m_api->batch("DescribeJobQueues", R"({"maxResults": 1})");
    VERIFY_RESULT(first);
    QCOMPARE(at(*first, "jobQueues/0/jobQueueName"), u"a"_s);
    VERIFY_RESULT(m_api->batch("DeleteJobQueue", R"({"jobQueue": "a"})"));
    const auto second = m_api->batch(
        "DescribeJobQueues", "{\"nextToken\": \"" + at(*first, "nextToken").toLatin1() + "\"}");
    VERIFY_RESULT(second);
    QCOMPARE(at(*second, "jobQueues/0/jobQueueName"), u"b"_s);
    QCOMPARE(sizeAt(*second, "jobQueues"), 3);
}

QTEST_GUILESS_MAIN(TestResourceTable)
#include "tst_resourcetable.moc"
