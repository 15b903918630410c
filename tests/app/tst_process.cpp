// What the executor's process makes sure of at its start.
#include "app/process.h"

#include <QTest>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace batchyard;

class TestProcess : public QObject
{
    Q_OBJECT

private slots:
    void leavesNoDumps();
    void warnsRoot();
};

// In a process of its own, which cannot be dumped from then on.
void TestProcess::leavesNoDumps()
{
    const pid_t child = ::fork();
    QVERIFY(child >= 0);
    if (child == 0) {
        app::forbidDumps();
        rlimit core{};
        const bool isLimited = ::getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0;
        ::_exit(isLimited && ::prctl(PR_GET_DUMPABLE) == 0 ? 0 : 1);
    }
    int status = -1;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFEXITED(status));
    QCOMPARE(WEXITSTATUS(status), 0);
}

void TestProcess::warnsRoot()
{
    QVERIFY(app::rootWarning(0).contains(QStringLiteral("root")));
    QCOMPARE(app::rootWarning(1000), QString());
}

QTEST_GUILESS_MAIN(TestProcess)
#include "tst_process.moc"
