#include "ui/wizards/definitionpages.h"

#include "ui/theme/card.h"
#include "ui/wizards/definitionparts.h"
#include "ui/wizards/field.h"
#include "ui/wizards/rowlists.h"

#include <QCoreApplication>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::ContainerProperties;
using batch::EcsTaskProperties;
using batch::JobDefinition;

namespace {

struct DefinitionPages {
    Q_DECLARE_TR_FUNCTIONS(batchyard::ui::DefinitionPages)
};

constexpr int exitRules = 5; // API_RetryStrategy.evaluateOnExit

void setAttempts(JobDefinition &definition, const std::optional<int> &attempts)
{
    auto retry = definition.retryStrategy.value_or(batch::RetryStrategy{});
    retry.attempts = attempts;
    definition.retryStrategy = retry;
    if (retry == batch::RetryStrategy{})
        definition.retryStrategy.reset();
}

void setExitRules(JobDefinition &definition, const QList<batch::EvaluateOnExit> &rules)
{
    auto retry = definition.retryStrategy.value_or(batch::RetryStrategy{});
    retry.evaluateOnExit = rules;
    definition.retryStrategy = retry;
    if (retry == batch::RetryStrategy{})
        definition.retryStrategy.reset();
}

void setTimeout(JobDefinition &definition, const std::optional<int> &seconds)
{
    auto timeout = definition.timeout.value_or(batch::JobTimeout{});
    timeout.attemptDurationSeconds = seconds;
    definition.timeout = timeout;
    if (timeout == batch::JobTimeout{})
        definition.timeout.reset();
}

batch::RuntimePlatform platformOf(const JobDefinition &definition)
{
    return shared(definition, &EcsTaskProperties::runtimePlatform,
                  &ContainerProperties::runtimePlatform)
        .value_or(batch::RuntimePlatform{});
}

void setPlatformOf(JobDefinition &definition, const batch::RuntimePlatform &platform)
{
    const auto value
        = platform == batch::RuntimePlatform{} ? std::nullopt : std::optional(platform);
    setShared(definition, &EcsTaskProperties::runtimePlatform,
              &ContainerProperties::runtimePlatform, value);
}

QList<std::pair<QString, QString>> operatingSystems()
{
    return {{QString(), DefinitionPages::tr("Default (LINUX)")},
            {u"LINUX"_s, u"LINUX"_s},
            {u"WINDOWS_SERVER_2019_CORE"_s, u"WINDOWS_SERVER_2019_CORE"_s},
            {u"WINDOWS_SERVER_2019_FULL"_s, u"WINDOWS_SERVER_2019_FULL"_s},
            {u"WINDOWS_SERVER_2022_CORE"_s, u"WINDOWS_SERVER_2022_CORE"_s},
            {u"WINDOWS_SERVER_2022_FULL"_s, u"WINDOWS_SERVER_2022_FULL"_s}};
}

} // namespace

TaskPropertiesPage::TaskPropertiesPage(models::JobDefinitionDraft &draft)
    : DefinitionPage(draft)
{
    setPrefix([this] { return taskPrefix(document()); });
    addSection(DefinitionPages::tr("Task properties"));
    addRoles();
    addNamespaces();
    addFargate();
    addStorage();
    TaskPropertiesPage::refresh();
}

void TaskPropertiesPage::addRoles()
{
    Field *execution
        = boundText(
              DefinitionPages::tr("Execution role – optional"), u"executionRoleArn"_s,
              [](const JobDefinition &d) {
                  return shared(d, &EcsTaskProperties::executionRoleArn,
                                &ContainerProperties::executionRoleArn);
              },
              [](JobDefinition &d, const QString &text) {
                  setShared(d, &EcsTaskProperties::executionRoleArn,
                            &ContainerProperties::executionRoleArn, text);
              })
              ->setHelp(DefinitionPages::tr("ARN; needed on Fargate and for secrets."));
    Field *role = boundText(
                      DefinitionPages::tr("Task role – optional"), u"taskRoleArn"_s,
                      [](const JobDefinition &d) {
                          return shared(d, &EcsTaskProperties::taskRoleArn,
                                        &ContainerProperties::jobRoleArn);
                      },
                      [](JobDefinition &d, const QString &text) {
                          setShared(d, &EcsTaskProperties::taskRoleArn,
                                    &ContainerProperties::jobRoleArn, text);
                      })
                      ->setHelp(DefinitionPages::tr("ARN of the role that the containers act as."));
    setPlace(role, [this] { return isLegacy(document()) ? u"jobRoleArn"_s : u"taskRoleArn"_s; });
    addRow({execution, role});
}

void TaskPropertiesPage::addNamespaces()
{
    m_ipcMode = boundChoice(
                    DefinitionPages::tr("IPC mode"), u"ipcMode"_s,
                    {{QString(), DefinitionPages::tr("Default")},
                     {u"task"_s, DefinitionPages::tr("task: shared by the containers")},
                     {u"host"_s, DefinitionPages::tr("host: shared with this machine")},
                     {u"none"_s, DefinitionPages::tr("none: private")}},
                    [](const JobDefinition &d) { return taskOf(d).ipcMode; },
                    [](JobDefinition &d, const QString &value) { taskOf(d).ipcMode = value; })
                    ->setHelp(DefinitionPages::tr("Shared memory and semaphores."));
    Field *pid = boundChoice(
                     DefinitionPages::tr("PID mode"), u"pidMode"_s,
                     {{QString(), DefinitionPages::tr("Default: private")},
                      {u"task"_s, DefinitionPages::tr("task: shared by the containers")},
                      {u"host"_s, DefinitionPages::tr("host: shared with this machine")}},
                     [](const JobDefinition &d) { return taskOf(d).pidMode; },
                     [](JobDefinition &d, const QString &value) { taskOf(d).pidMode = value; })
                     ->setHelp(DefinitionPages::tr("Which processes the containers see."));
    Field *exec = boundFlag(
        DefinitionPages::tr("Enable ECS execute command"), u"enableExecuteCommand"_s,
        [](const JobDefinition &d) {
            return shared(d, &EcsTaskProperties::enableExecuteCommand,
                          &ContainerProperties::enableExecuteCommand)
                .value_or(false);
        },
        [](JobDefinition &d, bool on) {
            setShared(d, &EcsTaskProperties::enableExecuteCommand,
                      &ContainerProperties::enableExecuteCommand,
                      on ? std::optional(true) : std::nullopt);
        });
    addRow({m_ipcMode, pid, exec});
    m_taskOnly = {m_ipcMode, pid};
}

void TaskPropertiesPage::addFargate()
{
    Field *system = boundChoice(
        DefinitionPages::tr("Operating system family"), u"runtimePlatform.operatingSystemFamily"_s,
        operatingSystems(),
        [](const JobDefinition &d) { return platformOf(d).operatingSystemFamily; },
        [](JobDefinition &d, const QString &value) {
            auto platform = platformOf(d);
            platform.operatingSystemFamily = value;
            setPlatformOf(d, platform);
        });
    Field *cpu = boundChoice(
        DefinitionPages::tr("CPU architecture"), u"runtimePlatform.cpuArchitecture"_s,
        {{QString(), DefinitionPages::tr("Default (X86_64)")},
         {u"X86_64"_s, u"X86_64"_s},
         {u"ARM64"_s, u"ARM64"_s}},
        [](const JobDefinition &d) { return platformOf(d).cpuArchitecture; },
        [](JobDefinition &d, const QString &value) {
            auto platform = platformOf(d);
            platform.cpuArchitecture = value;
            setPlatformOf(d, platform);
        });
    Field *version = boundChoice(
        DefinitionPages::tr("Fargate platform version"), u"platformVersion"_s,
        {{QString(), DefinitionPages::tr("Default (LATEST)")},
         {u"LATEST"_s, u"LATEST"_s},
         {u"1.4.0"_s, u"1.4.0"_s},
         {u"1.3.0"_s, u"1.3.0"_s}},
        [](const JobDefinition &d) { return taskOf(d).platformVersion; },
        [](JobDefinition &d, const QString &value) { taskOf(d).platformVersion = value; });
    addRow({system, cpu, version});
    Field *publicIp = boundFlag(
        DefinitionPages::tr("Assign public IP"), u"networkConfiguration.assignPublicIp"_s,
        [](const JobDefinition &d) {
            const auto network = shared(d, &EcsTaskProperties::networkConfiguration,
                                        &ContainerProperties::networkConfiguration);
            return network && network->assignPublicIp == u"ENABLED";
        },
        [](JobDefinition &d, bool on) {
            const auto value
                = on ? std::optional(batch::NetworkConfiguration{u"ENABLED"_s, {}}) : std::nullopt;
            setShared(d, &EcsTaskProperties::networkConfiguration,
                      &ContainerProperties::networkConfiguration, value);
        });
    Field *storage = boundNumber(
                         DefinitionPages::tr("Ephemeral storage (GiB) – optional"),
                         u"ephemeralStorage.sizeInGiB"_s,
                         [](const JobDefinition &d) {
                             const auto value = shared(d, &EcsTaskProperties::ephemeralStorage,
                                                       &ContainerProperties::ephemeralStorage);
                             return value ? std::optional(value->sizeInGiB) : std::nullopt;
                         },
                         [](JobDefinition &d, const std::optional<int> &value) {
                             const auto size = value
                                 ? std::optional(batch::EphemeralStorage{*value, {}})
                                 : std::nullopt;
                             setShared(d, &EcsTaskProperties::ephemeralStorage,
                                       &ContainerProperties::ephemeralStorage, size);
                         })
                         ->setHelp(DefinitionPages::tr("21 to 200; 20 when empty."));
    addRow({publicIp, storage});
    m_fargateOnly = {system, cpu, version, publicIp, storage};
    m_taskOnly.append(version);
}

void TaskPropertiesPage::addStorage()
{
    addFoldedSection(
        DefinitionPages::tr("Storage – optional"),
        DefinitionPages::tr(
            "Volumes that containers can mount. Without a source path a volume is scratch "
            "space that lives as long as the job, which is how its containers share files. "
            "An EFS file system is a folder of its own here."));
    addWidget(boundRows(
        u"volumes"_s,
        {{DefinitionPages::tr("Name"), u"name"_s, RowsEditor::Kind::Text, 1, u"data"_s},
         {DefinitionPages::tr("Source path on the host"), u"host.sourcePath"_s,
          RowsEditor::Kind::Text, 2, DefinitionPages::tr("empty: scratch")},
         {DefinitionPages::tr("EFS file system id"), u"efsVolumeConfiguration.fileSystemId"_s},
         {DefinitionPages::tr("EFS root directory"), u"efsVolumeConfiguration.rootDirectory"_s}},
        DefinitionPages::tr("Add volume"),
        [](const JobDefinition &d) {
            return rowsOf(shared(d, &EcsTaskProperties::volumes, &ContainerProperties::volumes));
        },
        [](JobDefinition &d, const RowsEditor::Rows &rows) {
            const auto before
                = shared(d, &EcsTaskProperties::volumes, &ContainerProperties::volumes);
            setShared(d, &EcsTaskProperties::volumes, &ContainerProperties::volumes,
                      volumesOf(before, rows));
        }));
}

void TaskPropertiesPage::refresh()
{
    DefinitionPage::refresh();
    const bool fargate = document().isFargate();
    for (Field *field : std::as_const(m_fargateOnly))
        field->setVisible(fargate);
    if (isLegacy(document())) {
        for (Field *field : std::as_const(m_taskOnly))
            field->setVisible(false);
    } else {
        for (Field *field : std::as_const(m_taskOnly))
            field->setVisible(fargate || !m_fargateOnly.contains(field));
        m_ipcMode->setVisible(!fargate);
    }
}

DefinitionConfigurationPage::DefinitionConfigurationPage(models::JobDefinitionDraft &draft)
    : DefinitionPage(draft)
{
    own(u"type"_s);
    addSection(DefinitionPages::tr("Orchestration"));
    addRow({tiles(
        DefinitionPages::tr("Orchestration type"), u"platformCapabilities"_s,
        {{u"EC2"_s, DefinitionPages::tr("Amazon EC2"),
          DefinitionPages::tr("Any size, host volumes, privileged containers, GPUs.")},
         {u"FARGATE"_s, DefinitionPages::tr("Fargate"),
          DefinitionPages::tr("Sizes from Fargate's table; no host access.")}},
        [this] { return document().isFargate() ? u"FARGATE"_s : u"EC2"_s; },
        setter<QString>(u"platformCapabilities"_s,
                        [](JobDefinition &definition, const QString &platform) {
                            setPlatform(definition, platform);
                        }))});
    addRow({boundFlag(
                DefinitionPages::tr("Use legacy containerProperties structure"),
                u"legacyStructure"_s, [](const JobDefinition &d) { return isLegacy(d); },
                [](JobDefinition &d, bool on) { setLegacy(d, on); })
                ->setHelp(
                    DefinitionPages::tr("Off: a job of 1 to 10 containers (ecsProperties). On: one "
                                        "container; switching on keeps only the first."))});
    addGeneral();
    addRetry();
    addPage(new TaskPropertiesPage(draft));
    addFoldedSection(
        DefinitionPages::tr("Parameters – optional"),
        DefinitionPages::tr("Defaults for Ref::name in commands; a job can give its own."));
    addWidget(boundMap(
        u"parameters"_s, DefinitionPages::tr("Name"), DefinitionPages::tr("Default value"),
        DefinitionPages::tr("Add parameter"), [](const JobDefinition &d) { return d.parameters; },
        [](JobDefinition &d, const QMap<QString, QString> &value) { d.parameters = value; }));
    addFoldedSection(DefinitionPages::tr("Tags – optional"));
    addWidget(boundMap(
        u"tags"_s, DefinitionPages::tr("Key"), DefinitionPages::tr("Value"),
        DefinitionPages::tr("Add tag"), [](const JobDefinition &d) { return d.tags; },
        [](JobDefinition &d, const batch::Tags &tags) { d.tags = tags; }));
    fillUp();
    DefinitionConfigurationPage::refresh();
}

void DefinitionConfigurationPage::addGeneral()
{
    addSection(DefinitionPages::tr("General configuration"));
    addRow({boundText(
                DefinitionPages::tr("Name"), u"jobDefinitionName"_s,
                [](const JobDefinition &d) { return d.jobDefinitionName; },
                [](JobDefinition &d, const QString &text) { d.jobDefinitionName = text; })
                ->setHelp(DefinitionPages::tr(
                    "Up to 128 letters, digits, hyphens and underscores. The same "
                    "name again makes the next revision."))});
    addRow({boundNumber(
                DefinitionPages::tr("Execution timeout (s) – optional"),
                u"timeout.attemptDurationSeconds"_s,
                [](const JobDefinition &d) {
                    return d.timeout.value_or(batch::JobTimeout{}).attemptDurationSeconds;
                },
                setTimeout)
                ->setHelp(
                    DefinitionPages::tr("60 or more. An attempt that takes longer is ended and not "
                                        "retried.")),
            boundNumber(
                DefinitionPages::tr("Scheduling priority – optional"), u"schedulingPriority"_s,
                [](const JobDefinition &d) { return d.schedulingPriority; },
                [](JobDefinition &d, const std::optional<int> &value) {
                    d.schedulingPriority = value;
                })
                ->setHelp(DefinitionPages::tr("0 to 9999, in queues with a scheduling policy.")),
            boundFlag(
                DefinitionPages::tr("Propagate tags"), u"propagateTags"_s,
                [](const JobDefinition &d) { return d.propagateTags.value_or(false); },
                [](JobDefinition &d, bool on) {
                    d.propagateTags = on ? std::optional(true) : std::nullopt;
                })
                ->setHelp(DefinitionPages::tr("From the job to its ECS task."))});
}

void DefinitionConfigurationPage::addRetry()
{
    addFoldedSection(
        DefinitionPages::tr("Retry strategy – optional"),
        DefinitionPages::tr("After a failed attempt the conditions are tried in order; the first "
                            "that holds decides. When none holds, the job is tried again."));
    addRow({boundNumber(
                DefinitionPages::tr("Job attempts"), u"retryStrategy.attempts"_s,
                [](const JobDefinition &d) {
                    return d.retryStrategy.value_or(batch::RetryStrategy{}).attempts;
                },
                setAttempts)
                ->setHelp(DefinitionPages::tr("1 to 10, all tries together."))});
    RowsEditor *rules = boundRows(
        u"retryStrategy.evaluateOnExit"_s, exitRuleColumns(),
        DefinitionPages::tr("Add evaluate on exit"),
        [](const JobDefinition &d) {
            return rowsOf(d.retryStrategy.value_or(batch::RetryStrategy{}).evaluateOnExit);
        },
        [](JobDefinition &d, const RowsEditor::Rows &rows) {
            const auto before = d.retryStrategy.value_or(batch::RetryStrategy{}).evaluateOnExit;
            setExitRules(d, exitRulesOf(before, rows));
        });
    rules->setNewRow({QString(), QString(), QString(), u"RETRY"_s});
    rules->setMaximum(exitRules);
    addWidget(rules);
}

} // namespace batchyard::ui
