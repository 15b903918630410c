#include "backend/batch/fidelity.h"

#include "backend/batch/fidelityrows.h"

#include <QFile>
#include <QSet>
#include <QTest>

using namespace batchyard::batch;

namespace {

// "Request path" lines of the AWS SDK's model; tests/sdk/fields.test.mjs keeps the file up to date.
QList<QStringList> sdkFields()
{
    QFile file(QFINDTESTDATA("data/sdk-fields.txt"));
    QList<QStringList> result;
    if (!file.open(QIODevice::ReadOnly))
        return result;
    while (!file.atEnd())
        result.append(QString::fromUtf8(file.readLine()).trimmed().split(u' '));
    return result;
}

} // namespace

class TestFidelity : public QObject
{
    Q_OBJECT

private slots:
    void everyFieldHasAVerdict();
    void everyFieldOfTheSdkHasAVerdict();
    void everyFieldOfTheSdkIsRead();
    void everyRowIsUsed();
    void notesAreSentences();
    void verdicts_data();
    void verdicts();
    void text();
};

void TestFidelity::everyFieldHasAVerdict()
{
    QStringList missing;
    for (const QString &request : documentedRequests()) {
        QVERIFY(!fieldsOf(request).isEmpty());
        for (const QString &path : fieldsOf(request)) {
            if (!fidelityOf(request, path))
                missing.append(request + u' ' + path);
        }
    }
    QCOMPARE(missing.join(u'\n'), QString());
}

void TestFidelity::everyFieldOfTheSdkHasAVerdict()
{
    QVERIFY(sdkFields().size() > 500);
    QStringList missing;
    for (const QStringList &field : sdkFields()) {
        QCOMPARE(field.size(), 2);
        if (!fidelityOf(field[0], field[1]))
            missing.append(field.join(u' '));
    }
    QCOMPARE(missing.join(u'\n'), QString());
}

// What the SDK sends is a field of ours, or below one that is kept whole.
void TestFidelity::everyFieldOfTheSdkIsRead()
{
    QStringList missing;
    for (const QStringList &field : sdkFields()) {
        const QStringList known = fieldsOf(field[0]);
        const auto isKnown = [&](const QString &path) {
            return path == field[1] || field[1].startsWith(path + u'.');
        };
        if (!known.isEmpty() && std::ranges::none_of(known, isKnown))
            missing.append(field.join(u' '));
    }
    QCOMPARE(missing.join(u'\n'), QString());
}

void TestFidelity::everyRowIsUsed()
{
    QSet<const FidelityRow *> used;
    for (const QString &request : documentedRequests()) {
        for (const QString &path : fieldsOf(request))
            used.insert(fidelityRow(request, path));
    }
    for (const QStringList &field : sdkFields())
        used.insert(fidelityRow(field[0], field[1]));
    for (const auto part : {containerRows(), podRows(), jobRows(), resourceRows()}) {
        for (const FidelityRow &row : part)
            QVERIFY2(used.contains(&row), row.path);
    }
}

void TestFidelity::notesAreSentences()
{
    for (const auto part : {containerRows(), podRows(), jobRows(), resourceRows()}) {
        for (const FidelityRow &row : part) {
            const QString note = QString::fromUtf8(row.note);
            QVERIFY2(note.endsWith(u'.') && note.size() > 5, row.path);
            QVERIFY2(row.verdict == Fidelity::Verdict::Faithful || note.size() > 12, row.path);
        }
    }
}

void TestFidelity::verdicts_data()
{
    QTest::addColumn<QString>("request");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("verdict");
    const auto row = [](const char *request, const char *path, const char *verdict) {
        QTest::addRow("%s %s", request, path)
            << QString::fromUtf8(request) << QString::fromUtf8(path) << QString::fromUtf8(verdict);
    };
    row("RegisterJobDefinition", "ecsProperties.taskProperties[].containers[].ulimits[].name",
        "faithful");
    row("RegisterJobDefinition", "containerProperties.ulimits[].softLimit", "faithful");
    row("RegisterJobDefinition", "containerProperties.executionRoleArn", "no effect locally");
    row("RegisterJobDefinition",
        "nodeProperties.nodeRangeProperties[].ecsProperties.taskProperties[].volumes[]"
        ".efsVolumeConfiguration.fileSystemId",
        "approximated");
    row("RegisterJobDefinition",
        "ecsProperties.taskProperties[].volumes[].efsVolumeConfiguration.authorizationConfig.iam",
        "no effect locally");
    row("RegisterJobDefinition", "eksProperties.podProperties.initContainers[].args", "faithful");
    row("SubmitJob", "nodeOverrides.nodePropertyOverrides[].containerOverrides.command",
        "faithful");
    row("SubmitJob", "tags", "faithful");
    row("UpdateComputeEnvironment", "computeResources.bidPercentage", "no effect locally");
    row("UpdateComputeEnvironment", "computeEnvironment", "faithful");
    row("CreateComputeEnvironment",
        "computeResources.managedInstancesProvider.instanceLaunchTemplate.monitoring",
        "no effect locally");
    row("SubmitJob", "nothing.at.all", "");
    row("SubmitJob", "", "");
    row("CreateNothing", "computeResources.type", "");
}

void TestFidelity::verdicts()
{
    QFETCH(QString, request);
    QFETCH(QString, path);
    const std::optional<Fidelity> fidelity = fidelityOf(request, path);
    QTEST(fidelity ? toString(fidelity->verdict) : QString(), "verdict");
}

void TestFidelity::text()
{
    QCOMPARE(fidelityText(QStringLiteral("CreateConsumableResource"), QStringLiteral("total")),
             QStringLiteral("CreateConsumableResource\n"
                            "  totalQuantity\n"
                            "      faithful           Counted.\n"));
    QVERIFY(fidelityText().contains(QStringLiteral("RegisterJobDefinition\n")));
    QCOMPARE(fidelityText(QStringLiteral("NoSuchRequest")), QString());
    QCOMPARE(fidelityText({}, QStringLiteral("no such field")), QString());
}

QTEST_GUILESS_MAIN(TestFidelity)
#include "tst_fidelity.moc"
