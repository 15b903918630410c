#include "backend/executor/api/localpolicy.h"

#include "backend/batch/jsonvalues.h"
#include "backend/batch/wording.h"
#include "backend/resolvedpath.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 maximumFileBytes = 64 * 1024;

struct Switch {
    QLatin1StringView name;
    bool LocalPolicy::*flag;
};
constexpr Switch switches[]{{"privileged"_L1, &LocalPolicy::privileged},
                            {"devices"_L1, &LocalPolicy::devices},
                            {"hostNamespaces"_L1, &LocalPolicy::hostNamespaces},
                            {"engineSocket"_L1, &LocalPolicy::engineSocket}};
constexpr QLatin1StringView hostDirectoriesName{"hostDirectories"};

// nullptr when there is none of that name.
const Switch *switchOf(QByteArrayView name)
{
    const auto *const found = std::ranges::find_if(
        switches, [&](const Switch &each) { return name == QByteArrayView(each.name); });
    return found == std::end(switches) ? nullptr : found;
}

std::optional<QStringList> absolutePaths(const batch::Json &value)
{
    QStringList paths;
    if (!value.is_array())
        return std::nullopt;
    for (const batch::Json &entry : value) {
        const QString path
            = entry.is_string() ? QString::fromStdString(entry.get<std::string>()) : QString();
        if (!QDir::isAbsolutePath(path))
            return std::nullopt;
        paths += path;
    }
    return paths;
}

LocalPolicy nothingBecause(const QString &problem)
{
    LocalPolicy policy;
    policy.problem = problem;
    return policy;
}

LocalPolicy policyOf(const batch::Json &json)
{
    if (!json.is_object())
        return nothingBecause(u"it is no JSON object"_s);
    LocalPolicy policy;
    for (const auto &[key, value] : json.items()) {
        const Switch *flag
            = switchOf(QByteArrayView(key.data(), static_cast<qsizetype>(key.size())));
        const auto paths = absolutePaths(value);
        if (flag && value.is_boolean())
            policy.*flag->flag = value.get<bool>();
        else if (key == hostDirectoriesName.data() && paths)
            policy.hostDirectories = *paths;
        else
            return nothingBecause(
                u"%1 is not one of privileged, devices, hostNamespaces and engineSocket with true "
                "or false, nor hostDirectories with a list of absolute paths"_s.arg(
                    QString::fromStdString(key).left(40)));
    }
    return policy;
}

QString faultOfFile(const QFileInfo &info)
{
    if (!info.isFile() || info.ownerId() != ::geteuid())
        return u"it is not a file of yours"_s;
    if (info.permissions() & (QFile::WriteGroup | QFile::WriteOther))
        return u"others may write it; chmod 600 mends that"_s;
    if (info.size() > maximumFileBytes)
        return u"it is larger than 64 KiB"_s;
    return {};
}

// What the engine's log drivers open on the host for this option; empty: nothing. What cannot be
// told for sure is everything.
QString hostPathOfLogOption(const QString &name, const QString &value)
{
    static const QStringList files{u"splunk-capath"_s, u"syslog-tls-ca-cert"_s,
                                   u"syslog-tls-cert"_s, u"syslog-tls-key"_s};
    QString path;
    if (files.contains(name))
        path = value;
    else if (name.endsWith(u"-address"_s)
             && value.trimmed().startsWith(u"unix"_s, Qt::CaseInsensitive))
        path = QUrl(value.trimmed()).path(QUrl::FullyDecoded);
    else
        return {};
    const bool isPlain = QDir::isAbsolutePath(path) && !path.split(u'/').contains(u".."_s);
    return isPlain ? path : u"/"_s;
}

// Collects the faults of one task. The legacy form has its only container's members beside the
// task's own.
class TaskCheck
{
public:
    TaskCheck(const LocalPolicy &policy, const PolicySurroundings &surroundings, QString path,
              bool isLegacy)
        : m_policy(policy)
        , m_surroundings(surroundings)
        , m_path(std::move(path))
        , m_isLegacy(isLegacy)
    {
    }

    PolicyRefusal run(const batch::EcsTaskProperties &task)
    {
        if (!m_policy.hostNamespaces && task.ipcMode == u"host"_s)
            refuse(u"ipcMode"_s, u"the host's IPC namespace"_s, u"hostNamespaces"_s);
        if (!m_policy.hostNamespaces && task.pidMode == u"host"_s)
            refuse(u"pidMode"_s, u"the host's processes"_s, u"hostNamespaces"_s);
        for (qsizetype i = 0; i < task.volumes.size(); ++i)
            checkVolume(task.volumes[i], u"volumes[%1].host.sourcePath"_s.arg(i));
        for (qsizetype i = 0; i < task.containers.size(); ++i)
            checkContainer(task.containers[i],
                           m_isLegacy ? QString() : u"containers[%1]."_s.arg(i));
        return std::move(m_refusal);
    }

private:
    // "hostDirectories to [...]" is hostDirectories.
    static QString permissionIn(const QString &name) { return name.section(u' ', 0, 0); }

    void refuse(const QString &where, const QString &what, const QString &name)
    {
        m_refusal.permissions += permissionIn(name);
        const QString allow = m_surroundings.file.isEmpty()
            ? u"set %1 in the executor's policy file"_s.arg(name)
            : u"set %1 in %2"_s.arg(name, m_surroundings.file);
        QString text = what % u" is not given to jobs by this executor's policy. To allow it, "
            % allow % u", or register with the header " % allowHeader % u": " % permissionIn(name)
            % u'.';
        if (!m_policy.problem.isEmpty())
            text += u" The policy file is not followed: " % m_policy.problem % u'.';
        m_refusal.faults
            += batch::Fault{m_path % u'.' % where, text, batch::Fault::Severity::Error};
    }

    void checkContainer(const batch::TaskContainerProperties &container, const QString &where)
    {
        if (!m_policy.privileged && container.privileged.value_or(false))
            refuse(where % u"privileged", u"every right on the machine"_s, u"privileged"_s);
        if (!m_policy.devices && container.linuxParameters
            && !container.linuxParameters->devices.isEmpty())
            refuse(where % u"linuxParameters.devices", u"a device of the host"_s, u"devices"_s);
        if (!container.logConfiguration)
            return;
        const auto &options = container.logConfiguration->options;
        for (auto option = options.cbegin(); option != options.cend(); ++option) {
            if (const QString path = hostPathOfLogOption(option.key(), option.value());
                !path.isEmpty())
                checkPath(resolvedPath(path),
                          batch::memberPath(where % u"logConfiguration.options"_s, option.key()));
        }
    }

    void checkVolume(const batch::Volume &volume, const QString &where)
    {
        if (!volume.host || volume.host->sourcePath.isEmpty())
            return;
        const QString path = resolvedPath(volume.host->sourcePath);
        m_refusal.hostPaths.insert(QDir::cleanPath(volume.host->sourcePath), path);
        checkPath(path, where);
    }

    void checkPath(const QString &path, const QString &where)
    {
        const auto leadsTo = [&](const QString &guarded) {
            return isWithin(resolvedPath(guarded), path) || isWithin(path, resolvedPath(guarded));
        };
        const auto holds
            = [&](const QString &directory) { return isWithin(path, resolvedPath(directory)); };
        if (!m_policy.engineSocket
            && std::any_of(m_surroundings.guarded.cbegin(), m_surroundings.guarded.cend(), leadsTo))
            refuse(where, u"the engine's socket or the executor's own files (%1)"_s.arg(path),
                   u"engineSocket"_s);
        if (std::none_of(m_policy.hostDirectories.cbegin(), m_policy.hostDirectories.cend(), holds))
            refuse(where, u"the host's directory %1"_s.arg(path),
                   u"hostDirectories to [\"%1\"]"_s.arg(path));
    }

    const LocalPolicy &m_policy;
    const PolicySurroundings &m_surroundings;
    QString m_path;
    bool m_isLegacy;
    PolicyRefusal m_refusal;
};

} // namespace

LocalPolicy LocalPolicy::fromFile(const QString &path)
{
    const QFileInfo info(path);
    if (path.isEmpty() || (!info.exists() && !info.isSymLink()))
        return {};
    if (const QString fault = faultOfFile(info); !fault.isEmpty())
        return nothingBecause(fault);
    QFile file(path);
    if (!file.open(QFile::ReadOnly))
        return nothingBecause(file.errorString());
    const auto json = batch::parseJson(file.readAll(), maximumFileBytes);
    return json ? policyOf(*json) : nothingBecause(json.error().message);
}

LocalPolicy LocalPolicy::with(const QByteArray &allowed) const
{
    LocalPolicy result = *this;
    for (const QByteArray &part : allowed.split(',')) {
        const QByteArray name = part.trimmed();
        if (const Switch *flag = switchOf(name))
            result.*flag->flag = true;
        else if (name == QByteArrayView(hostDirectoriesName))
            result.hostDirectories = QStringList{u"/"_s};
    }
    return result;
}

PolicyRefusal refusalOf(const LocalPolicy &policy, const PolicySurroundings &surroundings,
                        const batch::JobDefinition &definition)
{
    PolicyRefusal refusal;
    // forms: a definition or a range of nodes, which name the legacy form legacyName.
    const auto check = [&](const auto &forms, const QString &prefix, const QString &legacyName) {
        const std::optional<batch::EcsTaskProperties> task = forms.task();
        if (!task)
            return;
        const bool isLegacy = !forms.ecsProperties && !forms.eksProperties;
        const QString name = isLegacy ? legacyName
            : forms.ecsProperties     ? u"ecsProperties.taskProperties[0]"_s
                                      : u"eksProperties.podProperties"_s;
        const PolicyRefusal found
            = TaskCheck(policy, surroundings, prefix % name, isLegacy).run(*task);
        refusal.faults += found.faults;
        refusal.permissions += found.permissions;
        refusal.hostPaths.insert(found.hostPaths);
    };
    if (definition.nodeProperties) {
        const auto &ranges = definition.nodeProperties->nodeRangeProperties;
        for (qsizetype i = 0; i < ranges.size(); ++i)
            check(ranges[i], u"nodeProperties.nodeRangeProperties[%1]."_s.arg(i), u"container"_s);
    } else {
        check(definition, {}, u"containerProperties"_s);
    }
    refusal.permissions.removeDuplicates();
    return refusal;
}

} // namespace batchyard::executor::api
