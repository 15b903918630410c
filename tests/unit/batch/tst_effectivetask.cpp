#include "documents.h"

using namespace batchyard::batch;
using namespace batchyard::batch::documents;

class TestEffectiveTask : public QObject
{
    Q_OBJECT

private slots:
    void parameters_data();
    void parameters();
    void overridesOneContainer();
    void overridesLegacyContainer();
    void takesDeprecatedOverrides();
    void namesASingleContainer();
    void legacyTask();
    void consumablesByNameOrArn();
    void overridesTooLong_data();
    void overridesTooLong();
};

void TestEffectiveTask::parameters_data()
{
    QTest::addColumn<QString>("word");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *word, const char *expected) {
        QTest::newRow(name) << QString::fromUtf8(word) << QString::fromUtf8(expected);
    };
    row("none", "plain", "plain");
    row("whole word", "Ref::size", "21");
    row("inside", "--size=Ref::size;", "--size=21;");
    row("two", "Ref::sizexRef::seed", "21x7");
    row("request wins", "Ref::seed", "7");
    row("longest key first", "Ref::size_max", "99");
    row("shorter key with more text", "Ref::size_min", "21_min");
    row("without a value", "Ref::nothing", "Ref::nothing");
    row("value is not read again", "Ref::loop", "Ref::size");
    row("empty value", "[Ref::empty]", "[]");
    row("at the end", "x Ref::", "x Ref::");
}

void TestEffectiveTask::parameters()
{
    QFETCH(QString, word);
    JobDefinition definition = *parseJobDefinition(bytes(documents::definition())).value;
    definition.parameters = {{QStringLiteral("size"), QStringLiteral("21")},
                             {QStringLiteral("size_max"), QStringLiteral("99")},
                             {QStringLiteral("seed"), QStringLiteral("1")},
                             {QStringLiteral("loop"), QStringLiteral("Ref::size")},
                             {QStringLiteral("empty"), QString()}};
    definition.ecsProperties->containers[1].command = {word};
    SubmitJobRequest request;
    request.parameters = {{QStringLiteral("seed"), QStringLiteral("7")}};
    QTEST(effectiveTask(request, definition).containers[1].command.first(), "expected");
}

void TestEffectiveTask::overridesOneContainer()
{
    const QByteArray text = file("multicontainer-ec2.json");
    const JobDefinition definition = *parseJobDefinition(text).value;
    const SubmitJobRequest request = *parseSubmitJobRequest(file("submit-overrides.json")).value;
    const EcsTaskProperties task = effectiveTask(request, definition);
    const TaskContainerProperties &agent = task.containers[2];
    QCOMPARE(agent.command, (QStringList{QStringLiteral("agent"), QStringLiteral("--quick")}));
    QCOMPARE(agent.environment.size(), 1);
    QCOMPARE(requirement(agent, QLatin1StringView("MEMORY")), 1024.0);
    QCOMPARE(requirement(agent, QLatin1StringView("VCPU")), 1.0);
    QCOMPARE(task.containers[1], definition.ecsProperties->containers[1]);
    QCOMPARE(task.containers[0].command.last(), QStringLiteral("echo 7 > /data/seed"));

    SubmitJobRequest merging = request;
    merging.ecsPropertiesOverride = {{QStringLiteral("model"),
                                      {},
                                      {{QStringLiteral("WIDTH"), QStringLiteral("5"), {}},
                                       {QStringLiteral("NEW"), QStringLiteral("1"), {}}},
                                      {},
                                      {}}};
    const TaskContainerProperties model = effectiveTask(merging, definition).containers[1];
    QCOMPARE(model.environment.size(), 4);
    QCOMPARE(model.environment[0].value, QStringLiteral("5"));
    QCOMPARE(model.environment[3].name, QStringLiteral("NEW"));
}

void TestEffectiveTask::overridesLegacyContainer()
{
    const JobDefinition definition = *parseJobDefinition(file("legacy-container.json")).value;
    SubmitJobRequest request;
    request.containerOverrides = TaskContainerOverrides();
    request.containerOverrides->resourceRequirements
        = {{QStringLiteral("VCPU"), QStringLiteral("3"), {}}};
    request.parameters = {{QStringLiteral("dir"), QStringLiteral("/tmp")}};
    const EcsTaskProperties task = effectiveTask(request, definition);
    QCOMPARE(task.containers.size(), 1);
    QCOMPARE(task.containers[0].name, QString(legacyContainerName));
    QCOMPARE(requirement(task.containers[0], QLatin1StringView("VCPU")), 3.0);
    QCOMPARE(requirement(task.containers[0], QLatin1StringView("MEMORY")), 250.0);
    QCOMPARE(task.containers[0].command.last(), QStringLiteral("/tmp"));
}

void TestEffectiveTask::takesDeprecatedOverrides()
{
    const JobDefinition definition = *parseJobDefinition(bytes(legacyDefinition())).value;
    const QByteArray text
        = edited(request(), "/containerOverrides", R"({"vcpus": 4, "memory": 128})");
    const EcsTaskProperties task = effectiveTask(*parseSubmitJobRequest(text).value, definition);
    QCOMPARE(requirement(task.containers[0], QLatin1StringView("VCPU")), 4.0);
    QCOMPARE(requirement(task.containers[0], QLatin1StringView("MEMORY")), 128.0);
    QCOMPARE(task.containers[0].resourceRequirements.size(), 2);
}

void TestEffectiveTask::namesASingleContainer()
{
    JobDefinition definition = *parseJobDefinition(bytes(documents::definition())).value;
    definition.ecsProperties->containers = {definition.ecsProperties->containers[0]};
    definition.ecsProperties->containers[0].name.clear();
    QCOMPARE(effectiveTask({}, definition).containers[0].name, QString(legacyContainerName));
    SubmitJobRequest overriding = *parseSubmitJobRequest(bytes(documents::request())).value;
    for (const QString &name : {QString(), QString(legacyContainerName)}) {
        overriding.ecsPropertiesOverride = {TaskContainerOverrides()};
        overriding.ecsPropertiesOverride[0].name = name;
        overriding.ecsPropertiesOverride[0].command = {QStringLiteral("other")};
        QCOMPARE(toText(validate(overriding, definition)), QString());
        QCOMPARE(effectiveTask(overriding, definition).containers[0].command,
                 QStringList{QStringLiteral("other")});
    }
}

void TestEffectiveTask::legacyTask()
{
    Document document = legacyDefinition();
    document["containerProperties"]["jobRoleArn"] = "role";
    document["containerProperties"]["fargatePlatformConfiguration"]
        = {{"platformVersion", "1.4.0"}};
    document["containerProperties"]["future"] = 1;
    const JobDefinition definition = *parseJobDefinition(bytes(document)).value;
    const EcsTaskProperties task = *definition.task();
    QCOMPARE(task.taskRoleArn, QStringLiteral("role"));
    QCOMPARE(task.platformVersion, QStringLiteral("1.4.0"));
    QCOMPARE(task.containers[0].unknown, std::string("{\"future\":1}"));
    QVERIFY(task.containers[0].isEssential());
    QVERIFY(!JobDefinition().task());
    QCOMPARE(requirement(ContainerBase(), QLatin1StringView("GPU")), 0.0);
}

void TestEffectiveTask::consumablesByNameOrArn()
{
    const QString arn = QStringLiteral("arn:aws:batch:us-east-1:000000000000:consumable-resource/");
    JobDefinition definition = *parseJobDefinition(bytes(documents::definition())).value;
    definition.consumableResourceProperties = ConsumableResourceProperties{
        {{QStringLiteral("licence"), 2, {}}, {arn + QStringLiteral("token"), 1, {}}}, {}};
    SubmitJobRequest request;
    request.consumableResourcePropertiesOverride = ConsumableResourceProperties{
        {{arn + QStringLiteral("licence"), 5, {}}, {QStringLiteral("token"), 3, {}}}, {}};
    const auto consumables = effectiveConsumables(request, definition);
    QCOMPARE(consumables.size(), 2);
    QCOMPARE(consumables[0].quantity, std::optional<qint64>(5));
    QCOMPARE(consumables[1].quantity, std::optional<qint64>(3));
}

void TestEffectiveTask::overridesTooLong_data()
{
    QTest::addColumn<QString>("pointer"); // of the request: what has that length
    QTest::addColumn<int>("length");
    QTest::addColumn<bool>("tooLong");
    const QString container
        = QStringLiteral("/ecsPropertiesOverride/taskProperties/0/containers/0");
    QTest::newRow("nothing") << QString() << 0 << false;
    QTest::newRow("command") << container + QStringLiteral("/command/0") << 8000 << false;
    QTest::newRow("long command") << container + QStringLiteral("/command/0") << 8192 << true;
    QTest::newRow("long variable")
        << container + QStringLiteral("/environment/0/value") << 8192 << true;
    QTest::newRow("parameter in a command") << QStringLiteral("/parameters/size") << 8192 << true;
    QTest::newRow("parameter that is nowhere")
        << QStringLiteral("/parameters/other") << 8192 << false;
    QTest::newRow("tag") << QStringLiteral("/tags/a") << 8192 << false;
}

void TestEffectiveTask::overridesTooLong()
{
    QFETCH(QString, pointer);
    QFETCH(int, length);
    JobDefinition definition = *parseJobDefinition(bytes(documents::definition())).value;
    definition.ecsProperties->containers[1].command = {QStringLiteral("--size=Ref::size")};
    definition.ecsProperties->containers[0].environment
        = {{QStringLiteral("LONG"), QString(9000, u'x'), {}}}; // the definition's own
    Document document = documents::request();
    document["ecsPropertiesOverride"] = Document::parse(
        R"({"taskProperties": [{"containers": [{"name": "agent",
            "environment": [{"name": "A", "value": "1"}]}]}]})");
    if (!pointer.isEmpty())
        document[Document::json_pointer(pointer.toStdString())]
            = std::string(static_cast<size_t>(length), 'x');
    const auto request = parseSubmitJobRequest(bytes(document));
    QVERIFY(request.value);
    QTEST(areOverridesTooLong(*request.value, definition), "tooLong");
}

QTEST_GUILESS_MAIN(TestEffectiveTask)
#include "tst_effectivetask.moc"
