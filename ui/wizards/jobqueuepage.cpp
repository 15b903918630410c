#include "ui/wizards/jobqueuepage.h"

#include "ui/theme/card.h"
#include "ui/wizards/environmentordereditor.h"
#include "ui/wizards/field.h"

#include <QCoreApplication>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::JobQueue;

namespace {

struct QueuePage {
    Q_DECLARE_TR_FUNCTIONS(batchyard::ui::JobQueuePage)
};

QStringList limitReasons()
{
    return {u"CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"_s,
            u"MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"_s,
            u"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"_s};
}

RowsEditor::Rows toRows(const JobQueue &queue)
{
    RowsEditor::Rows rows;
    for (const auto &action : queue.jobStateTimeLimitActions)
        rows.append({action.reason, QString::number(action.maxTimeSeconds)});
    return rows;
}

void fromRows(JobQueue &queue, const RowsEditor::Rows &rows)
{
    auto actions = queue.jobStateTimeLimitActions;
    actions.resize(rows.size());
    for (int i = 0; i < rows.size(); ++i) {
        actions[i].reason = rows[i].value(0);
        actions[i].maxTimeSeconds = rows[i].value(1).toInt();
        actions[i].state = u"RUNNABLE"_s;
        actions[i].action = u"CANCEL"_s;
    }
    queue.jobStateTimeLimitActions = actions;
}

} // namespace

JobQueue emptyQueue()
{
    JobQueue queue;
    queue.state = u"ENABLED"_s;
    queue.priority = 1;
    return queue;
}

JobQueuePage::JobQueuePage(models::JobQueueDraft &draft)
    : BoundPage(draft)
    , m_platform(u"EC2"_s)
    , m_order(new EnvironmentOrderEditor(this))
{
    addSection(QueuePage::tr("Job queue configuration"));
    addRow({tiles(
        QueuePage::tr("Orchestration type"), u"orchestrationType"_s,
        {{u"FARGATE"_s, QueuePage::tr("Fargate"),
          QueuePage::tr("For compute environments of Fargate capacity.")},
         {u"EC2"_s, QueuePage::tr("Amazon EC2"),
          QueuePage::tr("For compute environments of EC2 capacity.")}},
        [this] { return m_platform; },
        [this](const QString &platform) {
            m_platform = platform;
            offer();
        })});
    addRow({boundText(
                QueuePage::tr("Name"), u"jobQueueName"_s,
                [](const JobQueue &queue) { return queue.jobQueueName; },
                [](JobQueue &queue, const QString &text) { queue.jobQueueName = text; })
                ->setHelp(QueuePage::tr("Up to 128 letters, digits, hyphens and underscores.")),
            boundNumber(
                QueuePage::tr("Priority"), u"priority"_s,
                [](const JobQueue &queue) { return queue.priority; },
                [](JobQueue &queue, const std::optional<int> &value) { queue.priority = value; })
                ->setHelp(QueuePage::tr("Queues of higher priority are served first.")),
            boundChoice(
                QueuePage::tr("State"), u"state"_s,
                {{u"ENABLED"_s, QueuePage::tr("ENABLED: takes jobs")},
                 {u"DISABLED"_s, QueuePage::tr("DISABLED: finishes what it has")}},
                [](const JobQueue &queue) {
                    return queue.state.isEmpty() ? u"ENABLED"_s : queue.state;
                },
                [](JobQueue &queue, const QString &value) { queue.state = value; })});
    addSection(
        QueuePage::tr("Connected compute environments"),
        QueuePage::tr("1 to 3, tried in this order: the next one when the one before is full."));
    addRow({bind({}, u"computeEnvironmentOrder"_s, m_order,
                 [this] { m_order->setOrder(document().computeEnvironmentOrder); })});
    connect(m_order, &EnvironmentOrderEditor::edited, this,
            [this](const QList<batch::ComputeEnvironmentOrder> &order) {
                edit(u"computeEnvironmentOrder"_s,
                     [&](JobQueue &queue) { queue.computeEnvironmentOrder = order; });
            });
    addSection(
        QueuePage::tr("Job state limit actions – optional"),
        QueuePage::tr("Cancels the job at the head of the queue when it is RUNNABLE for this "
                      "reason and this long (600 to 86400 s)."));
    RowsEditor *limits = boundRows(
        u"jobStateTimeLimitActions"_s,
        {{QueuePage::tr("Reason"), u"reason"_s, RowsEditor::Kind::Choice, 3, {}, limitReasons()},
         {QueuePage::tr("Maximum time (s)"), u"maxTimeSeconds"_s, RowsEditor::Kind::Number}},
        QueuePage::tr("Add action"), toRows, fromRows);
    limits->setNewRow({limitReasons().first(), u"600"_s});
    addWidget(limits);
    addSection(QueuePage::tr("Tags – optional"));
    addWidget(boundMap(
        u"tags"_s, QueuePage::tr("Key"), QueuePage::tr("Value"), QueuePage::tr("Add tag"),
        [](const JobQueue &queue) { return queue.tags; },
        [](JobQueue &queue, const batch::Tags &tags) { queue.tags = tags; }));
    fillUp();
    JobQueuePage::refresh();
}

void JobQueuePage::setEnvironments(const QList<batch::ComputeEnvironment> &environments)
{
    m_environments = environments;
    // Begin with the kind that there is.
    const bool anyEc2
        = std::any_of(environments.cbegin(), environments.cend(), [](const auto &each) {
              return !each.computeResources || !each.computeResources->isFargate();
          });
    if (!anyEc2 && !environments.isEmpty())
        m_platform = u"FARGATE"_s;
    offer();
    refresh();
}

void JobQueuePage::offer()
{
    QList<batch::ComputeEnvironment> offered;
    for (const auto &environment : std::as_const(m_environments)) {
        const bool fargate
            = environment.computeResources && environment.computeResources->isFargate();
        const bool valid = environment.status.isEmpty() || environment.status == u"VALID";
        if (valid && fargate == (m_platform == u"FARGATE"))
            offered.append(environment);
    }
    m_order->setAvailable(offered);
}

} // namespace batchyard::ui
