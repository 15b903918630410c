#include "documents.h"

using namespace batchyard::batch;
using namespace batchyard::batch::documents;

namespace {

Document policy()
{
    return Document::parse(file("policy.json").toStdString());
}

} // namespace

class TestPolicyRules : public QObject
{
    Q_OBJECT

private slots:
    void readsMembers();
    void schedulingPolicy_data();
    void schedulingPolicy();
    void overlaps_data();
    void overlaps();
    void manyShares();
    void consumableResource_data();
    void consumableResource();
};

void TestPolicyRules::readsMembers()
{
    const SchedulingPolicy policy = *parseSchedulingPolicy(file("policy.json")).value;
    QCOMPARE(policy.name, QStringLiteral("shares"));
    QCOMPARE(policy.fairsharePolicy->shareDecaySeconds, std::optional(3600));
    QCOMPARE(policy.fairsharePolicy->computeReservation, std::optional(10));
    QCOMPARE(policy.fairsharePolicy->shareDistribution[0].weightFactor, std::optional(0.5));
    QVERIFY(!policy.fairsharePolicy->shareDistribution[1].weightFactor);
    const ConsumableResource resource = *parseConsumableResource(file("consumable.json")).value;
    QCOMPARE(resource.totalQuantity, std::optional<qint64>(12));
    QVERIFY(!resource.isReplenishable());
    QVERIFY(ConsumableResource().isReplenishable());
}

void TestPolicyRules::schedulingPolicy_data()
{
    columns();
#define FAIR "/fairsharePolicy"
    row("sound", "/tags/x", "\"y\"", "");
    row("no policy", FAIR, "", "");
    row("name", "/name", "\"a b\"",
        "name: Scheduling policy name has the invalid character ` ` at position 2; allowed are "
        "letters, digits, `-` and `_`.");
    row("name is missing", "/name", "", "name: name is required.");
    row("quota shares", "/quotaSharePolicy", R"({"idleResourceAssignmentStrategy": "FIFO"})",
        "quotaSharePolicy: quotaSharePolicy is for service jobs, which do not run here; use "
        "fairsharePolicy.");
    row("longest decay", FAIR "/shareDecaySeconds", "604800", "");
    row("decay", FAIR "/shareDecaySeconds", "604801",
        "fairsharePolicy.shareDecaySeconds: shareDecaySeconds is 604801; it must be from 0 to "
        "604800.");
    row("reservation", FAIR "/computeReservation", "100",
        "fairsharePolicy.computeReservation: computeReservation is 100; it must be from 0 to 99.");
    row("weight", FAIR "/shareDistribution/0/weightFactor", "0",
        "fairsharePolicy.shareDistribution[0].weightFactor: weightFactor is 0; it must be from "
        "0.0001 to 999.9999.");
    row("great weight", FAIR "/shareDistribution/0/weightFactor", "1000",
        "fairsharePolicy.shareDistribution[0].weightFactor: weightFactor is 1000; it must be from "
        "0.0001 to 999.9999.");
    row("lightest", FAIR "/shareDistribution/0/weightFactor", "0.0001", "");
    row("heaviest", FAIR "/shareDistribution/0/weightFactor", "999.9999", "");
    row("identifier", FAIR "/shareDistribution/0/shareIdentifier", "\"a-b\"",
        "fairsharePolicy.shareDistribution[0].shareIdentifier: shareIdentifier is `a-b`; allowed "
        "are at most 255 letters and digits, with one `*` at the end if need be.");
    row("star inside", FAIR "/shareDistribution/0/shareIdentifier", "\"a*b\"",
        "fairsharePolicy.shareDistribution[0].shareIdentifier: shareIdentifier is `a*b`; allowed "
        "are at most 255 letters and digits, with one `*` at the end if need be.");
    row("empty identifier", FAIR "/shareDistribution", R"([{"shareIdentifier": ""}])",
        "fairsharePolicy.shareDistribution[0].shareIdentifier: shareIdentifier is ``; allowed are "
        "at most 255 letters and digits, with one `*` at the end if need be.");
    row("no identifier", FAIR "/shareDistribution", "[{}]",
        "fairsharePolicy.shareDistribution[0].shareIdentifier: shareIdentifier is required.");
    row("nonsense", FAIR, "7", "fairsharePolicy: Expected an object, found the number 7.");
}

void TestPolicyRules::schedulingPolicy()
{
    check(policy(), &parseSchedulingPolicy);
}

void TestPolicyRules::overlaps_data()
{
    QTest::addColumn<QString>("one");
    QTest::addColumn<QString>("other");
    QTest::addColumn<bool>("overlap");
    const auto pair = [](const char *one, const char *other, bool overlap) {
        QTest::addRow("%s %s", one, other)
            << QString::fromUtf8(one) << QString::fromUtf8(other) << overlap;
    };
    pair("UserA*", "UserA1", true);
    pair("UserA1", "UserA*", true);
    pair("UserA*", "UserA", true);
    pair("UserA*", "UserAB*", true);
    pair("UserA*", "UserB*", false);
    pair("UserA", "UserA", true);
    pair("UserA", "UserA1", false);
    pair("UserA", "usera", false);
    pair("*", "anything", true);
}

void TestPolicyRules::overlaps()
{
    QFETCH(QString, one);
    QFETCH(QString, other);
    SchedulingPolicy policy;
    policy.name = QStringLiteral("p");
    policy.fairsharePolicy = FairsharePolicy{{}, {}, {{one, {}, {}}, {other, {}, {}}}, {}};
    QTEST(hasErrors(validate(policy)), "overlap");
}

void TestPolicyRules::manyShares()
{
    SchedulingPolicy policy;
    policy.name = QStringLiteral("p");
    policy.fairsharePolicy.emplace();
    for (int i = 0; i < 500; ++i)
        policy.fairsharePolicy->shareDistribution.append({QStringLiteral("u%1").arg(i), 1.0, {}});
    QCOMPARE(toText(validate(policy)), QString());
    policy.fairsharePolicy->shareDistribution.append({QStringLiteral("more"), {}, {}});
    QCOMPARE(toText(validate(policy)),
             QStringLiteral("fairsharePolicy.shareDistribution: There are 501 shares; at most 500 "
                            "are allowed."));
}

void TestPolicyRules::consumableResource_data()
{
    columns();
    row("sound", "/totalQuantity", "0", "");
    row("no quantity", "/totalQuantity", "", "");
    row("beyond 32 bits", "/totalQuantity", "5000000000", "");
    row("negative", "/totalQuantity", "-1",
        "totalQuantity: totalQuantity is -1; it must be 0 or more.");
    row("type", "/resourceType", "\"INFINITE\"",
        "resourceType: resourceType is `INFINITE`; allowed are `REPLENISHABLE` or "
        "`NON_REPLENISHABLE`.");
    row("name", "/consumableResourceName", "\"\"",
        "consumableResourceName: Consumable resource name is required.");
    row("tag", "/tags/aws:x", "\"y\"",
        "tags[\"aws:x\"]: The tag's key `aws:x` is reserved: keys that start with `aws:` are AWS's "
        "own.");
    row("nonsense", "/totalQuantity", "\"many\"",
        "totalQuantity: Expected a whole number from -9223372036854775808 to 9223372036854775807, "
        "found the string `many`.");
}

void TestPolicyRules::consumableResource()
{
    const Document base = Document::parse(file("consumable.json").toStdString());
    check(base, &parseConsumableResource);
}

QTEST_GUILESS_MAIN(TestPolicyRules)
#include "tst_policyrules.moc"
