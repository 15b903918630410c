#include "models/draft/taskedits.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::batch;
using namespace batchyard::models;

namespace {

EcsTaskProperties task(const QStringList &names)
{
    EcsTaskProperties made;
    for (const QString &name : names) {
        made.containers.append(TaskContainerProperties{});
        made.containers.last().name = name;
    }
    return made;
}

} // namespace

class TaskEditsTest : public QObject
{
    Q_OBJECT

private slots:
    void dependencies()
    {
        EcsTaskProperties edited
            = withDependency(task({u"a"_s, u"b"_s}), u"b"_s, u"a"_s, DependencyCondition::Start);
        QCOMPARE(conditionOf(edited, u"b"_s, u"a"_s), std::optional(DependencyCondition::Start));
        edited = withDependency(edited, u"b"_s, u"a"_s, DependencyCondition::Success);
        QCOMPARE(find(edited, u"b"_s)->dependsOn.size(), 1);
        QCOMPARE(conditionOf(edited, u"b"_s, u"a"_s), std::optional(DependencyCondition::Success));
        QCOMPARE(withoutDependency(edited, u"b"_s, u"a"_s), task({u"a"_s, u"b"_s}));
        QCOMPARE(withDependency(edited, u"gone"_s, u"a"_s, DependencyCondition::Start), edited);
    }

    void removingTakesDependenciesAlong()
    {
        const EcsTaskProperties edited = withDependency(task({u"a"_s, u"b"_s, u"c"_s}), u"b"_s,
                                                        u"a"_s, DependencyCondition::Start);
        QCOMPARE(withoutContainer(edited, u"a"_s), task({u"b"_s, u"c"_s}));
        QCOMPARE(withoutContainer(edited, u"gone"_s), edited);
    }

    void renamingTakesDependenciesAlong()
    {
        const EcsTaskProperties before
            = withDependency(task({u"a"_s, u"b"_s}), u"b"_s, u"a"_s, DependencyCondition::Complete);
        const EcsTaskProperties after = renamed(before, 0, u"model"_s);
        QCOMPARE(conditionOf(after, u"b"_s, u"model"_s),
                 std::optional(DependencyCondition::Complete));
        // A name in the making that is another's for a moment must not swallow its dependencies.
        EcsTaskProperties twins = task({u"a"_s, u"a"_s, u"b"_s});
        twins = withDependency(twins, u"b"_s, u"a"_s, DependencyCondition::Start);
        twins = renamed(twins, 1, u"a2"_s);
        QCOMPARE(conditionOf(twins, u"b"_s, u"a"_s), std::optional(DependencyCondition::Start));
        QCOMPARE(renamed(before, 7, u"x"_s), before);
    }

    void duplicates()
    {
        EcsTaskProperties edited = task({u"a"_s, u"a-2"_s});
        const Duplicated result = withDuplicate(edited, u"a"_s);
        QCOMPARE(result.name, u"a-3"_s);
        QCOMPARE(result.task.containers.size(), 3);
        QCOMPARE(result.task.containers[1].name, u"a-3"_s);
        while (edited.containers.size() < maximumContainers)
            edited = withDuplicate(edited, u"a"_s).task;
        const Duplicated full = withDuplicate(edited, u"a"_s);
        QVERIFY(full.name.isEmpty());
        QCOMPARE(full.task, edited);
    }

    void freeNames()
    {
        QCOMPARE(freeName(task({}), u"main"_s), u"main"_s);
        QCOMPARE(freeName(task({u"main"_s}), u"main"_s), u"main-2"_s);
        QCOMPARE(freeName(task({u"x-2"_s}), u"x-2"_s), u"x-3"_s);
    }
};

QTEST_GUILESS_MAIN(TaskEditsTest)
#include "tst_taskedits.moc"
