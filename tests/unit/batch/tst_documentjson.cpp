#include "documents.h"

#include "backend/batch/jsonvalues.h"

#include <random>

using namespace batchyard::batch;
using namespace batchyard::batch::documents;

class TestDocumentJson : public QObject
{
    Q_OBJECT

private slots:
    void keepsFiles_data();
    void keepsFiles();
    void keepsUnknownMembersEverywhere();
    void keepsGeneratedDocuments();
    void definitionFaults_data();
    void definitionFaults();
    void otherFaults();
    void topLevelFaults_data();
    void topLevelFaults();
    void readsMembers();
    void leavesOutWhatDescribeAdds();
    void filledMembersWinOverKeptOnes();
    void dropsRemnantsOfARemovedTask();
    void survivesMutatedDocuments();
};

namespace {

template <typename Value>
QString difference(const QByteArray &text, Parsed<Value> (*parse)(const QByteArray &))
{
    const Parsed<Value> parsed = parse(text);
    if (!parsed.value)
        return toText(parsed.faults);
    const Document before = Document::parse(text.begin(), text.end());
    const QByteArray exported = toJson(*parsed.value);
    const Document after = Document::parse(exported.begin(), exported.end());
    return before == after ? QString()
                           : QString::fromStdString(Document::diff(before, after).dump(1));
}

QString differenceOf(const QByteArray &text)
{
    const Document document = Document::parse(text.begin(), text.end());
    if (document.contains("jobDefinitionName"))
        return difference(text, parseJobDefinition);
    if (document.contains("jobName"))
        return difference(text, parseSubmitJobRequest);
    if (document.contains("jobQueueName"))
        return difference(text, parseJobQueue);
    if (document.contains("computeEnvironmentName"))
        return difference(text, parseComputeEnvironment);
    if (document.contains("consumableResourceName"))
        return difference(text, parseConsumableResource);
    return difference(text, parseSchedulingPolicy);
}

const char *const files[] = {"multicontainer-ec2.json",
                             "multicontainer-fargate.json",
                             "legacy-container.json",
                             "submit-overrides.json",
                             "queue.json",
                             "environment-spot.json",
                             "environment-eks.json",
                             "pod.json",
                             "submit-pod.json",
                             "nodes.json",
                             "submit-nodes.json",
                             "policy.json",
                             "consumable.json"};

// Maps of the documents whose members are data, not AWS's names.
bool isMap(const std::string &name)
{
    return name == "tags" || name == "parameters" || name == "options" || name == "limits"
        || name == "requests" || name == "labels" || name == "annotations";
}

// Adds to every object of AWS's shapes a member that no build knows.
void addUnknown(Document &document, int &counter)
{
    if (document.is_array()) {
        for (Document &element : document)
            addUnknown(element, counter);
    }
    if (!document.is_object())
        return;
    for (auto &[name, value] : document.items()) {
        if (!isMap(name))
            addUnknown(value, counter);
    }
    document["future" + std::to_string(++counter)]
        = {{"deep", {1, 2.5, nullptr, {{"x", ""}}}}, {"text", "é\u202E"}};
}

// Takes away, empties and repeats at random what may be absent, so that each run of the generator
// is another legal document.
void mutate(Document &document, std::mt19937 &random)
{
    const auto chance = [&random](unsigned oneIn) { return random() % oneIn == 0; };
    if (document.is_array()) {
        for (Document &element : document)
            mutate(element, random);
        return;
    }
    if (!document.is_object())
        return;
    static const std::vector<std::string> required{"jobDefinitionName",
                                                   "type",
                                                   "jobName",
                                                   "jobQueue",
                                                   "jobDefinition",
                                                   "jobQueueName",
                                                   "priority",
                                                   "computeEnvironmentName",
                                                   "maxvCpus",
                                                   "image",
                                                   "name",
                                                   "value",
                                                   "valueFrom",
                                                   "containerName",
                                                   "condition",
                                                   "softLimit",
                                                   "hardLimit",
                                                   "hostPath",
                                                   "containerPath",
                                                   "size",
                                                   "logDriver",
                                                   "credentialsParameter",
                                                   "sizeInGiB",
                                                   "fileSystemId",
                                                   "action",
                                                   "order",
                                                   "computeEnvironment",
                                                   "reason",
                                                   "state",
                                                   "maxTimeSeconds",
                                                   "taskProperties",
                                                   "containers",
                                                   "ecsProperties",
                                                   "imageType",
                                                   "eksClusterArn",
                                                   "kubernetesNamespace",
                                                   "secretName",
                                                   "claimName",
                                                   "numNodes",
                                                   "mainNode",
                                                   "nodeRangeProperties",
                                                   "targetNodes",
                                                   "shareIdentifier",
                                                   "consumableResourceName"};
    for (auto member = document.begin(); member != document.end();) {
        const bool isRequired = std::ranges::find(required, member.key()) != required.end();
        if (!isRequired && chance(5)) {
            member = document.erase(member);
            continue;
        }
        if (!isRequired && chance(8))
            *member = member->is_array() ? Document::array()
                : member->is_string()    ? Document("")
                : isMap(member.key())    ? Document::object()
                                         : Document(nullptr);
        else if (!isMap(member.key()))
            mutate(*member, random);
        ++member;
    }
    if (chance(6))
        document["invented" + std::to_string(random() % 3)] = {{"a", nullptr}, {"b", {1, "x"}}};
}

} // namespace

void TestDocumentJson::keepsFiles_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *name : files)
        QTest::newRow(name) << file(name);
}

void TestDocumentJson::keepsFiles()
{
    QFETCH(QByteArray, text);
    QVERIFY(!text.isEmpty());
    QCOMPARE(differenceOf(text), QString());
}

void TestDocumentJson::keepsUnknownMembersEverywhere()
{
    int counter = 0;
    for (const char *name : files) {
        const QByteArray text = file(name);
        Document document = Document::parse(text.begin(), text.end());
        addUnknown(document, counter);
        QCOMPARE(differenceOf(bytes(document)), QString());
    }
    QVERIFY(counter > 60);
}

void TestDocumentJson::keepsGeneratedDocuments()
{
    std::mt19937 random(7);
    for (int i = 0; i < 600; ++i) {
        const QByteArray text = file(files[static_cast<size_t>(i) % std::size(files)]);
        Document document = Document::parse(text.begin(), text.end());
        mutate(document, random);
        const QString result = differenceOf(bytes(document));
        QVERIFY2(result.isEmpty(), qPrintable(result + u'\n' + QString::fromUtf8(bytes(document))));
    }
}

void TestDocumentJson::definitionFaults_data()
{
    QTest::addColumn<QByteArray>("pointer");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("faults");
    const auto row
        = [](const char *name, const char *pointer, const char *value, const char *faults) {
              QTest::newRow(name) << QByteArray(pointer) << QByteArray(value)
                                  << QString::fromUtf8(faults);
          };
#define CONTAINER "/ecsProperties/taskProperties/0/containers/1"
#define AT "ecsProperties.taskProperties[0].containers[1]"
    row("list of strings", CONTAINER "/command", R"("echo hi")",
        AT ".command: Expected a list of strings, found the string `echo hi`.");
    row("string in a list", CONTAINER "/command", "[\"a\", 1]",
        AT ".command[1]: Expected a string, found the number 1.");
    row("list of objects", CONTAINER "/environment", "{}",
        AT ".environment: Expected a list of objects, found an object.");
    row("object", CONTAINER "/linuxParameters", "[]",
        AT ".linuxParameters: Expected an object, found a list.");
    row("element is no object", CONTAINER "/environment", "[[]]",
        AT ".environment[0]: Expected an object, found a list.");
    row("true or false", CONTAINER "/essential", "\"yes\"",
        AT ".essential: Expected true or false, found the string `yes`.");
    row("required is missing", CONTAINER "/image", "", AT ".image: image is required.");
    row("required is null", CONTAINER "/image", "null",
        AT ".image: image is required and cannot be null.");
    row("unknown with a near name", CONTAINER "/comand", "[]",
        AT ".comand: `comand` is unknown; did you mean `command`?");
    row("unknown of CloudFormation", CONTAINER "/Image", "1",
        AT ".Image: `Image` is unknown; did you mean `image`?");
    row("unknown", CONTAINER "/healthCheck", "{}",
        AT ".healthCheck: `healthCheck` is unknown; it is kept but has no effect.");
    row("unknown with a hostile name", "/a\xE2\x80\xAE<b>", "1",
        "[\"a\\u202E<b>\"]: `a\\u202E<b>` is unknown; it is kept but has no effect.");
    row("log router", CONTAINER "/firelensConfiguration", "{\"type\": \"fluentbit\"}", "");
    row("whole number as 30.0", CONTAINER "/stopTimeout", "30.0", "");
    row("fraction", CONTAINER "/stopTimeout", "30.5",
        AT ".stopTimeout: Expected a whole number from -2147483648 to 2147483647, found the number "
           "30.5.");
    row("2^31", CONTAINER "/stopTimeout", "2147483648",
        AT ".stopTimeout: Expected a whole number from -2147483648 to 2147483647, found the number "
           "2147483648.");
    row("2^53+1", CONTAINER "/stopTimeout", "9007199254740993",
        AT ".stopTimeout: Expected a whole number from -2147483648 to 2147483647, found the number "
           "9007199254740993.");
    row("number as text", CONTAINER "/stopTimeout", "\"two\"",
        AT ".stopTimeout: Expected a whole number from -2147483648 to 2147483647, found the string "
           "`two`.");
    row("condition", CONTAINER "/dependsOn/0/condition", "\"HEALTHY\"",
        AT ".dependsOn[0].condition: Expected `START`, `COMPLETE` or `SUCCESS`, found the string "
           "`HEALTHY`.");
    row("map of strings", "/parameters", R"({"n": 1})",
        "parameters.n: Expected a string, found the number 1.");
    row("no task", "/ecsProperties/taskProperties", "[]",
        "ecsProperties.taskProperties: taskProperties has 0 elements; AWS Batch allows exactly 1 "
        "task per job.");
    row("two tasks", "/ecsProperties/taskProperties", R"([{"containers": []}, {"containers": []}])",
        "ecsProperties.taskProperties: taskProperties has 2 elements; AWS Batch allows exactly 1 "
        "task per job.");
    row("no taskProperties", "/ecsProperties/taskProperties", "",
        "ecsProperties.taskProperties: taskProperties is required.\n"
        "ecsProperties.taskProperties: taskProperties has 0 elements; AWS Batch allows exactly 1 "
        "task per job.");
    row("null for optional", "/retryStrategy", "null", "");
    row("long echo is cut", CONTAINER "/command",
        "\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234\"",
        AT ".command: Expected a list of strings, found the string "
           "`01234567890123456789012345678901234567890123456789012345678901234567890123456789…`.");
#undef CONTAINER
#undef AT
}

void TestDocumentJson::definitionFaults()
{
    QFETCH(QByteArray, pointer);
    QFETCH(QByteArray, value);
    QFETCH(QString, faults);
    const Parsed<JobDefinition> parsed
        = parseJobDefinition(edited(definition(), pointer.constData(), value.constData()));
    QCOMPARE(toText(parsed.faults), faults);
    QCOMPARE(parsed.value.has_value(), !hasErrors(parsed.faults));
}

void TestDocumentJson::otherFaults()
{
    QCOMPARE(toText(parseJobDefinition(edited(legacyDefinition(), "/containerProperties/vcpu", "1"))
                        .faults),
             QStringLiteral("containerProperties.vcpu: `vcpu` is unknown; did you mean `vcpus`?"));
    QCOMPARE(
        toText(
            parseJobDefinition(edited(legacyDefinition(), "/containerProperties/vcpus", "\"two\""))
                .faults),
        QStringLiteral("containerProperties.vcpus: Expected a whole number from -2147483648 to "
                       "2147483647, found the string `two`."));
    QCOMPARE(toText(parseSubmitJobRequest(edited(request(), "/arrayProperties", R"({"size": 2.5})"))
                        .faults),
             QStringLiteral("arrayProperties.size: Expected a whole number from -2147483648 to "
                            "2147483647, found the number 2.5."));
    QCOMPARE(toText(parseJobQueue(edited(queue(), "/priority", "")).faults),
             QStringLiteral("priority: priority is required."));
    QCOMPARE(toText(parseComputeEnvironment(edited(environment(), "/computeResources/maxvCpus", ""))
                        .faults),
             QStringLiteral("computeResources.maxvCpus: maxvCpus is required."));
}

void TestDocumentJson::topLevelFaults_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("fault");
    QTest::newRow("list") << QByteArray("[{}]")
                          << QStringLiteral("Expected a JSON object, found a list.");
    QTest::newRow("scalar") << QByteArray("42")
                            << QStringLiteral("Expected a JSON object, found the number 42.");
    QTest::newRow("null") << QByteArray("null")
                          << QStringLiteral("Expected a JSON object, found null.");
    QTest::newRow("syntax")
        << QByteArray("{")
        << QStringLiteral(
               "Line 1, column 2: the document ends but the `{` of line 1 is not closed.");
    QTest::newRow("CloudFormation")
        << QByteArray(R"({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}})")
        << QStringLiteral("This looks like a CloudFormation template; expected the JSON of the AWS "
                          "Batch API. Export one resource with `aws batch describe-…`.");
    QTest::newRow("Terraform")
        << QByteArray(R"({"terraform_version": "1.5"})")
        << QStringLiteral("This looks like Terraform; expected the JSON of the AWS Batch API.");
}

void TestDocumentJson::topLevelFaults()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, fault);
    const Parsed<JobDefinition> parsed = parseJobDefinition(text);
    QVERIFY(!parsed.value);
    QCOMPARE(toText(parsed.faults), fault);
}

void TestDocumentJson::readsMembers()
{
    const Parsed<JobDefinition> parsed = parseJobDefinition(file("multicontainer-ec2.json"));
    QVERIFY2(parsed.value, qPrintable(toText(parsed.faults)));
    QVERIFY(parsed.faults.isEmpty());
    const JobDefinition &definition = *parsed.value;
    QCOMPARE(definition.jobDefinitionName, QStringLiteral("maze-sweep"));
    QCOMPARE(definition.retryStrategy->evaluateOnExit.size(), 3);
    QVERIFY(!definition.isFargate());
    const EcsTaskProperties &task = *definition.ecsProperties;
    QCOMPARE(task.containers.size(), 3);
    const TaskContainerProperties &model = task.containers[1];
    QVERIFY(!model.isEssential());
    QVERIFY(model.dependsOn[0].condition == DependencyCondition::Success);
    QCOMPARE(model.stopTimeout, std::optional(20));
    QCOMPARE(requirement(model, QLatin1StringView("MEMORY")), 2048.0);
    QCOMPARE(model.linuxParameters->tmpfs[0].mountOptions.size(), 2);
    QCOMPARE(model.environment[1].value, QString());
    QVERIFY(model.unknown.empty());
    QVERIFY(task.containers[2].isEssential());
    QCOMPARE(task.containers[2].firelensConfiguration->type, QStringLiteral("fluentbit"));
    QCOMPARE(task.volumes[1].host->sourcePath, QStringLiteral("/srv/models"));
}

void TestDocumentJson::leavesOutWhatDescribeAdds()
{
    Document described = definition();
    described["jobDefinitionArn"] = "arn:aws:batch:eu-west-1:000000000000:job-definition/maze:4";
    described["revision"] = 4;
    described["status"] = "ACTIVE";
    described["containerOrchestrationType"] = "ECS";
    const Parsed<JobDefinition> parsed = parseJobDefinition(bytes(described));
    QVERIFY(parsed.value);
    QVERIFY(parsed.faults.isEmpty());
    QCOMPARE(parsed.value->nameAndRevision(), QStringLiteral("maze:4"));
    const QByteArray request = toJson(*parsed.value);
    QVERIFY(Document::parse(request.begin(), request.end()) == definition());
    const std::string full = toJsonValue(*parsed.value, Form::Describe).dump();
    QVERIFY(Document::parse(full) == described);
}

void TestDocumentJson::filledMembersWinOverKeptOnes()
{
    const QByteArray text
        = edited(definition(), "/ecsProperties/taskProperties/0/containers/0/user", "\"\"");
    JobDefinition definition = *parseJobDefinition(text).value;
    definition.ecsProperties->containers[0].user = QStringLiteral("1000");
    const QByteArray exported = toJson(definition);
    QCOMPARE(Document::parse(exported.begin(), exported.end())
                 .at("/ecsProperties/taskProperties/0/containers/0/user"_json_pointer)
                 .get<std::string>(),
             std::string("1000"));
}

void TestDocumentJson::dropsRemnantsOfARemovedTask()
{
    JobDefinition definition
        = *parseJobDefinition(edited(documents::definition(), "/ecsProperties/future", "1")).value;
    definition.ecsProperties.reset();
    definition.containerProperties = ContainerProperties();
    const QByteArray exported = toJson(definition);
    QVERIFY(!exported.contains("ecsProperties"));
}

void TestDocumentJson::survivesMutatedDocuments()
{
    std::mt19937 random(99);
    const QByteArray original = file("multicontainer-ec2.json");
    std::uniform_int_distribution<qsizetype> position(0, original.size() - 1);
    const char likely[] = "{}[]\",:0-9aenull \\\n";
    for (int i = 0; i < 1500; ++i) {
        QByteArray text = original;
        for (int flips = 1 + i % 4; flips > 0; --flips)
            text[position(random)] = likely[random() % (sizeof likely - 1)];
        const Parsed<JobDefinition> parsed = parseJobDefinition(text);
        QCOMPARE(parsed.value.has_value(), !hasErrors(parsed.faults));
        if (parsed.value)
            (void)validate(*parsed.value);
    }
}

QTEST_GUILESS_MAIN(TestDocumentJson)
#include "tst_documentjson.moc"
