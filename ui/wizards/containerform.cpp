#include "ui/wizards/containerform.h"

#include "models/draft/taskedits.h"
#include "ui/theme/card.h"
#include "ui/wizards/commandeditor.h"
#include "ui/wizards/definitionparts.h"
#include "ui/wizards/field.h"
#include "ui/wizards/rowlists.h"

#include <QCoreApplication>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::ContainerBase;
using batch::JobDefinition;
using batch::LinuxParameters;
using batch::TaskContainerProperties;
using Kind = RowsEditor::Kind;

namespace {

struct Form {
    Q_DECLARE_TR_FUNCTIONS(batchyard::ui::ContainerForm)
};

LinuxParameters linuxOf(const ContainerBase &container)
{
    return container.linuxParameters.value_or(LinuxParameters{});
}

template <typename Function>
void editLinux(ContainerBase &container, Function change)
{
    LinuxParameters parameters = linuxOf(container);
    change(parameters);
    container.linuxParameters
        = parameters == LinuxParameters{} ? std::nullopt : std::optional(parameters);
}

QStringList conditions()
{
    return {u"START"_s, u"COMPLETE"_s, u"SUCCESS"_s};
}

QStringList ulimitNames()
{
    return {u"nofile"_s, u"core"_s,   u"cpu"_s,     u"data"_s,       u"fsize"_s,
            u"locks"_s,  u"nproc"_s,  u"memlock"_s, u"msgqueue"_s,   u"nice"_s,
            u"rss"_s,    u"rtprio"_s, u"rttime"_s,  u"sigpending"_s, u"stack"_s};
}

} // namespace

ContainerForm::ContainerForm(models::JobDefinitionDraft &draft)
    : BoundPage(draft,
                [this](JobDefinition &definition) -> ContainerBase * {
                    if (definition.containerProperties)
                        return &*definition.containerProperties;
                    auto &containers = taskOf(definition).containers;
                    return m_index < containers.size() ? &containers[m_index] : nullptr;
                })
    , m_definition(draft)
{
    setPrefix([this]() -> QString {
        return taskPrefix(document())
            + (isLegacy(document()) ? QString() : u"containers[%1]."_s.arg(m_index));
    });
    addGeneral();
    addResources();
    addEnvironment();
    addDependencies();
    addLinux();
    addFileSystem();
    addLogging();
    fillUp();
    ContainerForm::refresh();
}

void ContainerForm::setIndex(int index)
{
    if (m_index == index)
        return;
    draft().endStep();
    m_index = index;
    refresh();
}

TaskContainerProperties ContainerForm::taskContainer() const
{
    return taskOf(document()).containers.value(m_index);
}

template <typename Function>
void ContainerForm::editTaskContainer(const QString &path, Function change)
{
    m_definition.edit(fullPath(path), [&](JobDefinition &definition) {
        if (!isLegacy(definition) && m_index < taskOf(definition).containers.size())
            change(taskOf(definition).containers[m_index]);
    });
}

Field *ContainerForm::resource(const QString &label, const QString &type, bool mayBeAbsent)
{
    const QString path = u"resourceRequirements."_s + type;
    Field *field = boundText(
        label, path,
        [type](const ContainerBase &c) { return requirementValue(c.resourceRequirements, type); },
        [type, mayBeAbsent](ContainerBase &c, const QString &text) {
            setRequirement(c.resourceRequirements, type, text, mayBeAbsent);
        });
    setPlace(field, [this, type] { return requirementPlace(part().resourceRequirements, type); });
    return field;
}

Field *ContainerForm::taskNumber(const QString &label, const QString &path,
                                 std::optional<int> TaskContainerProperties::*member)
{
    Field *field = number(
        label, path, [this, member] { return taskContainer().*member; },
        [this, path, member](const std::optional<int> &value) {
            editTaskContainer(path, [&](TaskContainerProperties &c) { c.*member = value; });
        });
    m_taskOnly.append(field);
    return field;
}

Field *ContainerForm::baseFlag(const QString &label, const QString &path,
                               std::optional<bool> ContainerBase::*member)
{
    return boundFlag(
        label, path, [member](const ContainerBase &c) { return (c.*member).value_or(false); },
        [member](ContainerBase &c, bool on) {
            c.*member = on ? std::optional(true) : std::nullopt;
        });
}

Field *ContainerForm::linuxNumber(const QString &label, const QString &path,
                                  std::optional<int> LinuxParameters::*member)
{
    return boundNumber(
        label, u"linuxParameters."_s + path,
        [member](const ContainerBase &c) { return linuxOf(c).*member; },
        [member](ContainerBase &c, const std::optional<int> &value) {
            editLinux(c, [&](LinuxParameters &parameters) { parameters.*member = value; });
        });
}

void ContainerForm::addGeneral()
{
    addSection(Form::tr("Container"));
    Field *name = text(
        Form::tr("Name"), u"name"_s, [this] { return taskContainer().name; },
        [this](const QString &value) {
            m_definition.edit(fullPath(u"name"_s), [&](JobDefinition &definition) {
                if (!isLegacy(definition))
                    taskOf(definition) = models::renamed(taskOf(definition), m_index, value);
            });
        });
    Field *essential = flag(
                           Form::tr("Essential container"), u"essential"_s,
                           [this] { return taskContainer().isEssential(); },
                           [this](bool on) {
                               editTaskContainer(u"essential"_s, [&](TaskContainerProperties &c) {
                                   c.essential = on;
                               });
                           })
                           ->setHelp(Form::tr("The job ends when an essential container ends."));
    addRow({name, essential});
    m_taskOnly += {name, essential};
    addRow({boundText(
                Form::tr("Image"), u"image"_s, [](const ContainerBase &c) { return c.image; },
                [](ContainerBase &c, const QString &value) { c.image = value; })
                ->setHelp(Form::tr("repository:tag, as for docker pull."))});
    addRow({boundCommand(
                Form::tr("Command – optional"), u"command"_s,
                [](const ContainerBase &c) { return c.command; },
                [](ContainerBase &c, const QStringList &value) { c.command = value; })
                ->setHelp(Form::tr("Ref::name stands for a parameter. There is no shell unless "
                                   "you call one."))});
}

void ContainerForm::addResources()
{
    addRow({resource(Form::tr("vCPUs"), u"VCPU"_s, false),
            resource(Form::tr("Memory (MiB)"), u"MEMORY"_s, false),
            resource(Form::tr("GPUs – optional"), u"GPU"_s, true)});
}

void ContainerForm::addEnvironment()
{
    addSection(Form::tr("Environment variables – optional"));
    addWidget(boundRows(
        u"environment"_s, environmentColumns(), Form::tr("Add environment variable"),
        [](const ContainerBase &c) { return rowsOf(c.environment); },
        [](ContainerBase &c, const RowsEditor::Rows &rows) {
            c.environment = environmentOf(c.environment, rows);
        }));
    addFoldedSection(Form::tr("Secrets – optional"),
                     Form::tr("Environment variables that AWS reads from Secrets Manager or the "
                              "Parameter Store."));
    addWidget(boundRows(
        u"secrets"_s,
        {{Form::tr("Name"), u"name"_s, Kind::Text, 1},
         {Form::tr("Value from (ARN)"), u"valueFrom"_s, Kind::Text, 2}},
        Form::tr("Add secret"), [](const ContainerBase &c) { return rowsOf(c.secrets); },
        [](ContainerBase &c, const RowsEditor::Rows &rows) {
            c.secrets = secretsOf(c.secrets, rows);
        }));
}

void ContainerForm::addDependencies()
{
    Card *card = addSection(Form::tr("Container dependencies – optional"),
                            Form::tr("Which containers this one waits for, and for what. COMPLETE "
                                     "and SUCCESS need a container that is not essential."));
    m_dependencies = rows(
        u"dependsOn"_s,
        {{Form::tr("Container name"), u"containerName"_s, Kind::Choice, 2},
         {Form::tr("Condition"), u"condition"_s, Kind::Choice, 1, {}, conditions()}},
        Form::tr("Add container dependency"), [this] { return rowsOf(taskContainer().dependsOn); },
        [this](const RowsEditor::Rows &list) {
            editTaskContainer(u"dependsOn"_s, [&](TaskContainerProperties &c) {
                c.dependsOn = dependenciesOf(c.dependsOn, list);
            });
        });
    addWidget(m_dependencies);
    m_taskOnly.append(card);
}

void ContainerForm::addLinux()
{
    addFoldedSection(Form::tr("Linux configuration – optional"));
    addRow({boundText(
                Form::tr("User"), u"user"_s, [](const ContainerBase &c) { return c.user; },
                [](ContainerBase &c, const QString &value) { c.user = value; })
                ->setHelp(Form::tr("user, uid, user:group or uid:gid.")),
            taskNumber(Form::tr("Start timeout (s)"), u"startTimeout"_s,
                       &TaskContainerProperties::startTimeout)
                ->setHelp(Form::tr("How long others wait for it under COMPLETE or SUCCESS.")),
            taskNumber(Form::tr("Stop timeout (s)"), u"stopTimeout"_s,
                       &TaskContainerProperties::stopTimeout)
                ->setHelp(Form::tr("From SIGTERM to SIGKILL; 30 when empty."))});
    addRow(
        {baseFlag(Form::tr("Privileged"), u"privileged"_s, &ContainerBase::privileged),
         boundFlag(
             Form::tr("Enable init process"), u"linuxParameters.initProcessEnabled"_s,
             [](const ContainerBase &c) { return linuxOf(c).initProcessEnabled.value_or(false); },
             [](ContainerBase &c, bool on) {
                 editLinux(c, [&](LinuxParameters &parameters) {
                     parameters.initProcessEnabled = on ? std::optional(true) : std::nullopt;
                 });
             })
             ->setHelp(Form::tr("Lets programs end on SIGTERM that would not as process 1."))});
    addRow({baseFlag(Form::tr("Enable read-only root file system"), u"readonlyRootFilesystem"_s,
                     &ContainerBase::readonlyRootFilesystem)});
    addRow({linuxNumber(Form::tr("Shared memory size (MiB)"), u"sharedMemorySize"_s,
                        &LinuxParameters::sharedMemorySize),
            linuxNumber(Form::tr("Max swap (MiB)"), u"maxSwap"_s, &LinuxParameters::maxSwap),
            linuxNumber(Form::tr("Swappiness"), u"swappiness"_s, &LinuxParameters::swappiness)
                ->setHelp(Form::tr("0 to 100; only with max swap."))});
    RowsEditor *ulimits = boundRows(
        u"ulimits"_s,
        {{Form::tr("Ulimit"), u"name"_s, Kind::Choice, 2, {}, ulimitNames()},
         {Form::tr("Soft limit"), u"softLimit"_s, Kind::Number, 1},
         {Form::tr("Hard limit"), u"hardLimit"_s, Kind::Number, 1}},
        Form::tr("Add ulimit"), [](const ContainerBase &c) { return rowsOf(c.ulimits); },
        [](ContainerBase &c, const RowsEditor::Rows &rows) {
            c.ulimits = ulimitsOf(c.ulimits, rows);
        });
    ulimits->setNewRow({u"nofile"_s, u"1024"_s, u"65535"_s});
    addWidget(ulimits);
}

void ContainerForm::addFileSystem()
{
    addFoldedSection(Form::tr("File system – optional"),
                     Form::tr("Mounts of the volumes under Storage in the first step."));
    m_mounts = boundRows(
        u"mountPoints"_s,
        {{Form::tr("Source volume"), u"sourceVolume"_s, Kind::EditableChoice, 1},
         {Form::tr("Container path"), u"containerPath"_s, Kind::Text, 2, u"/data"_s},
         {Form::tr("Read only"), u"readOnly"_s, Kind::Flag, 0}},
        Form::tr("Add mount point"), [](const ContainerBase &c) { return rowsOf(c.mountPoints); },
        [](ContainerBase &c, const RowsEditor::Rows &rows) {
            c.mountPoints = mountsOf(c.mountPoints, rows);
        });
    addWidget(m_mounts);
    addWidget(boundRows(
        u"linuxParameters.tmpfs"_s,
        {{Form::tr("Tmpfs path"), u"containerPath"_s, Kind::Text, 2, u"/scratch"_s},
         {Form::tr("Size (MiB)"), u"size"_s, Kind::Number, 1},
         {Form::tr("Mount options"), u"mountOptions"_s, Kind::Text, 2, u"rw, noexec"_s}},
        Form::tr("Add tmpfs"), [](const ContainerBase &c) { return rowsOf(linuxOf(c).tmpfs); },
        [](ContainerBase &c, const RowsEditor::Rows &rows) {
            editLinux(c, [&](LinuxParameters &parameters) {
                parameters.tmpfs = tmpfsOf(parameters.tmpfs, rows);
            });
        }));
    addWidget(boundRows(
        u"linuxParameters.devices"_s,
        {{Form::tr("Device on the host"), u"hostPath"_s, Kind::Text, 2, u"/dev/fuse"_s},
         {Form::tr("Container path"), u"containerPath"_s, Kind::Text, 2},
         {Form::tr("Permissions"), u"permissions"_s, Kind::Text, 2, u"READ, WRITE, MKNOD"_s}},
        Form::tr("Add device"), [](const ContainerBase &c) { return rowsOf(linuxOf(c).devices); },
        [](ContainerBase &c, const RowsEditor::Rows &rows) {
            editLinux(c, [&](LinuxParameters &parameters) {
                parameters.devices = devicesOf(parameters.devices, rows);
            });
        }));
}

void ContainerForm::addLogging()
{
    addFoldedSection(Form::tr("Logging and registry – optional"));
    addRow({boundChoice(
                Form::tr("Log driver"), u"logConfiguration.logDriver"_s,
                {{QString(), Form::tr("Default (awslogs)")},
                 {u"awslogs"_s, u"awslogs"_s},
                 {u"json-file"_s, u"json-file"_s},
                 {u"syslog"_s, u"syslog"_s},
                 {u"journald"_s, u"journald"_s},
                 {u"gelf"_s, u"gelf"_s},
                 {u"fluentd"_s, u"fluentd"_s},
                 {u"splunk"_s, u"splunk"_s},
                 {u"awsfirelens"_s, u"awsfirelens"_s}},
                [](const ContainerBase &c) {
                    return c.logConfiguration.value_or(batch::LogConfiguration{}).logDriver;
                },
                [](ContainerBase &c, const QString &driver) {
                    auto log = c.logConfiguration.value_or(batch::LogConfiguration{});
                    log.logDriver = driver;
                    c.logConfiguration = driver.isEmpty() ? std::nullopt : std::optional(log);
                }),
            boundText(
                Form::tr("Private registry credentials"),
                u"repositoryCredentials.credentialsParameter"_s,
                [](const ContainerBase &c) {
                    return c.repositoryCredentials.value_or(batch::RepositoryCredentials{})
                        .credentialsParameter;
                },
                [](ContainerBase &c, const QString &value) {
                    auto credentials
                        = c.repositoryCredentials.value_or(batch::RepositoryCredentials{});
                    credentials.credentialsParameter = value;
                    c.repositoryCredentials
                        = value.isEmpty() ? std::nullopt : std::optional(credentials);
                })
                ->setHelp(Form::tr("ARN of a Secrets Manager secret."))});
    addWidget(boundMap(
        u"logConfiguration.options"_s, Form::tr("Log option"), Form::tr("Value"),
        Form::tr("Add log option"),
        [](const ContainerBase &c) {
            return c.logConfiguration.value_or(batch::LogConfiguration{}).options;
        },
        [](ContainerBase &c, const QMap<QString, QString> &options) {
            auto log = c.logConfiguration.value_or(batch::LogConfiguration{});
            log.options = options;
            if (log.logDriver.isEmpty())
                log.logDriver = u"awslogs"_s;
            c.logConfiguration = log;
        }));
}

void ContainerForm::refresh()
{
    // The choices first: rows are shown with them.
    QStringList others;
    for (int i = 0; i < taskOf(document()).containers.size(); ++i) {
        if (i != m_index)
            others.append(taskOf(document()).containers[i].name);
    }
    m_dependencies->setChoices(0, others);
    m_dependencies->setNewRow({others.value(0), conditions().first()});
    QStringList volumes;
    for (const auto &volume : shared(document(), &batch::EcsTaskProperties::volumes,
                                     &batch::ContainerProperties::volumes))
        volumes.append(volume.name);
    m_mounts->setChoices(0, volumes);
    m_mounts->setNewRow({volumes.value(0), QString(), QString()});
    BoundPage::refresh();
    for (QWidget *widget : std::as_const(m_taskOnly))
        widget->setVisible(!isLegacy(document()));
}

} // namespace batchyard::ui
