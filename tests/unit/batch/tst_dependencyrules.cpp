#include "backend/batch/validation.h"

#include <QTest>

using namespace batchyard::batch;

class TestDependencyRules : public QObject
{
    Q_OBJECT

private slots:
    void faults_data();
    void faults();
    void refusal_data();
    void refusal();
};

namespace {

constexpr auto start = DependencyCondition::Start;
constexpr auto complete = DependencyCondition::Complete;
constexpr auto success = DependencyCondition::Success;

// "a b* c: a<b:SUCCESS, c<a:START" — containers (* is essential), then who waits for whom.
EcsTaskProperties task(const QString &text)
{
    EcsTaskProperties result;
    for (QString name : text.section(u':', 0, 0).split(u' ', Qt::SkipEmptyParts)) {
        TaskContainerProperties container;
        container.essential = name.endsWith(u'*');
        container.name = name.remove(u'*');
        container.image = QStringLiteral("busybox");
        container.resourceRequirements = {{QStringLiteral("VCPU"), QStringLiteral("1"), {}},
                                          {QStringLiteral("MEMORY"), QStringLiteral("64"), {}}};
        result.containers.append(container);
    }
    for (const QString &edge : text.section(u':', 1).split(u',', Qt::SkipEmptyParts)) {
        const QString from = edge.section(u'<', 0, 0).trimmed();
        const QString to = edge.section(u'<', 1).section(u':', 0, 0).trimmed();
        for (TaskContainerProperties &container : result.containers) {
            if (container.name == from)
                container.dependsOn.append(
                    {to, *dependencyCondition(edge.section(u':', 1).trimmed()), {}});
        }
    }
    return result;
}

} // namespace

void TestDependencyRules::faults_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *text, const char *expected) {
        QString faults = QString::fromUtf8(expected);
        faults.replace(u'@', QStringLiteral("ecsProperties.taskProperties[0].containers"));
        QTest::newRow(name) << QString::fromUtf8(text) << faults;
    };
    row("init with SUCCESS", "init main*: main<init:SUCCESS", "");
    row("init with COMPLETE", "init main*: main<init:COMPLETE", "");
    row("START on an essential container", "db* main*: main<db:START", "");
    row("diamond", "a* b* c* d*: d<b:START, d<c:START, b<a:START, c<a:START", "");
    row("unknown", "a*: a<x:START",
        "@[0].dependsOn[0].containerName: There is no container `x` in the task.");
    row("self", "a*: a<a:START", "@[0].dependsOn[0].containerName: `a` cannot depend on itself.");
    row("double", "a* b*: b<a:START, b<a:START",
        "@[1].dependsOn[1].containerName: `b` depends on `a` already; one condition per container "
        "is allowed.");
    row("SUCCESS on an essential container", "init* main*: main<init:SUCCESS",
        "@[1].dependsOn[0].condition: `main` cannot wait for SUCCESS of the essential container "
        "`init`: the job ends when an essential container does. Make `init` non-essential or use "
        "START.");
    row("COMPLETE on an essential container", "init* main*: main<init:COMPLETE",
        "@[1].dependsOn[0].condition: `main` cannot wait for COMPLETE of the essential container "
        "`init`: the job ends when an essential container does. Make `init` non-essential or use "
        "START.");
    row("cycle of two", "a* b*: a<b:START, b<a:START",
        "@[0].dependsOn: The dependencies form a cycle: a -> b -> a. None of these containers "
        "could start.");
    row("cycle of three", "x* a* b* c*: x<a:START, a<b:START, b<c:START, c<a:START",
        "@[1].dependsOn: The dependencies form a cycle: a -> b -> c -> a. None of these containers "
        "could start.");
    row("two cycles", "a* b* c* d*: a<b:START, b<a:START, c<d:START, d<c:START",
        "@[0].dependsOn: The dependencies form a cycle: a -> b -> a. None of these containers "
        "could start.\n"
        "@[2].dependsOn: The dependencies form a cycle: c -> d -> c. None of these containers "
        "could start.");
}

void TestDependencyRules::faults()
{
    QFETCH(QString, text);
    JobDefinition definition;
    definition.jobDefinitionName = QStringLiteral("d");
    definition.type = QStringLiteral("container");
    definition.ecsProperties = task(text);
    QTEST(toText(validate(definition)), "expected");
}

void TestDependencyRules::refusal_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("container");
    QTest::addColumn<QString>("dependency");
    QTest::addColumn<int>("condition");
    QTest::addColumn<QString>("expected");
    const auto row
        = [](const char *name, const char *text, const char *container, const char *dependency,
             DependencyCondition condition, const char *expected) {
              QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(container)
                                  << QString::fromUtf8(dependency) << static_cast<int>(condition)
                                  << QString::fromUtf8(expected);
          };
    row("allowed START", "a* b*:", "a", "b", start, "");
    row("allowed SUCCESS", "a* b:", "a", "b", success, "");
    row("allowed COMPLETE", "a* b:", "a", "b", complete, "");
    row("unknown dependency", "a*:", "a", "x", start, "There is no container `x` in the task.");
    row("unknown container", "a*:", "x", "a", start, "There is no container `x` in the task.");
    row("self", "a*:", "a", "a", start, "`a` cannot depend on itself.");
    row("double", "a* b: a<b:START", "a", "b", success,
        "`a` depends on `b` already; one condition per container is allowed.");
    row("cycle", "a* b* c*: b<a:START, c<b:START", "a", "c", start,
        "The dependencies form a cycle: a -> c -> b -> a. None of these containers could start.");
    row("SUCCESS on essential", "a* b*:", "a", "b", success,
        "`a` cannot wait for SUCCESS of the essential container `b`: the job ends when an "
        "essential container does. Make `b` non-essential or use START.");
    row("COMPLETE on essential", "a* b*:", "a", "b", complete,
        "`a` cannot wait for COMPLETE of the essential container `b`: the job ends when an "
        "essential container does. Make `b` non-essential or use START.");
}

void TestDependencyRules::refusal()
{
    QFETCH(QString, text);
    QFETCH(QString, container);
    QFETCH(QString, dependency);
    QFETCH(int, condition);
    QTEST(refusalOfDependency(task(text), container, dependency,
                              static_cast<DependencyCondition>(condition)),
          "expected");
}

QTEST_GUILESS_MAIN(TestDependencyRules)
#include "tst_dependencyrules.moc"
