#include "ui/wizards/submitpages.h"

#include "models/draft/commandsyntax.h"
#include "ui/theme/card.h"
#include "ui/wizards/commandeditor.h"
#include "ui/wizards/field.h"
#include "ui/wizards/rowlists.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QLineEdit>
#include <QSignalBlocker>

#include <algorithm>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::SubmitJobRequest;
using batch::TaskContainerOverrides;
using Kind = RowsEditor::Kind;

namespace {

constexpr int jobDependencies = 20; // API_SubmitJob.dependsOn
constexpr int overridingRules = 5; // API_RetryStrategy.evaluateOnExit

struct SubmitPages {
    Q_DECLARE_TR_FUNCTIONS(batchyard::ui::SubmitPages)
};

batch::RetryStrategy retryOf(const SubmitJobRequest &request)
{
    return request.retryStrategy.value_or(batch::RetryStrategy{});
}

void setRetry(SubmitJobRequest &request, const batch::RetryStrategy &retry)
{
    request.retryStrategy = retry == batch::RetryStrategy{} ? std::nullopt : std::optional(retry);
}

void setPlaceholder(const Field *field, const QString &text)
{
    if (auto *edit = qobject_cast<QLineEdit *>(field->editor()))
        edit->setPlaceholderText(text);
}

QString inherited(const std::optional<int> &value)
{
    return value ? SubmitPages::tr("%1, from the definition").arg(*value)
                 : SubmitPages::tr("not set in the definition");
}

bool isEmpty(const TaskContainerOverrides &overrides)
{
    TaskContainerOverrides bare = overrides;
    bare.name.clear();
    return bare == TaskContainerOverrides{};
}

} // namespace

SubmitJobPage::SubmitJobPage(models::SubmitJobDraft &draft)
    : SubmitPage(draft)
{
    addSection(SubmitPages::tr("Job configuration"));
    addRow({boundText(
                SubmitPages::tr("Name"), u"jobName"_s,
                [](const SubmitJobRequest &r) { return r.jobName; },
                [](SubmitJobRequest &r, const QString &text) { r.jobName = text; })
                ->setHelp(SubmitPages::tr("Up to 128 letters, digits, hyphens and underscores."))});
    m_definition = picker(SubmitPages::tr("Job definition"), u"jobDefinition"_s,
                          &SubmitJobRequest::jobDefinition);
    m_queue = picker(SubmitPages::tr("Job queue"), u"jobQueue"_s, &SubmitJobRequest::jobQueue);
    addRow({m_definition, m_queue});
    addFoldedSection(
        SubmitPages::tr("Job dependencies – optional"),
        SubmitPages::tr("The job stays PENDING until these have SUCCEEDED, and fails when "
                        "one of them fails."));
    m_dependencies = boundRows(
        u"dependsOn"_s,
        {{SubmitPages::tr("Job"), u"jobId"_s, Kind::EditableChoice, 3},
         {SubmitPages::tr("Type"),
          u"type"_s,
          Kind::Choice,
          1,
          {},
          {QString(), u"N_TO_N"_s, u"SEQUENTIAL"_s}}},
        SubmitPages::tr("Add job dependency"),
        [](const SubmitJobRequest &r) {
            return toRows(r.dependsOn, [](const batch::JobDependency &each) {
                return QStringList{each.jobId, each.type};
            });
        },
        [](SubmitJobRequest &r, const RowsEditor::Rows &rows) {
            r.dependsOn = fromRows(r.dependsOn, rows, 2,
                                   [](batch::JobDependency &each, const QStringList &row) {
                                       // Of a picked entry "id  name (STATUS)" only the id counts.
                                       each.jobId = row.value(0).section(u' ', 0, 0);
                                       each.type = row.value(1);
                                   });
        });
    m_dependencies->setMaximum(jobDependencies);
    addWidget(m_dependencies);
    addFoldedSection(SubmitPages::tr("Array and fair share – optional"));
    addRow({boundNumber(
                SubmitPages::tr("Array size"), u"arrayProperties.size"_s,
                [](const SubmitJobRequest &r) { return r.arraySize; },
                [](SubmitJobRequest &r, const std::optional<int> &value) { r.arraySize = value; })
                ->setHelp(SubmitPages::tr("2 to 10,000 children.")),
            boundText(
                SubmitPages::tr("Share identifier"), u"shareIdentifier"_s,
                [](const SubmitJobRequest &r) { return r.shareIdentifier; },
                [](SubmitJobRequest &r, const QString &text) { r.shareIdentifier = text; })
                ->setHelp(SubmitPages::tr("For queues with a scheduling policy."))});
    addFoldedSection(SubmitPages::tr("Tags – optional"));
    addWidget(boundMap(
        u"tags"_s, SubmitPages::tr("Key"), SubmitPages::tr("Value"), SubmitPages::tr("Add tag"),
        [](const SubmitJobRequest &r) { return r.tags; },
        [](SubmitJobRequest &r, const batch::Tags &tags) { r.tags = tags; }));
    fillUp();
    refresh();
}

Field *SubmitJobPage::picker(const QString &label, const QString &path,
                             QString SubmitJobRequest::*member)
{
    auto *combo = new QComboBox(this);
    combo->setEditable(true);
    combo->setInsertPolicy(QComboBox::NoInsert);
    Field *field = bind(label, path, combo, [this, combo, member] {
        const QString value = document().*member;
        const QSignalBlocker blocker(combo);
        const int index = combo->findData(value);
        if (index >= 0)
            combo->setCurrentIndex(index);
        else if (combo->currentText() != value)
            combo->setEditText(value);
    });
    const auto store = [this, field, path, member](const QString &value) {
        field->touch();
        edit(path, [&](SubmitJobRequest &request) { request.*member = value; });
    };
    connect(combo, &QComboBox::activated, this,
            [combo, store](int index) { store(combo->itemData(index).toString()); });
    connect(combo->lineEdit(), &QLineEdit::textEdited, this, store);
    return field;
}

void SubmitJobPage::setChoices(const Field *field,
                               const QList<std::pair<QString, QString>> &choices)
{
    auto *combo = qobject_cast<QComboBox *>(field->editor());
    const QSignalBlocker blocker(combo);
    const QString text = combo->currentText();
    combo->clear();
    for (const auto &[value, shown] : choices)
        combo->addItem(shown, value);
    combo->setCurrentIndex(-1);
    combo->setEditText(text);
}

void SubmitJobPage::setDefinitions(const QList<batch::JobDefinition> &definitions)
{
    QList<std::pair<QString, QString>> choices;
    for (const auto &definition : definitions)
        choices.append({definition.nameAndRevision(), definition.nameAndRevision()});
    setChoices(m_definition, choices);
    refresh();
}

void SubmitJobPage::setQueues(const QList<batch::JobQueue> &queues)
{
    QList<std::pair<QString, QString>> choices;
    for (const auto &queue : queues)
        choices.append({queue.jobQueueName,
                        queue.state == u"DISABLED"
                            ? SubmitPages::tr("%1 (DISABLED)").arg(queue.jobQueueName)
                            : queue.jobQueueName});
    setChoices(m_queue, choices);
    refresh();
}

void SubmitJobPage::setJobs(const QList<batch::JobSummary> &jobs)
{
    QStringList choices;
    for (const auto &job : jobs) {
        if (job.status != batch::JobStatus::Failed)
            choices.append(u"%1  %2 (%3)"_s.arg(job.jobId, job.jobName, toString(job.status)));
    }
    m_dependencies->setChoices(0, choices);
}

ContainerOverridesPage::ContainerOverridesPage(models::SubmitJobDraft &draft,
                                               const batch::TaskContainerProperties &container,
                                               bool isLegacy)
    : SubmitPage(draft)
    , m_container(container)
    , m_isLegacy(isLegacy)
{
    // The place in the request moves with the containers that have overrides; before it has any, a
    // container stands behind the last.
    setPrefix([this] {
        if (m_isLegacy)
            return u"containerOverrides."_s;
        const auto &list = document().ecsPropertiesOverride;
        const auto found = std::find_if(list.cbegin(), list.cend(), [this](const auto &each) {
            return each.name == m_container.name;
        });
        return u"ecsPropertiesOverride.taskProperties[0].containers[%1]."_s.arg(
            std::distance(list.cbegin(), found));
    });
    addSection(SubmitPages::tr("Container %1").arg(container.name));
    Field *commandField = command(
        SubmitPages::tr("Command"), u"command"_s, [this] { return overrides().command; },
        [this](const QStringList &words) {
            editOverrides(u"command"_s, [&](TaskContainerOverrides &o) { o.command = words; });
        });
    auto *editor = static_cast<CommandEditor *>(commandField->editor());
    editor->setPlaceholderText(container.command.isEmpty()
                                   ? SubmitPages::tr("the image's own")
                                   : models::commandToWords(container.command));
    editor->setHint(SubmitPages::tr("Empty: as in the definition."));
    addRow({commandField});
    addRow({resource(SubmitPages::tr("vCPUs"), u"VCPU"_s),
            resource(SubmitPages::tr("Memory (MiB)"), u"MEMORY"_s),
            resource(SubmitPages::tr("GPUs"), u"GPU"_s)});
    RowsEditor *environment = rows(
        u"environment"_s, environmentColumns(), SubmitPages::tr("Override environment variable"),
        [this] { return rowsOf(overrides().environment); },
        [this](const RowsEditor::Rows &list) {
            editOverrides(u"environment"_s, [&](TaskContainerOverrides &o) {
                o.environment = environmentOf(o.environment, list);
            });
        });
    addWidget(environment);
    refresh();
}

TaskContainerOverrides ContainerOverridesPage::overrides() const
{
    if (m_isLegacy)
        return document().containerOverrides.value_or(TaskContainerOverrides{});
    for (const auto &each : document().ecsPropertiesOverride) {
        if (each.name == m_container.name)
            return each;
    }
    return {};
}

template <typename Function>
void ContainerOverridesPage::editOverrides(const QString &path, Function change)
{
    TaskContainerOverrides next = overrides();
    change(next);
    edit(m_container.name + u'.' + path, [&](SubmitJobRequest &request) {
        if (m_isLegacy) {
            request.containerOverrides = isEmpty(next) ? std::nullopt : std::optional(next);
            return;
        }
        next.name = m_container.name;
        auto &list = request.ecsPropertiesOverride;
        const auto found = std::find_if(list.begin(), list.end(), [this](const auto &each) {
            return each.name == m_container.name;
        });
        if (found == list.end())
            list.append(next);
        else
            *found = next;
        list.removeIf([](const TaskContainerOverrides &each) { return isEmpty(each); });
    });
}

Field *ContainerOverridesPage::resource(const QString &label, const QString &type)
{
    Field *field = text(
        label, u"resourceRequirements."_s + type,
        [this, type] { return requirementValue(overrides().resourceRequirements, type); },
        [this, type](const QString &value) {
            editOverrides(type, [&](TaskContainerOverrides &o) {
                setRequirement(o.resourceRequirements, type, value, true);
            });
        });
    setPlace(field,
             [this, type] { return requirementPlace(overrides().resourceRequirements, type); });
    const QString own = requirementValue(m_container.resourceRequirements, type);
    setPlaceholder(field,
                   own.isEmpty() ? SubmitPages::tr("none in the definition")
                                 : SubmitPages::tr("%1, from the definition").arg(own));
    return field;
}

OverridesPage::OverridesPage(models::SubmitJobDraft &draft)
    : SubmitPage(draft)
    , m_request(draft)
{
    own(u"ecsPropertiesOverride"_s);
    own(u"containerOverrides"_s);
    addSection(SubmitPages::tr("Job overrides"),
               SubmitPages::tr("Empty fields keep what the definition says."));
    addRetry();
    addSection(
        SubmitPages::tr("Parameters – optional"),
        SubmitPages::tr("Values for Ref::name in commands, over the definition's defaults."));
    addWidget(boundMap(
        u"parameters"_s, SubmitPages::tr("Name"), SubmitPages::tr("Value"),
        SubmitPages::tr("Add parameter"), [](const SubmitJobRequest &r) { return r.parameters; },
        [](SubmitJobRequest &r, const QMap<QString, QString> &value) { r.parameters = value; }));
    OverridesPage::refresh();
}

void OverridesPage::addRetry()
{
    m_attempts = boundNumber(
        SubmitPages::tr("Job attempts"), u"retryStrategy.attempts"_s,
        [](const SubmitJobRequest &r) { return retryOf(r).attempts; },
        [](SubmitJobRequest &r, const std::optional<int> &value) {
            auto retry = retryOf(r);
            retry.attempts = value;
            setRetry(r, retry);
        });
    m_timeout = boundNumber(
        SubmitPages::tr("Execution timeout (s)"), u"timeout.attemptDurationSeconds"_s,
        [](const SubmitJobRequest &r) {
            return r.timeout.value_or(batch::JobTimeout{}).attemptDurationSeconds;
        },
        [](SubmitJobRequest &r, const std::optional<int> &value) {
            auto timeout = r.timeout.value_or(batch::JobTimeout{});
            timeout.attemptDurationSeconds = value;
            r.timeout = timeout == batch::JobTimeout{} ? std::nullopt : std::optional(timeout);
        });
    m_priority = boundNumber(
        SubmitPages::tr("Scheduling priority"), u"schedulingPriorityOverride"_s,
        [](const SubmitJobRequest &r) { return r.schedulingPriorityOverride; },
        [](SubmitJobRequest &r, const std::optional<int> &value) {
            r.schedulingPriorityOverride = value;
        });
    addRow({m_attempts, m_timeout, m_priority});
    addRow({boundFlag(
        SubmitPages::tr("Propagate tags"), u"propagateTags"_s,
        [](const SubmitJobRequest &r) { return r.propagateTags.value_or(false); },
        [](SubmitJobRequest &r, bool on) {
            r.propagateTags = on ? std::optional(true) : std::nullopt;
        })});
    addFoldedSection(SubmitPages::tr("Retry conditions – optional"),
                     SubmitPages::tr("Replace all conditions of the definition."));
    RowsEditor *rules = boundRows(
        u"retryStrategy.evaluateOnExit"_s, exitRuleColumns(),
        SubmitPages::tr("Add evaluate on exit"),
        [](const SubmitJobRequest &r) { return rowsOf(retryOf(r).evaluateOnExit); },
        [](SubmitJobRequest &r, const RowsEditor::Rows &list) {
            auto retry = retryOf(r);
            retry.evaluateOnExit = exitRulesOf(retry.evaluateOnExit, list);
            setRetry(r, retry);
        });
    rules->setNewRow({QString(), QString(), QString(), u"RETRY"_s});
    rules->setMaximum(overridingRules);
    addWidget(rules);
}

void OverridesPage::rebuildContainers()
{
    for (ContainerOverridesPage *page : std::as_const(m_containers))
        removePage(page);
    m_containers.clear();
    const auto task = m_shown ? m_shown->task() : std::nullopt;
    if (!task)
        return;
    for (const auto &container : task->containers) {
        m_containers.append(new ContainerOverridesPage(m_request, container,
                                                       m_shown->containerProperties.has_value()));
        addPage(m_containers.last());
    }
}

void OverridesPage::refresh()
{
    if (m_shown != m_request.definition()) {
        m_shown = m_request.definition();
        rebuildContainers();
        const auto definition = m_shown.value_or(batch::JobDefinition{});
        setPlaceholder(
            m_attempts,
            inherited(definition.retryStrategy.value_or(batch::RetryStrategy{}).attempts));
        setPlaceholder(
            m_timeout,
            inherited(definition.timeout.value_or(batch::JobTimeout{}).attemptDurationSeconds));
        setPlaceholder(m_priority, inherited(definition.schedulingPriority));
    }
    SubmitPage::refresh();
}

} // namespace batchyard::ui
