// Kills the real executor at random moments of random work, and then proves from outside that
// nothing was lost, doubled or left behind.
#pragma once

#include "backend/docker/httpengine.h"
#include "tests/docker/campaign/checker.h"
#include "tests/docker/campaign/executorprogram.h"
#include "tests/support/engine/privateengine.h"

#include <QElapsedTimer>
#include <QTemporaryDir>

namespace batchyard::test {

struct CampaignOptions {
    QString program;
    int kills = 50;
    quint32 seed = 0;
};

class Campaign
{
public:
    explicit Campaign(const CampaignOptions &options);
    ~Campaign();
    // Prints what it does and finds; false when an invariant does not hold.
    [[nodiscard]] bool run();

private:
    struct Submission;
    struct Job {
        JobPlan plan;
        QElapsedTimer accepted;
        QString status;
        bool ended = false;
        bool cancelAnswered = false;
        bool terminateAnswered = false;
    };

    [[nodiscard]] Result<void> prepare();
    [[nodiscard]] Result<void> makeDecoys();
    void live(int kill);
    void work(bool maySubmit);
    void submit(const JobPlan &plan, const QList<JobPlan> &followers);
    void settleSubmissions();
    void askForEnds();
    void poll();
    void finishWork();
    void adoptUnanswered();
    [[nodiscard]] int openJobs() const;
    void report();

    CampaignOptions m_options;
    QRandomGenerator m_random;
    Workload m_workload;
    PrivateEngine m_daemon;
    QTemporaryDir m_directory;
    Paths m_paths;
    std::unique_ptr<docker::HttpEngine> m_engine;
    std::unique_ptr<Recorder> m_recorder;
    std::unique_ptr<ExecutorProgram> m_executor;
    std::unique_ptr<Api> m_api;
    std::unique_ptr<Checker> m_checker;
    QStringList m_decoys;
    std::vector<Submission> m_submissions; // not answered yet
    QMap<QString, JobPlan> m_unanswered; // by name
    QMap<QString, Job> m_jobs; // by id
    QStringList m_refused;
    QElapsedTimer m_total;
    int m_killsWhileSubmitting = 0;
    int m_killsWhileStarting = 0;
    int m_foundUnanswered = 0;
};

} // namespace batchyard::test
