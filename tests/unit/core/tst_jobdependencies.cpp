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
        QTest::addColumn<QString>("dependsOn"); // job ids; - is an entry without one
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const char *dependsOn, const char *expected) {
            QTest::newRow(name) << QString::fromLatin1(dependsOn) << QString::fromLatin1(expected);
        };
        row("none", "", "met");
        row("succeeded", "succeeded", "met");
        row("running", "running", "waiting running");
        row("in the order given", "running succeeded pending", "waiting running pending");
        row("named twice", "running running", "waiting running");
        row("failed", "failed", "failed failed");
        row("failed while another is open", "running failed pending", "failed failed");
        row("unknown", "succeeded unknown", "failed unknown");
        row("without an id", "-", "met");
    }

    void verdicts()
    {
        QFETCH(QString, dependsOn);
        QFETCH(QString, expected);
        const QHash<QString, JobStatus> states{{QStringLiteral("succeeded"), JobStatus::Succeeded},
                                               {QStringLiteral("running"), JobStatus::Running},
                                               {QStringLiteral("pending"), JobStatus::Pending},
                                               {QStringLiteral("failed"), JobStatus::Failed}};
        QList<batch::JobDependency> dependencies;
        for (const QString &id : dependsOn.split(u' ', Qt::SkipEmptyParts))
            dependencies.append({id == u"-" ? QString() : id, QString(), {}});
        QCOMPARE(text(jobDependencies(dependencies, states)), expected);
    }
};

QTEST_GUILESS_MAIN(TestJobDependencies)
#include "tst_jobdependencies.moc"
