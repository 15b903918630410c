#include "models/draft/forecast.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::batch;
using namespace batchyard::models;

namespace {

TaskContainerProperties container(const QString &name, bool essential, const QString &vcpus,
                                  const QString &memory)
{
    TaskContainerProperties made;
    made.name = name;
    made.essential = essential;
    made.resourceRequirements = {{u"VCPU"_s, vcpus, {}}, {u"MEMORY"_s, memory, {}}};
    return made;
}

JobDefinition mazeDefinition()
{
    JobDefinition definition;
    definition.jobDefinitionName = u"maze"_s;
    definition.revision = 1;
    definition.type = u"container"_s;
    definition.parameters = {{u"seed"_s, u"1"_s}};
    definition.ecsProperties.emplace();
    definition.ecsProperties->containers = {container(u"agent"_s, true, u"1"_s, u"128"_s),
                                            container(u"model"_s, false, u"0.5"_s, u"64"_s)};
    auto &agent = definition.ecsProperties->containers[0];
    agent.dependsOn = {{u"model"_s, DependencyCondition::Start, {}}};
    agent.command = {u"/agent"_s, u"Ref::seed"_s};
    agent.environment = {{u"PACE"_s, u"fast"_s, {}}};
    return definition;
}

bool warns(const QList<Hint> &hints, const QString &words)
{
    return std::any_of(hints.cbegin(), hints.cend(), [&](const Hint &hint) {
        return hint.kind == Hint::Kind::Warning && hint.text.contains(words);
    });
}

} // namespace

class ForecastTest : public QObject
{
    Q_OBJECT

private slots:
    void courseFollowsDependencies()
    {
        const QStringList course = courseOf(*mazeDefinition().ecsProperties);
        QCOMPARE(course[0], u"model starts at once."_s);
        QCOMPARE(course[1], u"agent starts when model has started."_s);
        QVERIFY(course[2].contains(u"ends when agent ends"_s));
        QVERIFY(course.last().contains(u"30 s"_s));
    }

    void capacity_data()
    {
        QTest::addColumn<int>("maximum");
        QTest::addColumn<double>("inUse");
        QTest::addColumn<int>("cpus");
        QTest::addColumn<QString>("warning"); // empty: none
        QTest::newRow("fits") << 4 << 0.0 << 4 << QString();
        QTest::newRow("waits for others") << 4 << 3.0 << 4 << u"1 of 4 are free now"_s;
        QTest::newRow("larger than the machine") << 4 << 0.0 << 1 << u"this machine has 1"_s;
        QTest::newRow("larger than the environment") << 1 << 0.0 << 4 << u"never start"_s;
    }

    void capacity()
    {
        QFETCH(int, maximum);
        QFETCH(double, inUse);
        QFETCH(int, cpus);
        QFETCH(QString, warning);
        ComputeEnvironment environment;
        environment.computeEnvironmentName = u"local"_s;
        environment.computeResources.emplace();
        environment.computeResources->maxvCpus = maximum;
        JobQueue queue;
        queue.jobQueueName = u"default"_s;
        queue.computeEnvironmentOrder = {{1, u"local"_s, {}}};
        EngineStatus engine;
        engine.reachable = true;
        engine.cpus = cpus;
        engine.vcpusInUse = inUse;
        engine.memoryMiB = 4096;
        const auto hints
            = capacityHints(*mazeDefinition().ecsProperties, queue, {environment}, engine);
        QVERIFY(!hints.isEmpty());
        if (warning.isEmpty())
            QVERIFY(std::none_of(hints.cbegin(), hints.cend(), [](const Hint &hint) {
                return hint.kind == Hint::Kind::Warning;
            }));
        else
            QVERIFY(warns(hints, warning));
    }

    void engineDownAndQueueDisabled()
    {
        JobQueue queue;
        queue.jobQueueName = u"default"_s;
        queue.state = u"DISABLED"_s;
        EngineStatus engine;
        engine.problem = u"Nobody answers at /run/docker.sock."_s;
        const auto hints = capacityHints(*mazeDefinition().ecsProperties, queue, {}, engine);
        QVERIFY(warns(hints, u"DISABLED"_s));
        QVERIFY(warns(hints, engine.problem));
    }

    void overridesStandBesideWhatTheyReplace()
    {
        SubmitJobRequest request;
        request.parameters = {{u"seed"_s, u"7"_s}};
        request.retryStrategy = RetryStrategy{3, {}, {}};
        request.ecsPropertiesOverride = {{u"agent"_s,
                                          {},
                                          {{u"PACE"_s, u"slow"_s, {}}, {u"NEW"_s, u"1"_s, {}}},
                                          {{u"MEMORY"_s, u"256"_s, {}}, {u"VCPU"_s, u"1"_s, {}}},
                                          {}}};
        const QList<OverrideRow> rows = overridesOf(request, mazeDefinition());
        const QList<OverrideRow> expected{
            {{}, u"Job attempts"_s, u"(not set)"_s, u"3"_s},
            {{}, u"Parameter seed"_s, u"1"_s, u"7"_s},
            {u"agent"_s, u"Memory (MiB)"_s, u"128"_s, u"256"_s},
            {u"agent"_s, u"PACE (environment)"_s, u"fast"_s, u"slow"_s},
            {u"agent"_s, u"NEW (environment)"_s, u"(not set)"_s, u"1"_s}};
        QCOMPARE(rows, expected); // an override that changes nothing is none
    }

    void effectiveDefinitionIsMerged()
    {
        SubmitJobRequest request;
        request.parameters = {{u"seed"_s, u"7"_s}};
        request.timeout = JobTimeout{90, {}};
        request.ecsPropertiesOverride = {{u"agent"_s, {}, {{u"PACE"_s, u"slow"_s, {}}}, {}, {}}};
        const JobDefinition effective = effectiveDefinition(request, mazeDefinition());
        const auto &agent = effective.ecsProperties->containers[0];
        QCOMPARE(agent.command, (QStringList{u"/agent"_s, u"7"_s}));
        QCOMPARE(agent.environment.first().value, u"slow"_s);
        QCOMPARE(effective.timeout->attemptDurationSeconds, std::optional(90));
    }
};

QTEST_GUILESS_MAIN(ForecastTest)
#include "tst_forecast.moc"
