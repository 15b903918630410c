// Documents that the tests of this folder begin from, and small edits of them.
#pragma once

#include "backend/batch/json.h"
#include "backend/batch/validation.h"

#include <QFile>
#include <QTest>

#include <nlohmann/json.hpp>

namespace batchyard::batch::documents {

using Document = nlohmann::json;

inline QByteArray file(const char *name)
{
    QFile source(QFINDTESTDATA(QLatin1String("data/") + QLatin1String(name)));
    return source.open(QIODevice::ReadOnly) ? source.readAll() : QByteArray();
}

inline QByteArray bytes(const Document &document)
{
    return QByteArray::fromStdString(document.dump());
}

// The document with the value (JSON text) at the JSON pointer; an empty text removes what is there.
inline QByteArray edited(Document document, const char *pointer, const char *value)
{
    const Document::json_pointer at{std::string(pointer)};
    if (*value == '\0')
        document.at(at.parent_pointer()).erase(at.back());
    else
        document[at] = Document::parse(value);
    return bytes(document);
}

inline Document definition()
{
    return Document::parse(R"({
        "jobDefinitionName": "maze", "type": "container",
        "ecsProperties": {"taskProperties": [{
            "volumes": [{"name": "d", "host": {}}],
            "containers": [
                {"name": "prep", "image": "busybox", "essential": false,
                 "mountPoints": [{"sourceVolume": "d", "containerPath": "/data"}],
                 "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]},
                {"name": "agent", "image": "maze/agent:1",
                 "dependsOn": [{"containerName": "prep", "condition": "SUCCESS"}],
                 "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]}
            ]}]}})");
}

inline Document fargateDefinition()
{
    Document document = definition();
    document["platformCapabilities"] = {"FARGATE"};
    Document &task = document["ecsProperties"]["taskProperties"][0];
    task["executionRoleArn"] = "arn:aws:iam::000000000000:role/x";
    for (Document &container : task["containers"])
        container["resourceRequirements"] = Document::parse(
            R"([{"type": "VCPU", "value": "0.5"}, {"type": "MEMORY", "value": "1024"}])");
    return document;
}

inline Document legacyDefinition()
{
    return Document::parse(R"({
        "jobDefinitionName": "nightly", "type": "container",
        "containerProperties": {"image": "busybox", "vcpus": 1, "memory": 64}})");
}

inline Document podDocument()
{
    return Document::parse(R"({
        "jobDefinitionName": "pod", "type": "container",
        "eksProperties": {"podProperties": {
            "containers": [{"image": "busybox",
                            "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}]}}})");
}

// A main node and workers.
inline Document nodesDocument()
{
    return Document::parse(R"({
        "jobDefinitionName": "nodes", "type": "multinode",
        "nodeProperties": {"numNodes": 4, "mainNode": 0, "nodeRangeProperties": [
            {"targetNodes": "0", "container": {"image": "lead", "vcpus": 1, "memory": 64}},
            {"targetNodes": "1:", "container": {"image": "worker", "vcpus": 1, "memory": 64}}]}})");
}

inline Document request()
{
    return Document::parse(R"({"jobName": "run", "jobQueue": "q", "jobDefinition": "maze"})");
}

inline Document queue()
{
    return Document::parse(R"({"jobQueueName": "q", "priority": 1,
        "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "ce"}]})");
}

inline Document environment()
{
    return Document::parse(R"({"computeEnvironmentName": "ce", "type": "MANAGED",
        "computeResources": {"type": "EC2", "maxvCpus": 4, "instanceTypes": ["optimal"],
                             "subnets": ["subnet-1"], "instanceRole": "ecsInstanceRole"}})");
}

// All faults of reading and, when it can be read, of the rules, in one text.
template <typename Value>
QString faultText(const Parsed<Value> &parsed)
{
    Faults faults = parsed.faults;
    if (parsed.value)
        faults += validate(*parsed.value);
    return toText(faults);
}

// The data of tests that edit one document: what is edited, and all faults then.
inline void columns()
{
    QTest::addColumn<QByteArray>("pointer");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("faults");
}

inline void row(const char *name, const char *pointer, const char *value, const char *faults)
{
    QTest::newRow(name) << QByteArray(pointer) << QByteArray(value) << QString::fromUtf8(faults);
}

// A row's test: the document is edited and read as this kind.
template <typename Value>
void check(const Document &base, Parsed<Value> (*parse)(const QByteArray &))
{
    QFETCH(QByteArray, pointer);
    QFETCH(QByteArray, value);
    QTEST(faultText(parse(edited(base, pointer.constData(), value.constData()))), "faults");
}

} // namespace batchyard::batch::documents
