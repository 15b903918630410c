#include "tests/docker/campaign/campaign.h"

#include "tests/support/engine/await.h"

#include <QDir>
#include <QTest>

#include <cstdio>

#include <nlohmann/json.hpp>

namespace batchyard::test {

namespace {

using namespace std::chrono_literals;

constexpr int openLimit = 12; // jobs under way
constexpr int shortestLifeMs = 300;
constexpr int longestLifeMs = 2000;
constexpr int longestStartMs = 300;
constexpr int burst = 4; // submissions at the moment of a kill
constexpr int longestBurstMs = 8;
constexpr int pollMs = 200;
constexpr int stillLimitMs = 90'000; // without any change: what is open then is lost
constexpr qsizetype shownViolations = 10;

void say(const QString &text)
{
    std::puts(qPrintable(text));
    std::fflush(stdout);
}

bool hasEnded(const QString &status)
{
    return status == u"SUCCEEDED" || status == u"FAILED";
}

} // namespace

struct Campaign::Submission {
    JobPlan plan;
    QList<JobPlan> followers; // to be submitted when it is accepted
    QFuture<Result<Json>> reply;
};
Campaign::Campaign(const CampaignOptions &options)
    : m_options(options)
    , m_random(options.seed)
    , m_workload(options.seed)
    , m_directory(QDir::tempPath() + QStringLiteral("/by-XXXXXX"))
    , m_paths{m_directory.path(), {}}
{
}

Campaign::~Campaign() = default;

Result<void> Campaign::prepare()
{
    if (const auto started = m_daemon.start(); !started)
        return started;
    if (const auto imported = m_daemon.importTiny(); !imported)
        return imported;
    m_engine = std::make_unique<docker::HttpEngine>(m_daemon.socketPath());
    if (const auto answers = await(m_engine->ping()); !answers)
        return answers;
    m_recorder = std::make_unique<Recorder>(*m_engine);
    m_executor
        = std::make_unique<ExecutorProgram>(m_options.program, m_paths, m_daemon.socketPath());
    m_api = std::make_unique<Api>(m_paths.connectionFile());
    m_checker = std::make_unique<Checker>(*m_api, *m_engine, m_paths);
    m_executor->start();
    for (const auto &[operation, body] : Workload::resources())
        if (const auto made = m_api->call(operation, Json::parse(body.toStdString())); !made)
            return tl::unexpected(made.error());
    return makeDecoys();
}

// Near misses of the executor's own names and labels.
Result<void> Campaign::makeDecoys()
{
    const QString install = QStringLiteral("dev.batchyard.install");
    const QList<QMap<QString, QString>> labels{
        {},
        {{install, QStringLiteral("ffffffff")},
         {QStringLiteral("dev.batchyard.job"), QStringLiteral("x")}},
        {{install + QStringLiteral("ation"), QStringLiteral("x")}},
    };
    for (int i = 0; i < labels.size(); ++i) {
        docker::ContainerSpec spec;
        spec.name = QStringLiteral("by-decoy-%1").arg(i);
        spec.image = QStringLiteral("tiny:1");
        spec.cmd = {QStringLiteral("sleep"), QStringLiteral("100000")};
        spec.networkMode = QStringLiteral("none");
        spec.labels = labels.at(i);
        const auto id = await(m_engine->createContainer(spec));
        if (!id)
            return tl::unexpected(id.error());
        if (const auto started = await(m_engine->startContainer(*id)); !started)
            return started;
        m_decoys.append(spec.name);
    }
    return {};
}

bool Campaign::run()
{
    m_total.start();
    say(QStringLiteral("kill campaign: seed %1, %2 kills of %3")
            .arg(m_options.seed)
            .arg(m_options.kills)
            .arg(m_options.program));
    if (const auto prepared = prepare(); !prepared) {
        say(prepared.error().message + u' ' + prepared.error().detail);
        if (m_executor)
            say(m_executor->logTail());
        return false;
    }
    for (int kill = 1; kill <= m_options.kills; ++kill)
        live(kill);
    finishWork();
    QMap<QString, JobPlan> plans;
    for (auto job = m_jobs.cbegin(); job != m_jobs.cend(); ++job)
        plans.insert(job.key(), job->plan);
    m_checker->checkJobs(plans, *m_recorder);
    m_checker->checkEngine(m_decoys);
    if (!m_executor->stop())
        m_checker->violate(Invariant::StateWhole,
                           QStringLiteral("The executor did not end when it was asked to."));
    m_checker->checkState();
    report();
    return m_checker->isClean() && m_refused.isEmpty();
}

// From a start of the executor to its death.
void Campaign::live(int kill)
{
    const bool whileStarting = m_random.bounded(6) == 0;
    const bool whileSubmitting = !whileStarting && m_random.bounded(4) == 0;
    const int life = whileStarting ? m_random.bounded(longestStartMs)
                                   : m_random.bounded(shortestLifeMs, longestLifeMs);
    if (!m_executor->isRunning())
        m_executor->start();
    QElapsedTimer lived;
    lived.start();
    while (lived.elapsed() < life) {
        work(true);
        QTest::qWait(std::clamp(life - static_cast<int>(lived.elapsed()), 1, 20));
    }
    if (whileSubmitting && m_executor->isServing()) {
        for (int i = 0; i < burst; ++i)
            submit(m_workload.next().first(), {});
        QTest::qWait(m_random.bounded(longestBurstMs));
        ++m_killsWhileSubmitting;
    }
    if (!m_executor->isServing())
        ++m_killsWhileStarting;
    if (m_executor->hasEndedByItself())
        m_checker->violate(Invariant::NothingLost,
                           QStringLiteral("The executor ended by itself before kill %1: %2")
                               .arg(kill)
                               .arg(m_executor->logTail()));
    m_executor->kill();
    settleSubmissions();
    if (kill % 25 == 0)
        say(QStringLiteral("  %1 kills, %2 jobs, %3 of them open, %4 s")
                .arg(kill)
                .arg(m_jobs.size())
                .arg(openJobs())
                .arg(m_total.elapsed() / 1000));
}

// One turn of what a client does.
void Campaign::work(bool maySubmit)
{
    settleSubmissions();
    if (!m_executor->isServing())
        return;
    poll();
    askForEnds();
    if (maySubmit && openJobs() + static_cast<int>(m_submissions.size()) < openLimit) {
        const QList<JobPlan> jobs = m_workload.next();
        submit(jobs.first(), jobs.mid(1));
    }
}

void Campaign::submit(const JobPlan &plan, const QList<JobPlan> &followers)
{
    m_submissions.push_back(
        {plan, followers, m_api->send("SubmitJob", Json::parse(plan.request.toStdString()))});
}

void Campaign::settleSubmissions()
{
    for (Submission &each : std::exchange(m_submissions, {})) {
        if (!m_executor->isRunning()) // its connection is gone: the reply comes or never will
            static_cast<void>(await(each.reply, 5s));
        if (!each.reply.isFinished()) {
            m_submissions.push_back(std::move(each));
            continue;
        }
        const Result<Json> reply = each.reply.result();
        if (!reply) {
            if (reply.error().code == ErrorCode::InvalidInput)
                m_refused.append(each.plan.name + u": " + reply.error().message);
            else
                m_unanswered.insert(each.plan.name, each.plan);
            continue;
        }
        const std::string id = reply->at("jobId").get<std::string>();
        Job job{each.plan, {}, {}};
        job.accepted.start();
        m_jobs.insert(QString::fromStdString(id), job);
        for (JobPlan follower : std::as_const(each.followers)) {
            follower.request.replace(Workload::idOfFirst, QByteArray::fromStdString(id));
            submit(follower, {});
        }
    }
}

int Campaign::openJobs() const
{
    return static_cast<int>(
        std::count_if(m_jobs.begin(), m_jobs.end(), [](const Job &job) { return !job.ended; }));
}

// Once the reply is there the job must end so, whatever happens to the executor.
void Campaign::askForEnds()
{
    const auto ask = [this](const char *operation, const QString &id, const JobPlan &plan) {
        const QString reason
            = plan.statusReason.isEmpty() ? QStringLiteral("not needed") : plan.statusReason;
        const Json body{{"jobId", id.toStdString()}, {"reason", reason.toStdString()}};
        return await(m_api->send(operation, body), 5s).has_value();
    };
    for (auto job = m_jobs.begin(); job != m_jobs.end(); ++job) {
        if (job->ended)
            continue;
        const auto due = [&job](const std::optional<int> &after) {
            return after && job->accepted.elapsed() >= *after;
        };
        if (!job->cancelAnswered && due(job->plan.cancelAfterMs))
            job->cancelAnswered = ask("CancelJob", job.key(), job->plan);
        if (!job->terminateAnswered && due(job->plan.terminateAfterMs))
            job->terminateAnswered = ask("TerminateJob", job.key(), job->plan);
    }
}

void Campaign::poll()
{
    Json body{{"jobs", Json::array()}};
    for (auto job = m_jobs.cbegin(); job != m_jobs.cend(); ++job)
        if (!job->ended && body["jobs"].size() < 100)
            body["jobs"].push_back(job.key().toStdString());
    if (body["jobs"].empty())
        return;
    const auto reply = await(m_api->send("DescribeJobs", body), 5s);
    if (!reply)
        return;
    for (const Json &seen : reply->at("jobs")) {
        Job &job = m_jobs[QString::fromStdString(seen.at("jobId").get<std::string>())];
        job.status = QString::fromStdString(seen.at("status").get<std::string>());
        job.ended = hasEnded(job.status);
    }
}

// Lets all jobs come to their end, and the executor clean up after them.
void Campaign::finishWork()
{
    m_executor->start();
    while (!m_executor->isServing() && !m_executor->hasEndedByItself())
        QTest::qWait(pollMs);
    adoptUnanswered();
    QElapsedTimer still;
    still.start();
    for (int open = openJobs(); open > 0 && still.elapsed() < stillLimitMs;) {
        work(false);
        if (const int now = openJobs(); now != std::exchange(open, now))
            still.restart();
        QTest::qWait(pollMs);
    }
    for (still.restart(); still.elapsed() < stillLimitMs; QTest::qWait(pollMs)) {
        const auto left = await(m_engine->listContainers({}));
        if (left && left->size() <= m_decoys.size())
            break;
    }
}

// Jobs whose reply did not arrive: they may have been accepted, once.
void Campaign::adoptUnanswered()
{
    const auto jobs = m_api->listJobs(Workload::queue);
    if (!jobs) {
        m_checker->violate(Invariant::NothingLost, jobs.error().message);
        return;
    }
    for (const auto &[id, name] : *jobs) {
        if (m_jobs.contains(id) || id.contains(u':'))
            continue;
        if (const auto found = m_unanswered.find(name); found != m_unanswered.end()) {
            ++m_foundUnanswered;
            Job job{*found, {}, {}};
            job.accepted.start();
            m_jobs.insert(id, job);
            m_unanswered.erase(found);
        } else {
            m_checker->violate(Invariant::NothingDoubled,
                               QStringLiteral("%1 %2 was accepted though nobody, or somebody else, "
                                              "was told")
                                   .arg(name, id));
        }
    }
}

void Campaign::report()
{
    say(QStringLiteral("%1 kills (%2 while submitting, %3 while starting), %4 s")
            .arg(m_options.kills)
            .arg(m_killsWhileSubmitting)
            .arg(m_killsWhileStarting)
            .arg(m_total.elapsed() / 1000));
    say(QStringLiteral("%1 jobs accepted (%2 of them with their reply lost), %3 lost before they "
                       "were accepted; %4 containers, %5 lines")
            .arg(m_jobs.size())
            .arg(m_foundUnanswered)
            .arg(m_unanswered.size())
            .arg(m_checker->containerCount())
            .arg(m_checker->lineCount()));
    for (const QString &refused : std::as_const(m_refused))
        say(QStringLiteral("refused: ") + refused);
    for (int i = 0; i < invariantCount; ++i) {
        const auto invariant = static_cast<Invariant>(i);
        const QStringList &violations = m_checker->violations(invariant);
        say(QStringLiteral("%1: %2").arg(describe(invariant)).arg(violations.size()));
        for (const QString &violation :
             violations.first(std::min(violations.size(), shownViolations)))
            say(QStringLiteral("  ") + violation);
    }
    if (!m_checker->isClean()) {
        m_directory.setAutoRemove(false);
        say(QStringLiteral("The state is kept in ") + m_directory.path());
    }
}

} // namespace batchyard::test
