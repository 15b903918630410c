// The real program is killed at chosen moments: while it takes a job, while containers run, and
// between the steps of a stop. (At every step of the insides: tests/unit/faults; at random moments:
// killcampaign.)
#include "tests/docker/campaign/programtest.h"
#include "tests/support/engine/await.h"
#include "tests/support/text.h"

#include <nlohmann/json.hpp>

using namespace batchyard;
using namespace batchyard::test;

class TestProgramFaults : public ProgramTest
{
    Q_OBJECT
private slots:
    void F1_F2_killedWhileSubmitting();
    void F7_sameProcessAfterTenKills();
    void F9_killedBetweenTheStepsOfAStop();
    void F11_killedWhileTakingAnArray();
};

// The reply is the promise: with it the job is there, once; without it it may be, once.
void TestProgramFaults::F1_F2_killedWhileSubmitting()
{
    QMap<QString, QString> answered; // name to id
    QStringList unanswered;
    for (int i = 0; i < 24; ++i) {
        const QString name = QStringLiteral("at-%1").arg(i);
        const auto reply = m_api->send(
            "SubmitJob", submission(name.toStdString(), "single", {{"main", "exit 0"}}));
        QTest::qWait(i / 2);
        killAndServe();
        const auto result = await(reply);
        if (result)
            answered.insert(name, textOf(*result, "jobId"));
        else
            unanswered.append(name);
    }
    const auto jobs = m_api->listJobs(Workload::queue);
    QVERIFY(jobs);
    QMap<QString, QStringList> idsByName;
    for (const auto &[id, name] : *jobs)
        idsByName[name].append(id);
    for (auto each = answered.cbegin(); each != answered.cend(); ++each)
        QCOMPARE(idsByName.value(each.key()), QStringList{each.value()});
    for (const QString &name : std::as_const(unanswered))
        QVERIFY2(idsByName.value(name).size() <= 1, qPrintable(name));
    qInfo("%d answered, %d not", int(answered.size()), int(unanswered.size()));
    for (const QStringList &ids : std::as_const(idsByName))
        QTRY_COMPARE_WITH_TIMEOUT(status(ids.first()), text("SUCCEEDED"), limitMs);
}

void TestProgramFaults::F7_sameProcessAfterTenKills()
{
    const QString id = submit(submission(
        "counter", "single",
        {{"main", "trap 'exit 4' TERM; i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done"}}));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), text("RUNNING"), limitMs);
    const auto running = [this, &id]() -> std::optional<docker::ContainerState> {
        const auto list = await(m_engine->listContainers(
            {text("dev.batchyard.job=") + id, text("dev.batchyard.container=main")}));
        if (!list || list->size() != 1)
            return {};
        const auto state = await(m_engine->inspectContainer(list->first().id));
        return state ? std::optional(*state) : std::nullopt;
    };
    const auto before = running();
    QVERIFY(before && before->pid > 0);
    for (int kill = 0; kill < 10; ++kill) {
        killAndServe();
        const auto now = running();
        QVERIFY(now);
        QCOMPARE(now->id, before->id);
        QCOMPARE(now->pid, before->pid);
        QVERIFY(now->startedAt == before->startedAt);
        QCOMPARE(status(id), text("RUNNING"));
    }
    QVERIFY(m_api->call("TerminateJob", {{"jobId", id.toStdString()}, {"reason", "seen"}}));
    QTRY_COMPARE_WITH_TIMEOUT(status(id), text("FAILED"), limitMs);
    QCOMPARE(m_recorder->histories().value({id, 1, text("main")}).starts, 1);
    const QStringList printed = lines(id, "main");
    QVERIFY(printed.size() > 10);
    for (int i = 0; i < printed.size(); ++i)
        QCOMPARE(printed.at(i), QString::number(i + 1));
}

// The agent's end stops the model; the executor dies before, while and after the model takes its
// time to stop.
void TestProgramFaults::F9_killedBetweenTheStepsOfAStop()
{
    QStringList ids;
    for (int waitMs = 0; waitMs <= 2400; waitMs += 300) {
        ids.append(submit(submission(
            "stop-" + std::to_string(waitMs), "pipeline",
            {{"init", "exit 0"},
             {"model",
              "trap 'echo term; sleep 1; exit 6' TERM; echo up; while :; do sleep 0.05; done"},
             {"agent", "sleep 0.5; exit 0"}})));
        QTRY_COMPARE_WITH_TIMEOUT(status(ids.last()), text("RUNNING"), limitMs);
        QTest::qWait(waitMs);
        killAndServe();
    }
    for (const QString &id : std::as_const(ids)) {
        QTRY_COMPARE_WITH_TIMEOUT(status(id), text("SUCCEEDED"), limitMs);
        // Whether a stop that was announced has reached the engine cannot be known after a kill: it
        // is asked for again, and a model that is still at it hears of it twice.
        QStringList told = lines(id, "model");
        told.removeDuplicates();
        QCOMPARE(told, QStringList({text("up"), text("term")}));
        const auto model = m_recorder->histories().value({id, 1, text("model")});
        QCOMPARE(model.starts, 1);
        QCOMPARE(model.exitCodes, QList<int>{6});
    }
}

// All of the children are there, or there is no such job.
void TestProgramFaults::F11_killedWhileTakingAnArray()
{
    constexpr int size = 2000;
    const QString first = submit(submission("holds-up", "single", {{"main", "sleep 1000"}}));
    QVERIFY(!first.isEmpty());
    int whole = 0, absent = 0;
    QStringList arrays;
    for (int i = 0; i < 16; ++i) {
        const QString name = QStringLiteral("array-%1").arg(i);
        Json request = submission(name.toStdString(), "single", {{"main", "exit 0"}});
        request["arrayProperties"] = {{"size", size}};
        request["dependsOn"] = {{{"jobId", first.toStdString()}}};
        const auto reply = m_api->send("SubmitJob", request);
        QTest::qWait(i * 8);
        killAndServe();
        const auto jobs = m_api->listJobs(Workload::queue);
        QVERIFY(jobs);
        const auto found = std::find_if(jobs->begin(), jobs->end(),
                                        [&name](const auto &job) { return job.second == name; });
        if (found == jobs->end()) {
            QVERIFY(!await(reply));
            ++absent;
            continue;
        }
        ++whole;
        const QString id = found->first;
        const Json job = describe(id);
        QCOMPARE(job.at("arrayProperties").at("size").get<int>(), size);
        QVERIFY(!describe(id + u':' + QString::number(size - 1)).empty());
        arrays.append(id);
    }
    qInfo("%d whole, %d absent", whole, absent);
    QVERIFY(m_api->call("TerminateJob", {{"jobId", first.toStdString()}, {"reason", "seen"}}));
    QTRY_COMPARE_WITH_TIMEOUT(status(first), text("FAILED"), limitMs);
    // What they depended on has failed, and so do all children.
    for (const QString &id : std::as_const(arrays)) {
        QTRY_COMPARE_WITH_TIMEOUT(status(id), text("FAILED"), limitMs);
        const Json ended = describe(id);
        QCOMPARE(ended.at("arrayProperties").at("statusSummary").value("FAILED", 0), size);
    }
}

QTEST_GUILESS_MAIN(TestProgramFaults)
#include "tst_programfaults.moc"
