#include "documents.h"

#include "backend/batch/pod.h"
#include "tests/support/text.h"

using namespace batchyard::batch;
using namespace batchyard::batch::documents;
using batchyard::test::text;

using namespace Qt::Literals::StringLiterals;

namespace {

JobDefinition podDefinition()
{
    return *parseJobDefinition(file("pod.json")).value;
}

SubmitJobRequest podRequest()
{
    return *parseSubmitJobRequest(file("submit-pod.json")).value;
}

} // namespace

class TestEffectivePod : public QObject
{
    Q_OBJECT

private slots:
    void podAsTask();
    void securityContext_data();
    void securityContext();
    void volumes();
    void requirements_data();
    void requirements();
    void initContainersRunAlone();
    void mergesOverrides();
    void overridesTheOnlyContainer();
    void variables_data();
    void variables();
    void variablesOfEarlierVariables();
    void leavesTasksAlone();
};

void TestEffectivePod::podAsTask()
{
    const EcsTaskProperties task = effectiveTask(SubmitJobRequest(), podDefinition());
    QVERIFY(task.isPod());
    QCOMPARE(task.pod->kubernetesNamespace, text("mazes"));
    QCOMPARE(task.pod->imagePullSecrets, QStringList{text("registry")});
    QCOMPARE(task.pidMode, text("task"));
    QCOMPARE(task.ipcMode, text("task"));
    QStringList names;
    for (const TaskContainerProperties &container : task.containers)
        names.append(container.name + (container.pod->isInit ? u"*" : u""));
    QCOMPARE(names, (QStringList{text("fetch*"), text("check*"), text("main"), text("watch")}));

    const TaskContainerProperties &fetch = task.containers[0];
    QCOMPARE(fetch.pod->entryPoint, (QStringList{text("sh"), text("-c")}));
    QCOMPARE(fetch.command, QStringList{text("echo 7 > /data/seed")});
    QVERIFY(fetch.resourceRequirements.isEmpty());

    const TaskContainerProperties &main = task.containers[2];
    QCOMPARE(main.pod->imagePullPolicy, text("IfNotPresent"));
    QCOMPARE(main.user, text("1000:100"));
    QCOMPARE(main.readonlyRootFilesystem, std::optional(true));
    QCOMPARE(main.privileged, std::optional(false));
    QVERIFY(main.pod->noNewPrivileges);
    QVERIFY(main.pod->runAsNonRoot);
    QCOMPARE(main.mountPoints[0].subPath, text("run"));
    QCOMPARE(main.mountPoints[2].readOnly, std::optional(true));
    QCOMPARE(requirement(main, QLatin1StringView("VCPU")), 0.5);
    QCOMPARE(requirement(main, QLatin1StringView("MEMORY")), 1024.0);
    QCOMPARE(requirement(main, QLatin1StringView("GPU")), 1.0);
    QCOMPARE(main.pod->cpuLimit, std::optional(2.0));
}

void TestEffectivePod::securityContext_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("user");
    QTest::addColumn<bool>("noNewPrivileges");
    QTest::newRow("none") << "{}"_ba << QString() << false;
    QTest::newRow("user") << R"({"runAsUser": 7})"_ba << text("7") << false;
    QTest::newRow("root") << R"({"runAsUser": 0, "runAsGroup": 0})"_ba << text("0:0") << false;
    QTest::newRow("group alone") << R"({"runAsGroup": 5})"_ba << text("0:5") << false;
    QTest::newRow("escalation") << R"({"allowPrivilegeEscalation": true})"_ba << QString() << false;
    QTest::newRow("no escalation")
        << R"({"allowPrivilegeEscalation": false})"_ba << QString() << true;
}

void TestEffectivePod::securityContext()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, noNewPrivileges);
    Document document = podDocument();
    document["eksProperties"]["podProperties"]["containers"][0]["securityContext"]
        = Document::parse(json.toStdString());
    const EcsTaskProperties task = *parseJobDefinition(bytes(document)).value->task();
    QTEST(task.containers[0].user, "user");
    QCOMPARE(task.containers[0].pod->noNewPrivileges, noNewPrivileges);
}

void TestEffectivePod::volumes()
{
    const QList<Volume> volumes = podDefinition().task()->volumes;
    QCOMPARE(volumes.size(), 5);
    QCOMPARE(volumes[0].host, std::optional(Host()));
    QVERIFY(!volumes[0].pod);
    QCOMPARE(volumes[1].pod->kind, PodVolume::Kind::Memory);
    QCOMPARE(volumes[1].pod->sizeLimit, std::optional<qint64>(67108864));
    QVERIFY(!volumes[1].host);
    QCOMPARE(volumes[2].pod->kind, PodVolume::Kind::Secret);
    QCOMPARE(volumes[2].pod->name, text("api-keys"));
    QVERIFY(volumes[2].pod->isOptional);
    QCOMPARE(volumes[3].host->sourcePath, text("/srv/maze"));
    QCOMPARE(volumes[4].pod->kind, PodVolume::Kind::Claim);
    QCOMPARE(volumes[4].pod->name, text("results"));
    QVERIFY(volumes[4].pod->isReadOnly);
    // A volume that names no source is an empty directory.
    EksPodProperties pod;
    pod.volumes.append(EksVolume());
    QCOMPARE(toTask(pod).volumes.first().host, std::optional(Host()));
}

void TestEffectivePod::requirements_data()
{
    QTest::addColumn<QByteArray>("resources");
    QTest::addColumn<double>("vcpus");
    QTest::addColumn<double>("memory");
    QTest::addColumn<double>("gpus");
    QTest::newRow("nothing") << "{}"_ba << 0.0 << 0.0 << 0.0;
    QTest::newRow("limits only")
        << R"({"limits": {"cpu": "2", "memory": "64Mi", "nvidia.com/gpu": "2"}})"_ba << 2.0 << 64.0
        << 2.0;
    QTest::newRow("requests only")
        << R"({"requests": {"cpu": "250m", "memory": "1Gi"}})"_ba << 0.25 << 1024.0 << 0.0;
    QTest::newRow("requests are promised")
        << R"({"limits": {"cpu": "4"}, "requests": {"cpu": "1.5"}})"_ba << 1.5 << 0.0 << 0.0;
    QTest::newRow("part of a MiB counts whole")
        << R"({"limits": {"memory": "1000000"}})"_ba << 0.0 << 1.0 << 0.0;
    QTest::newRow("nonsense counts as absent")
        << R"({"limits": {"cpu": "many", "memory": "-1"}})"_ba << 0.0 << 0.0 << 0.0;
}

void TestEffectivePod::requirements()
{
    QFETCH(QByteArray, resources);
    Document document = podDocument();
    document["eksProperties"]["podProperties"]["containers"][0]["resources"]
        = Document::parse(resources.toStdString());
    const EcsTaskProperties task = *parseJobDefinition(bytes(document)).value->task();
    const TaskContainerProperties &container = task.containers[0];
    QTEST(requirement(container, QLatin1StringView("VCPU")), "vcpus");
    QTEST(requirement(container, QLatin1StringView("MEMORY")), "memory");
    QTEST(requirement(container, QLatin1StringView("GPU")), "gpus");
}

void TestEffectivePod::initContainersRunAlone()
{
    JobDefinition definition = podDefinition();
    EksPodProperties &pod = *definition.eksProperties->podProperties;
    QCOMPARE(totalRequirement(*definition.task(), QLatin1StringView("MEMORY")), 1088.0);
    pod.initContainers[0].resources
        = EksContainerResourceRequirements{{{text("memory"), text("2Gi")}}, {}, {}};
    pod.initContainers[1].resources
        = EksContainerResourceRequirements{{{text("memory"), text("1500Mi")}}, {}, {}};
    QCOMPARE(totalRequirement(*definition.task(), QLatin1StringView("MEMORY")), 2048.0);
    QCOMPARE(totalRequirement(*definition.task(), QLatin1StringView("VCPU")), 0.75);
}

void TestEffectivePod::mergesOverrides()
{
    QCOMPARE(toText(validate(podRequest(), podDefinition())), QString());
    const NodeRangeProperty properties = effectiveProperties(podRequest(), podDefinition());
    const EksPodProperties &pod = *properties.eksProperties->podProperties;
    QCOMPARE(pod.initContainers[0].image, text("busybox:1.37"));
    QCOMPARE(pod.initContainers[0].args, QStringList{text("echo 9 > /data/seed")});
    const EksContainer &main = pod.containers[0];
    QCOMPARE(main.image, text("maze/agent:2"));
    QCOMPARE(main.command, QStringList{text("agent2")});
    QCOMPARE(main.args, (QStringList{text("--seed"), text("9")}));
    QCOMPARE(main.env.size(), 3);
    QCOMPARE(main.env[0].value, text("8"));
    QCOMPARE(main.env[2].name, text("NEW"));
    QCOMPARE(main.resources->limits.value(text("cpu")), text("4"));
    QCOMPARE(main.resources->limits.value(text("memory")), text("1024Mi"));
    QCOMPARE(main.volumeMounts.size(), 3);
    QCOMPARE(pod.containers[1], podDefinition().eksProperties->podProperties->containers[1]);
    QCOMPARE(
        pod.metadata->labels,
        (QMap<QString, QString>{{text("team"), text("simulation")}, {text("run"), text("fast")}}));
    QCOMPARE(pod.metadata->kubernetesNamespace, text("fast"));
    QCOMPARE(effectiveTask(podRequest(), podDefinition()), toTask(pod));
}

void TestEffectivePod::overridesTheOnlyContainer()
{
    JobDefinition definition = *parseJobDefinition(bytes(podDocument())).value;
    SubmitJobRequest request = *parseSubmitJobRequest(bytes(documents::request())).value;
    EksContainerOverride overrides;
    overrides.args = {text("x")};
    request.eksPropertiesOverride
        = EksPropertiesOverride{EksPodPropertiesOverride{{overrides}, {}, {}, {}}, {}};
    QCOMPARE(toText(validate(request, definition)), QString());
    const EcsTaskProperties task = effectiveTask(request, definition);
    QCOMPARE(task.containers[0].command, QStringList{text("x")});
    QCOMPARE(task.containers[0].name, text("Default"));

    request.eksPropertiesOverride->podProperties->containers[0].name = text("Default");
    QCOMPARE(effectiveTask(request, definition), task);
    request.eksPropertiesOverride->podProperties->containers[0].name = text("other");
    QCOMPARE(toText(validate(request, definition)),
             text("eksPropertiesOverride.podProperties.containers[0].name: The definition `pod:0` "
                  "has no container `other`; it has `Default`."));
    // Which of two is meant cannot be told.
    request.eksPropertiesOverride->podProperties->containers[0].name.clear();
    EksPodProperties &pod = *definition.eksProperties->podProperties;
    pod.containers.append(pod.containers.first());
    pod.containers[1].name = text("second");
    QVERIFY(hasErrors(validate(request, definition)));
}

void TestEffectivePod::variables_data()
{
    QTest::addColumn<QString>("word");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *word, const char *expected) {
        QTest::newRow(name) << QString::fromUtf8(word) << QString::fromUtf8(expected);
    };
    row("none", "plain", "plain");
    row("one", "$(A)", "1");
    row("inside", "x$(A)y$(B)z", "x1y$(A)z");
    row("unknown", "$(NOT)", "$(NOT)");
    row("escaped", "$$(A)", "$(A)");
    row("escaped twice", "$$$$(A)", "$$(A)");
    row("escaped and expanded", "$$$(A)", "$1");
    row("shell form", "$A ${A}", "$A ${A}");
    row("dollar at the end", "a$", "a$");
    row("open parenthesis", "$(A", "$(A");
    row("empty name", "$()", "$()");
    row("empty value", "[$(EMPTY)]", "[]");
}

void TestEffectivePod::variables()
{
    QFETCH(QString, word);
    QFETCH(QString, expected);
    TaskContainerProperties container;
    container.pod = PodContainer{};
    container.environment = {
        {text("A"), text("1"), {}}, {text("B"), text("$$(A)"), {}}, {text("EMPTY"), QString(), {}}};
    container.pod->entryPoint = {word};
    container.command = {text("first"), word};
    const TaskContainerProperties result = withVariables(container);
    QCOMPARE(result.pod->entryPoint, QStringList{expected});
    QCOMPARE(result.command, (QStringList{text("first"), expected}));
}

void TestEffectivePod::variablesOfEarlierVariables()
{
    TaskContainerProperties container;
    container.pod = PodContainer{};
    container.environment = {{text("AWS_BATCH_JOB_ID"), text("id"), {}},
                             {text("EARLY"), text("$(LATE)"), {}},
                             {text("LATE"), text("$(AWS_BATCH_JOB_ID)-$(EARLY)"), {}}};
    const auto environment = withVariables(container).environment;
    QCOMPARE(environment[1].value, text("$(LATE)"));
    QCOMPARE(environment[2].value, text("id-$(LATE)"));
}

void TestEffectivePod::leavesTasksAlone()
{
    TaskContainerProperties container;
    container.environment = {{text("A"), text("$$"), {}}};
    container.command = {text("$(A)")};
    QCOMPARE(withVariables(container), container);
}

QTEST_GUILESS_MAIN(TestEffectivePod)
#include "tst_effectivepod.moc"
