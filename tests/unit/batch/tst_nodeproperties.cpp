#include "documents.h"

#include "backend/batch/nodes.h"
#include "tests/support/text.h"

using namespace batchyard::batch;
using namespace batchyard::batch::documents;
using batchyard::test::text;

namespace {

JobDefinition nodesDefinition()
{
    return *parseJobDefinition(file("nodes.json")).value;
}

SubmitJobRequest nodesRequest()
{
    return *parseSubmitJobRequest(file("submit-nodes.json")).value;
}

} // namespace

class TestNodeProperties : public QObject
{
    Q_OBJECT

private slots:
    void ranges_data();
    void ranges();
    void rangeOfEachNode();
    void acceptsFiles();
    void definition_data();
    void definition();
    void overrides_data();
    void overrides();
    void against_data();
    void against();
    void takesTheRangeOfEachNode();
    void mergesOverridesPerNode();
    void describesNodes();
    void countsConsumables();
    void warnsOnceOfMissingParameters();
    void podsOnNodes();
};

void TestNodeProperties::ranges_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<bool>("isRange");
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("last"); // -1: open
    const auto range = [](const char *target, int first, int last) {
        QTest::newRow(target) << QString::fromUtf8(target) << true << first << last;
    };
    const auto none = [](const char *name, const QString &target) {
        QTest::newRow(name) << target << false << 0 << 0;
    };
    range("0:3", 0, 3);
    range("4:", 4, -1);
    range(":3", 0, 3);
    range(":", 0, -1);
    range("2", 2, 2);
    range("5:5", 5, 5);
    range("007:010", 7, 10);
    none("empty", QString());
    none("backwards", text("3:1"));
    none("letters", text("a:b"));
    none("negative", text("-1:2"));
    none("blank", text("0 : 3"));
    none("three parts", text("0:1:2"));
    none("fraction", text("1.5"));
    none("comma", text("1,2"));
    none("other digits", QString(QChar(0x661)));
    none("beyond int", text("0:99999999999"));
}

void TestNodeProperties::ranges()
{
    QFETCH(QString, target);
    QFETCH(bool, isRange);
    const std::optional<NodeRange> range = nodeRange(target);
    QCOMPARE(range.has_value(), isRange);
    if (range) {
        QTEST(range->first, "first");
        QTEST(range->last.value_or(-1), "last");
    }
}

void TestNodeProperties::rangeOfEachNode()
{
    const auto indexes = [](const QStringList &targets, int numNodes) {
        QList<NodeRangeProperty> ranges;
        for (const QString &target : targets) {
            NodeRangeProperty range;
            range.targetNodes = target;
            ranges.append(range);
        }
        QList<qsizetype> result;
        for (int node = 0; node < numNodes; ++node)
            result.append(rangeOfNode(ranges, node, numNodes));
        return result;
    };
    QCOMPARE(indexes({text("0:1"), text("2:")}, 4), (QList<qsizetype>{0, 0, 1, 1}));
    // The narrower range wins, wherever it stands.
    QCOMPARE(indexes({text("0:3"), text("1:2")}, 4), (QList<qsizetype>{0, 1, 1, 0}));
    QCOMPARE(indexes({text("1:2"), text("0:3")}, 4), (QList<qsizetype>{1, 0, 0, 1}));
    // Of two that are equally wide the later.
    QCOMPARE(indexes({text("0:1"), text("1:2")}, 3), (QList<qsizetype>{0, 1, 1}));
    QCOMPARE(indexes({text("1:")}, 2), (QList<qsizetype>{-1, 0}));
    QCOMPARE(indexes({text("nonsense"), text(":")}, 2), (QList<qsizetype>{1, 1}));
}

void TestNodeProperties::acceptsFiles()
{
    QCOMPARE(faultText(parseJobDefinition(file("nodes.json"))), QString());
    QCOMPARE(faultText(parseSubmitJobRequest(file("submit-nodes.json"))), QString());
    QCOMPARE(toText(validate(nodesRequest(), nodesDefinition())), QString());
}

void TestNodeProperties::definition_data()
{
    columns();
#define RANGES "/nodeProperties/nodeRangeProperties"
    row("sound", "/type", "\"multinode\"", "");
    row("type container", "/type", "\"container\"",
        "type: type is `container`; with nodeProperties it must be `multinode`.");
    row("no properties", "/nodeProperties", "",
        "nodeProperties: nodeProperties is required for the type `multinode`.");
    row("Fargate", "/platformCapabilities", "[\"FARGATE\"]",
        "platformCapabilities: Multi-node jobs cannot run on Fargate; use `EC2`.");
    row("no nodes", "/nodeProperties/numNodes", "0",
        "nodeProperties.numNodes: numNodes is 0; it must be from 1 to 1000.\n"
        "nodeProperties.mainNode: mainNode is 0; it must be the index of a node, from 0 to -1.\n"
        "nodeProperties.nodeRangeProperties[0].targetNodes: targetNodes is `0`, but the job has "
        "the nodes 0 to -1.\n"
        "nodeProperties.nodeRangeProperties[1].targetNodes: targetNodes is `1:`, but the job has "
        "the nodes 0 to -1.");
    row("too many nodes", "/nodeProperties/numNodes", "1001",
        "nodeProperties.numNodes: numNodes is 1001; it must be from 1 to 1000.");
    row("main node beyond", "/nodeProperties/mainNode", "4",
        "nodeProperties.mainNode: mainNode is 4; it must be the index of a node, from 0 to 3.");
    row("negative main node", "/nodeProperties/mainNode", "-1",
        "nodeProperties.mainNode: mainNode is -1; it must be the index of a node, from 0 to 3.");
    row("main node is missing", "/nodeProperties/mainNode", "",
        "nodeProperties.mainNode: mainNode is required.");
    row("no ranges", RANGES, "[]",
        "nodeProperties.nodeRangeProperties: There are 0 ranges; a job has from 1 to 5.");
    row("no range", RANGES "/1/targetNodes", "\"rest\"",
        "nodeProperties.nodeRangeProperties[1].targetNodes: targetNodes is `rest`; allowed are "
        "ranges of node indexes such as `0:3`, `4:`, `:3`, `:` and `2`.\n"
        "nodeProperties.nodeRangeProperties: No range has node 1; the ranges must have all nodes "
        "from 0 to 3.");
    row("gap", RANGES "/1/targetNodes", "\"2:3\"",
        "nodeProperties.nodeRangeProperties: No range has node 1; the ranges must have all nodes "
        "from 0 to 3.");
    row("gap at the end", RANGES "/1/targetNodes", "\"1:2\"",
        "nodeProperties.nodeRangeProperties: No range has node 3; the ranges must have all nodes "
        "from 0 to 3.");
    row("beyond the last", RANGES "/1/targetNodes", "\"1:4\"",
        "nodeProperties.nodeRangeProperties[1].targetNodes: targetNodes is `1:4`, but the job has "
        "the nodes 0 to 3.");
    row("same range", RANGES "/1/targetNodes", "\"0:0\"",
        "nodeProperties.nodeRangeProperties[1].targetNodes: The nodes `0:0` have a range already.\n"
        "nodeProperties.nodeRangeProperties: No range has node 1; the ranges must have all nodes "
        "from 0 to 3.");
    row("nested", RANGES "/1/targetNodes", "\"0:\"", "");
    row("nothing to run", RANGES "/1/container", "",
        "nodeProperties.nodeRangeProperties[1]: The range has 0 of container, ecsProperties and "
        "eksProperties; it must have exactly one.");
    row("two forms", RANGES "/1/ecsProperties",
        R"({"taskProperties": [{"containers": [{"image": "a", "resourceRequirements":
            [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]}]}]})",
        "nodeProperties.nodeRangeProperties[1]: The range has 2 of container, ecsProperties and "
        "eksProperties; it must have exactly one.");
    row("two instance types", RANGES "/0/instanceTypes", R"(["c5.large", "c5.xlarge"])",
        "nodeProperties.nodeRangeProperties[0].instanceTypes: There are 2 instance types; at most "
        "1 is allowed.");
    row("container's fault", RANGES "/1/container/memory", "1",
        "nodeProperties.nodeRangeProperties[1].container.memory: MEMORY is 1 MiB; it must be at "
        "least 4 MiB for AWS Batch; Docker needs 6 MiB.");
    row("container without an image", RANGES "/1/container/image", "",
        "nodeProperties.nodeRangeProperties[1].container.image: Image is required.");
    row("consumables", RANGES "/1/consumableResourceProperties",
        R"({"consumableResourceList": [{"consumableResource": "a", "quantity": -1}]})",
        "nodeProperties.nodeRangeProperties[1].consumableResourceProperties"
        ".consumableResourceList[0].quantity: quantity is -1; it must be 1 or more.");
    row("pods and tasks", RANGES "/1",
        R"({"targetNodes": "1:", "eksProperties": {"podProperties": {"containers": [{"image": "a",
            "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}]}}})",
        "nodeProperties.nodeRangeProperties: Some ranges have eksProperties and others have not; "
        "all nodes of a job must be of one kind.");
    row("nonsense", "/nodeProperties", "[1]", "nodeProperties: Expected an object, found a list.");
}

void TestNodeProperties::definition()
{
    check(nodesDocument(), &parseJobDefinition);
}

void TestNodeProperties::overrides_data()
{
    columns();
    row("nothing", "/nodeOverrides", "{}", "");
    row("number of nodes", "/nodeOverrides", R"({"numNodes": 0})",
        "nodeOverrides.numNodes: numNodes is 0; it must be from 1 to 1000.");
    row("target", "/nodeOverrides", R"({"nodePropertyOverrides": [{"targetNodes": "x"}]})",
        "nodeOverrides.nodePropertyOverrides[0].targetNodes: targetNodes is `x`; allowed are "
        "ranges of node indexes such as `0:3`, `4:`, `:3`, `:` and `2`.");
    row("two kinds", "/nodeOverrides",
        R"({"nodePropertyOverrides": [{"targetNodes": "0", "containerOverrides": {},
            "eksPropertiesOverride": {}}]})",
        "nodeOverrides.nodePropertyOverrides[0].containerOverrides: containerOverrides and "
        "eksPropertiesOverride are given; only one of them is allowed.");
    row("its container", "/nodeOverrides",
        R"({"nodePropertyOverrides": [{"targetNodes": "0", "containerOverrides": {"memory": 1}}]})",
        "nodeOverrides.nodePropertyOverrides[0].containerOverrides.memory: MEMORY is 1 MiB; it "
        "must be at least 4 MiB for AWS Batch; Docker needs 6 MiB.");
}

void TestNodeProperties::overrides()
{
    check(documents::request(), &parseSubmitJobRequest);
}

void TestNodeProperties::against_data()
{
    columns();
    row("fewer nodes", "/nodeOverrides", R"({"numNodes": 2})", "");
    row("too few for a range", "/nodeOverrides", R"({"numNodes": 1})",
        "nodeOverrides.numNodes: numNodes is 1; it must be above the first node of the "
        "definition's range `1:`.");
    row("target beyond", "/nodeOverrides",
        R"({"numNodes": 2, "nodePropertyOverrides": [{"targetNodes": "2:"}]})",
        "nodeOverrides.nodePropertyOverrides[0].targetNodes: targetNodes is `2:`, but the job has "
        "the nodes 0 to 1.");
    row("override of another kind", "/nodeOverrides",
        R"({"nodePropertyOverrides": [{"targetNodes": "1:", "ecsPropertiesOverride":
            {"taskProperties": [{"containers": [{"name": "x"}]}]}}]})",
        "nodeOverrides.nodePropertyOverrides[0].ecsPropertiesOverride: The range `1:` has "
        "containerProperties; override it with containerOverrides.");
    row("override of a job", "/containerOverrides", R"({"command": ["a"]})",
        "containerOverrides: The definition `nodes:0` has nodeProperties; override it with "
        "nodeOverrides.");
    row("array", "/arrayProperties", R"({"size": 2})",
        "arrayProperties: A multi-node job cannot be an array job; take arrayProperties out.");
}

void TestNodeProperties::against()
{
    QFETCH(QByteArray, pointer);
    QFETCH(QByteArray, value);
    const JobDefinition definition = *parseJobDefinition(bytes(nodesDocument())).value;
    const auto request = parseSubmitJobRequest(
        edited(documents::request(), pointer.constData(), value.constData()));
    QTEST(toText(validate(*request.value, definition)), "faults");
}

void TestNodeProperties::takesTheRangeOfEachNode()
{
    const JobDefinition definition = nodesDefinition();
    const SubmitJobRequest request;
    QCOMPARE(nodeCount(request, definition), 4);
    QCOMPARE(definition.task()->containers[0].name, text("lead"));
    QCOMPARE(effectiveTask(request, definition).containers[0].name, text("lead"));
    QCOMPARE(effectiveTask(request, definition, 0).containers[0].image, text("maze/lead:1"));
    const EcsTaskProperties worker = effectiveTask(request, definition, 3);
    QCOMPARE(worker.containers[0].name, QString(legacyContainerName));
    QCOMPARE(worker.containers[0].command, (QStringList{text("worker"), text("3")}));
    QCOMPARE(requirement(worker.containers[0], QLatin1StringView("MEMORY")), 128.0);
    // A job without nodes has one task, whatever the node.
    const JobDefinition plain = *parseJobDefinition(bytes(documents::definition())).value;
    QCOMPARE(nodeCount(request, plain), 0);
    QCOMPARE(effectiveTask(request, plain, 5), effectiveTask(request, plain));
}

void TestNodeProperties::mergesOverridesPerNode()
{
    const JobDefinition definition = nodesDefinition();
    const SubmitJobRequest request = nodesRequest();
    QCOMPARE(nodeCount(request, definition), 3);
    const TaskContainerProperties lead = effectiveTask(request, definition, 0).containers[0];
    QCOMPARE(lead.command, (QStringList{text("lead"), text("3")}));
    QVERIFY(lead.environment.isEmpty());
    const NodeRangeProperty properties = effectiveProperties(request, definition, 2);
    QCOMPARE(properties.instanceTypes, QStringList{text("c5.xlarge")});
    QCOMPARE(properties.container->instanceType, text("c5.xlarge"));
    const TaskContainerProperties worker = properties.task()->containers[0];
    QCOMPARE(worker.command, (QStringList{text("worker"), text("fast")}));
    QCOMPARE(worker.environment.size(), 1);
    QCOMPARE(requirement(worker, QLatin1StringView("VCPU")), 2.0);
    QCOMPARE(requirement(worker, QLatin1StringView("MEMORY")), 256.0);
    QCOMPARE(requirement(worker, QLatin1StringView("GPU")), 1.0);
}

void TestNodeProperties::describesNodes()
{
    const std::optional<NodeProperties> nodes = effectiveNodes(nodesRequest(), nodesDefinition());
    QCOMPARE(nodes->numNodes, 3);
    // The override of 1: is for a part of the range 0:, so the range stays as it was.
    QCOMPARE(nodes->nodeRangeProperties[0].container->command,
             (QStringList{text("worker"), text("3")}));
    QCOMPARE(nodes->nodeRangeProperties[1].ecsProperties->containers[0].command,
             (QStringList{text("lead"), text("3")}));
    QVERIFY(!effectiveNodes({}, *parseJobDefinition(bytes(documents::definition())).value));
}

void TestNodeProperties::countsConsumables()
{
    const auto text2 = [](const QList<ConsumableResourceRequirement> &list) {
        QStringList result;
        for (const auto &each : list)
            result.append(each.consumableResource + u'=' + QString::number(*each.quantity));
        return result.join(u' ');
    };
    // Node 0 takes its properties from a range without consumables.
    QCOMPARE(text2(effectiveConsumables({}, nodesDefinition())), text("slot=1 licence=6"));
    QCOMPARE(text2(effectiveConsumables(nodesRequest(), nodesDefinition())),
             text("slot=3 licence=10"));
    JobDefinition plain = *parseJobDefinition(bytes(documents::definition())).value;
    QCOMPARE(text2(effectiveConsumables({}, plain)), QString());
    plain.consumableResourceProperties
        = ConsumableResourceProperties{{{text("a"), {}, {}}, {text("b"), 2, {}}}, {}};
    SubmitJobRequest request;
    request.consumableResourcePropertiesOverride
        = ConsumableResourceProperties{{{text("b"), 5, {}}, {text("c"), 1, {}}}, {}};
    QCOMPARE(text2(effectiveConsumables(request, plain)), text("a=1 b=5 c=1"));
}

void TestNodeProperties::warnsOnceOfMissingParameters()
{
    JobDefinition definition = nodesDefinition();
    definition.parameters.clear();
    const SubmitJobRequest request = *parseSubmitJobRequest(bytes(documents::request())).value;
    QCOMPARE(toText(validate(request, definition)),
             text("parameters: Parameter `size` has no value; the command of `default` keeps the "
                  "text `Ref::size`."));
}

void TestNodeProperties::podsOnNodes()
{
    Document document = nodesDocument();
    for (Document &range : document["nodeProperties"]["nodeRangeProperties"]) {
        range.erase("container");
        range["eksProperties"] = podDocument()["eksProperties"];
    }
    QCOMPARE(faultText(parseJobDefinition(bytes(document))), QString());
    const JobDefinition definition = *parseJobDefinition(bytes(document)).value;
    QVERIFY(definition.isEks());
    QVERIFY(effectiveTask({}, definition, 1).isPod());
    const auto overriding = parseSubmitJobRequest(
        edited(documents::request(), "/nodeOverrides",
               R"({"nodePropertyOverrides": [{"targetNodes": "1:", "eksPropertiesOverride":
            {"podProperties": {"containers": [{"resources": {"requests": {"cpu": "2"}}}]}}}]})"));
    QCOMPARE(toText(validate(*overriding.value, definition)),
             text("nodeOverrides.nodePropertyOverrides[0].eksPropertiesOverride.podProperties."
                  "containers[0].resources.limits.cpu: The limit of cpu, `1`, must not be below "
                  "its request, `2`."));
    document["nodeProperties"]["nodeRangeProperties"][1]["eksProperties"]["podProperties"]
            ["metadata"]["namespace"]
        = "other";
    QCOMPARE(faultText(parseJobDefinition(bytes(document))),
             text("nodeProperties.nodeRangeProperties: The ranges have the namespaces `` and "
                  "`other`; all nodes of a job must be in one."));
}

QTEST_GUILESS_MAIN(TestNodeProperties)
#include "tst_nodeproperties.moc"
