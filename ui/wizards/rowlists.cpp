#include "ui/wizards/rowlists.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using Rows = RowsEditor::Rows;
using Kind = RowsEditor::Kind;

namespace {

struct Lists {
    Q_DECLARE_TR_FUNCTIONS(batchyard::ui::RowLists)
};

QString flagCell(const std::optional<bool> &flag)
{
    return flag.value_or(false) ? u"true"_s : QString();
}

// An absent flag stays absent while the box is off.
void setFlag(std::optional<bool> &flag, const QString &cell)
{
    if (flag.value_or(false) != !cell.isEmpty())
        flag = !cell.isEmpty();
}

QStringList wordsOf(const QString &cell)
{
    static const QRegularExpression separators(QStringLiteral("[,\\s]+"));
    return cell.split(separators, Qt::SkipEmptyParts);
}

} // namespace

Rows rowsOf(const QList<batch::KeyValuePair> &environment)
{
    return toRows(environment, [](const auto &each) { return QStringList{each.name, each.value}; });
}

QList<batch::KeyValuePair> environmentOf(const QList<batch::KeyValuePair> &before, const Rows &rows)
{
    return fromRows(before, rows, 2, [](batch::KeyValuePair &each, const QStringList &row) {
        each.name = row.value(0);
        each.value = row.value(1);
    });
}

Rows rowsOf(const QList<batch::Secret> &secrets)
{
    return toRows(secrets, [](const auto &each) { return QStringList{each.name, each.valueFrom}; });
}

QList<batch::Secret> secretsOf(const QList<batch::Secret> &before, const Rows &rows)
{
    return fromRows(before, rows, 2, [](batch::Secret &each, const QStringList &row) {
        each.name = row.value(0);
        each.valueFrom = row.value(1);
    });
}

Rows rowsOf(const QList<batch::EvaluateOnExit> &rules)
{
    return toRows(rules, [](const auto &each) {
        return QStringList{each.onStatusReason, each.onReason, each.onExitCode,
                           each.action.toUpper()};
    });
}

QList<batch::EvaluateOnExit> exitRulesOf(const QList<batch::EvaluateOnExit> &before,
                                         const Rows &rows)
{
    return fromRows(before, rows, 4, [](batch::EvaluateOnExit &each, const QStringList &row) {
        each.onStatusReason = row.value(0);
        each.onReason = row.value(1);
        each.onExitCode = row.value(2);
        if (each.action.compare(row.value(3), Qt::CaseInsensitive) != 0)
            each.action = row.value(3);
    });
}

Rows rowsOf(const QList<batch::Volume> &volumes)
{
    return toRows(volumes, [](const batch::Volume &each) {
        const auto efs = each.efsVolumeConfiguration.value_or(batch::EfsVolumeConfiguration{});
        return QStringList{each.name, each.host.value_or(batch::Host{}).sourcePath,
                           efs.fileSystemId, efs.rootDirectory};
    });
}

QList<batch::Volume> volumesOf(const QList<batch::Volume> &before, const Rows &rows)
{
    return fromRows(before, rows, 4, [](batch::Volume &each, const QStringList &row) {
        each.name = row.value(0);
        if (row.value(2).isEmpty() && row.value(3).isEmpty()) {
            each.efsVolumeConfiguration.reset();
        } else {
            if (!each.efsVolumeConfiguration)
                each.efsVolumeConfiguration.emplace();
            each.efsVolumeConfiguration->fileSystemId = row.value(2);
            each.efsVolumeConfiguration->rootDirectory = row.value(3);
        }
        // Without a source path it is a scratch volume, which AWS writes as an empty host.
        if (!row.value(1).isEmpty() || !each.efsVolumeConfiguration) {
            if (!each.host)
                each.host.emplace();
            each.host->sourcePath = row.value(1);
        } else {
            each.host.reset();
        }
    });
}

Rows rowsOf(const QList<batch::MountPoint> &mounts)
{
    return toRows(mounts, [](const batch::MountPoint &each) {
        return QStringList{each.sourceVolume, each.containerPath, flagCell(each.readOnly)};
    });
}

QList<batch::MountPoint> mountsOf(const QList<batch::MountPoint> &before, const Rows &rows)
{
    return fromRows(before, rows, 3, [](batch::MountPoint &each, const QStringList &row) {
        each.sourceVolume = row.value(0);
        each.containerPath = row.value(1);
        setFlag(each.readOnly, row.value(2));
    });
}

Rows rowsOf(const QList<batch::Tmpfs> &list)
{
    return toRows(list, [](const batch::Tmpfs &each) {
        return QStringList{each.containerPath, each.size ? QString::number(each.size) : QString(),
                           each.mountOptions.join(QStringLiteral(", "))};
    });
}

QList<batch::Tmpfs> tmpfsOf(const QList<batch::Tmpfs> &before, const Rows &rows)
{
    return fromRows(before, rows, 3, [](batch::Tmpfs &each, const QStringList &row) {
        each.containerPath = row.value(0);
        each.size = row.value(1).toInt();
        each.mountOptions = wordsOf(row.value(2));
    });
}

Rows rowsOf(const QList<batch::Device> &devices)
{
    return toRows(devices, [](const batch::Device &each) {
        return QStringList{each.hostPath, each.containerPath,
                           each.permissions.join(QStringLiteral(", "))};
    });
}

QList<batch::Device> devicesOf(const QList<batch::Device> &before, const Rows &rows)
{
    return fromRows(before, rows, 3, [](batch::Device &each, const QStringList &row) {
        each.hostPath = row.value(0);
        each.containerPath = row.value(1);
        each.permissions = wordsOf(row.value(2));
    });
}

Rows rowsOf(const QList<batch::Ulimit> &ulimits)
{
    return toRows(ulimits, [](const batch::Ulimit &each) {
        return QStringList{each.name, QString::number(each.softLimit),
                           QString::number(each.hardLimit)};
    });
}

QList<batch::Ulimit> ulimitsOf(const QList<batch::Ulimit> &before, const Rows &rows)
{
    return fromRows(before, rows, 3, [](batch::Ulimit &each, const QStringList &row) {
        each.name = row.value(0);
        each.softLimit = row.value(1).toInt();
        each.hardLimit = row.value(2).toInt();
    });
}

Rows rowsOf(const QList<batch::TaskContainerDependency> &dependencies)
{
    return toRows(dependencies, [](const batch::TaskContainerDependency &each) {
        return QStringList{each.containerName, toString(each.condition)};
    });
}

QList<batch::TaskContainerDependency>
dependenciesOf(const QList<batch::TaskContainerDependency> &before, const Rows &rows)
{
    return fromRows(before, rows, 2,
                    [](batch::TaskContainerDependency &each, const QStringList &row) {
                        each.containerName = row.value(0);
                        each.condition = batch::dependencyCondition(row.value(1))
                                             .value_or(batch::DependencyCondition::Start);
                    });
}

QList<RowsEditor::Column> environmentColumns()
{
    return {{Lists::tr("Name"), u"name"_s, Kind::Text, 1, u"MAZE_SEED"_s},
            {Lists::tr("Value"), u"value"_s, Kind::Text, 2}};
}

QList<RowsEditor::Column> exitRuleColumns()
{
    return {{Lists::tr("Status reason"), u"onStatusReason"_s, Kind::Text, 2, u"Host EC2*"_s},
            {Lists::tr("Reason"), u"onReason"_s, Kind::Text, 2, u"OutOfMemoryError*"_s},
            {Lists::tr("Exit code"), u"onExitCode"_s, Kind::Text, 1, u"137"_s},
            {Lists::tr("Action"), u"action"_s, Kind::Choice, 1, {}, {u"RETRY"_s, u"EXIT"_s}}};
}

QString requirementValue(const QList<batch::ResourceRequirement> &requirements, const QString &type)
{
    for (const auto &each : requirements) {
        if (each.type == type)
            return each.value;
    }
    return {};
}

void setRequirement(QList<batch::ResourceRequirement> &requirements, const QString &type,
                    const QString &value, bool mayBeAbsent)
{
    for (int i = 0; i < requirements.size(); ++i) {
        if (requirements[i].type != type)
            continue;
        if (value.isEmpty() && mayBeAbsent)
            requirements.removeAt(i);
        else
            requirements[i].value = value;
        return;
    }
    if (!value.isEmpty() || !mayBeAbsent)
        requirements.append({type, value, {}});
}

QString requirementPlace(const QList<batch::ResourceRequirement> &requirements, const QString &type)
{
    for (int i = 0; i < requirements.size(); ++i) {
        if (requirements[i].type == type)
            return u"resourceRequirements[%1]"_s.arg(i);
    }
    return u"resourceRequirements"_s;
}

} // namespace batchyard::ui
