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
}

void TestEffectiveTask::namesASingleContainer()
{
    JobDefinition definition = *parseJobDefinition(bytes(documents::definition())).value;
    definition.ecsProperties->containers = {definition.ecsProperties->containers[0]};
    definition.ecsProperties->containers[0].name.clear();
    QCOMPARE(effectiveTask({}, definition).containers[0].name, QString(legacyContainerName));
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

QTEST_GUILESS_MAIN(TestEffectiveTask)
#include "tst_effectivetask.moc"
