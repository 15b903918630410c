#include "backend/executor/core/jobdependencies.h"

#include <QTest>

using namespace batchyard;
using namespace batchyard::executor::core;
using batch::JobStatus;

namespace {

QString text(const JobDependencyVerdict &verdict)
{
    if (const auto *failed = std::get_if<DependencyFailed>(&verdict))
        return QStringLiteral("failed ") + failed->jobId;
    if (const auto *open = std::get_if<DependenciesOpen>(&verdict))
        return QStringLiteral("waiting ") + open->jobIds.join(u' ');
    return QStringLiteral("met");
}

} // namespace

class TestJobDependencies : public QObject
{
    Q_OBJECT

private slots:
    void verdicts_data()
    {
        QTest::addColumn<QString>("dependsOn"); // job ids
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const char *dependsOn, const char *expected) {
            QTest::newRow(name) << QString::fromLatin1(dependsOn) << QString::fromLatin1(expected);
        };
        row("none", "", "met");
        row("succeeded", "succeeded", "met");
        row("running", "running", "waiting running");
        row("in the order given", "running succeeded pending", "waiting running pending");
        row("failed", "failed", "failed failed");
        row("failed while another is open", "running failed pending", "failed failed");
        row("unknown", "succeeded unknown", "failed unknown");
    }

    void verdicts()
    {
        QFETCH(QString, dependsOn);
        QFETCH(QString, expected);
        const QHash<QString, JobStatus> states{{QStringLiteral("succeeded"), JobStatus::Succeeded},
                                               {QStringLiteral("running"), JobStatus::Running},
                                               {QStringLiteral("pending"), JobStatus::Pending},
                                               {QStringLiteral("failed"), JobStatus::Failed}};
        QCOMPARE(text(jobDependencies(dependsOn.split(u' ', Qt::SkipEmptyParts), states)),
                 expected);
    }

    void whatIsWaitedFor_data()
    {
        QTest::addColumn<QString>("dependsOn"); // id/type
        QTest::addColumn<QString>("job"); // what a whole job waits for
        QTest::addColumn<QString>("first"); // what child 0 of array "me" waits for besides
        QTest::addColumn<QString>("second"); // and child 1
        const auto row = [](const char *name, const char *dependsOn, const char *job,
                            const char *first, const char *second) {
            QTest::newRow(name) << QString::fromLatin1(dependsOn) << QString::fromLatin1(job)
                                << QString::fromLatin1(first) << QString::fromLatin1(second);
        };
        row("nothing", "", "", "", "");
        row("jobs", "a/ b/", "a b", "", "");
        row("named twice", "a/ a/", "a", "", "");
        row("a child", "a:3/", "a:3", "", "");
        row("SEQUENTIAL", "/SEQUENTIAL", "", "", "me:0");
        row("N_TO_N", "a/N_TO_N", "", "a:0", "a:1");
        row("all of them", "a/N_TO_N b/ /SEQUENTIAL", "b", "a:0", "a:1 me:0");
    }

    void whatIsWaitedFor()
    {
        QFETCH(QString, dependsOn);
        QList<batch::JobDependency> dependencies;
        for (const QString &each : dependsOn.split(u' ', Qt::SkipEmptyParts))
            dependencies.append({each.section(u'/', 0, 0), each.section(u'/', 1), {}});
        QTEST(dependenciesOfJob(dependencies).join(u' '), "job");
        const QString me = QStringLiteral("me");
        QTEST(dependenciesOfChild(dependencies, me, 0).join(u' '), "first");
        QTEST(dependenciesOfChild(dependencies, me, 1).join(u' '), "second");
    }
};

QTEST_GUILESS_MAIN(TestJobDependencies)
#include "tst_jobdependencies.moc"
