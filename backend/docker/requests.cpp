#include "backend/docker/requests.h"

#include <QStringBuilder>

#include <nlohmann/json.hpp>

namespace batchyard::docker {

namespace {

using OrderedJson = nlohmann::ordered_json;

std::string text(const QString &value)
{
    return value.toStdString();
}

OrderedJson list(const QStringList &values)
{
    OrderedJson result = OrderedJson::array();
    for (const QString &value : values)
        result.push_back(text(value));
    return result;
}

OrderedJson object(const QMap<QString, QString> &values)
{
    OrderedJson result = OrderedJson::object();
    for (auto it = values.cbegin(); it != values.cend(); ++it)
        result[text(it.key())] = text(it.value());
    return result;
}

QByteArray dump(const OrderedJson &json)
{
    return QByteArray::fromStdString(
        json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}

// Sets members that say something, and leaves the rest to the daemon.
class Members
{
public:
    explicit Members(OrderedJson &json)
        : m_json(json)
    {
    }
    void set(const char *name, const QString &value)
    {
        if (!value.isEmpty())
            m_json[name] = text(value);
    }
    void set(const char *name, const QStringList &value)
    {
        if (!value.isEmpty())
            m_json[name] = list(value);
    }
    void set(const char *name, qint64 value)
    {
        if (value != 0)
            m_json[name] = value;
    }
    void set(const char *name, bool value)
    {
        if (value)
            m_json[name] = true;
    }
    void set(const char *name, OrderedJson value)
    {
        if (!value.empty())
            m_json[name] = std::move(value);
    }

private:
    OrderedJson &m_json;
};

// Bind mounts go through Mounts, not Binds: for Binds the daemon makes a missing source, as root.
OrderedJson mounts(const QList<Mount> &all)
{
    OrderedJson result = OrderedJson::array();
    for (const Mount &mount : all) {
        if (mount.type == Mount::Type::Tmpfs)
            continue;
        OrderedJson entry;
        entry["Type"] = mount.type == Mount::Type::Bind ? "bind" : "volume";
        entry["Source"] = text(mount.source);
        entry["Target"] = text(mount.target);
        Members(entry).set("ReadOnly", mount.readOnly);
        result.push_back(std::move(entry));
    }
    return result;
}

// Tmpfs goes through its own map, which alone takes options such as noexec.
OrderedJson tmpfs(const QList<Mount> &all)
{
    OrderedJson result = OrderedJson::object();
    for (const Mount &mount : all) {
        if (mount.type != Mount::Type::Tmpfs)
            continue;
        QStringList options = mount.tmpfsOptions;
        if (mount.readOnly)
            options.append(QStringLiteral("ro"));
        if (mount.tmpfsSizeBytes > 0)
            options.append(QStringLiteral("size=%1").arg(mount.tmpfsSizeBytes));
        result[text(mount.target)] = text(options.join(u','));
    }
    return result;
}

OrderedJson ulimits(const QList<Ulimit> &all)
{
    OrderedJson result = OrderedJson::array();
    for (const Ulimit &limit : all)
        result.push_back({{"Name", text(limit.name)}, {"Soft", limit.soft}, {"Hard", limit.hard}});
    return result;
}

OrderedJson devices(const QList<DeviceMapping> &all)
{
    OrderedJson result = OrderedJson::array();
    for (const DeviceMapping &device : all)
        result.push_back({{"PathOnHost", text(device.pathOnHost)},
                          {"PathInContainer", text(device.pathInContainer)},
                          {"CgroupPermissions", text(device.cgroupPermissions)}});
    return result;
}

OrderedJson gpus(int count)
{
    OrderedJson result = OrderedJson::array();
    if (count > 0) {
        OrderedJson request;
        request["Count"] = count;
        request["Capabilities"] = OrderedJson::array({OrderedJson::array({"gpu"})});
        result.push_back(std::move(request));
    }
    return result;
}

OrderedJson logConfig(const ContainerSpec &spec)
{
    OrderedJson result = OrderedJson::object();
    if (!spec.logDriver.isEmpty()) {
        QMap<QString, QString> options = spec.logOptions;
        options.insert(spec.secretLogOptions);
        result["Type"] = text(spec.logDriver);
        result["Config"] = object(options);
    }
    return result;
}

OrderedJson hostConfig(const ContainerSpec &spec)
{
    OrderedJson json = OrderedJson::object();
    Members members(json);
    members.set("NetworkMode", spec.networkMode);
    members.set("ExtraHosts", spec.extraHosts);
    members.set("IpcMode", spec.ipcMode);
    members.set("PidMode", spec.pidMode);
    members.set("Memory", spec.memoryBytes);
    if (spec.memorySwapBytes)
        json["MemorySwap"] = *spec.memorySwapBytes;
    if (spec.memorySwappiness)
        json["MemorySwappiness"] = *spec.memorySwappiness;
    members.set("NanoCpus", spec.nanoCpus);
    members.set("CpuShares", spec.cpuShares);
    members.set("ShmSize", spec.shmSizeBytes);
    members.set("PidsLimit", spec.pidsLimit);
    members.set("DeviceRequests", gpus(spec.gpuCount));
    members.set("Init", spec.init);
    members.set("Privileged", spec.privileged);
    members.set("ReadonlyRootfs", spec.readonlyRootfs);
    if (spec.noNewPrivileges)
        json["SecurityOpt"] = OrderedJson::array({"no-new-privileges"});
    members.set("Mounts", mounts(spec.mounts));
    members.set("Tmpfs", tmpfs(spec.mounts));
    members.set("Ulimits", ulimits(spec.ulimits));
    members.set("Devices", devices(spec.devices));
    members.set("LogConfig", logConfig(spec));
    return json;
}

} // namespace

QByteArray createContainerBody(const ContainerSpec &spec)
{
    OrderedJson json = OrderedJson::object();
    json["Image"] = text(spec.image);
    Members members(json);
    members.set("Entrypoint", spec.entryPoint);
    members.set("Cmd", spec.cmd);
    QStringList environment;
    for (const auto &[name, value] : spec.environment + spec.secretEnvironment)
        environment.append(name + u'=' + value);
    members.set("Env", environment);
    members.set("Labels", object(spec.labels));
    members.set("User", spec.user);
    members.set("Hostname", spec.hostname);
    members.set("NetworkDisabled", spec.networkDisabled);
    members.set("HostConfig", hostConfig(spec));
    return dump(json);
}

QByteArray createNetworkBody(const NetworkSpec &spec)
{
    OrderedJson json;
    json["Name"] = text(spec.name);
    json["CheckDuplicate"] = true;
    json["Driver"] = "bridge";
    Members(json).set("Internal", spec.internal);
    json["Options"]
        = {{"com.docker.network.bridge.enable_icc", spec.connectsContainers ? "true" : "false"}};
    json["Labels"] = object(spec.labels);
    return dump(json);
}

QByteArray createVolumeBody(const VolumeSpec &spec)
{
    OrderedJson json;
    json["Name"] = text(spec.name);
    Members(json).set("DriverOpts", object(spec.driverOptions));
    json["Labels"] = object(spec.labels);
    return dump(json);
}

QByteArray registryAuth(const ImagePull &pull)
{
    if (!pull.credentials)
        return {};
    const QString host = pull.image.section(u'/', 0, 0);
    const bool isHost = pull.image.contains(u'/')
        && (host.contains(u'.') || host.contains(u':') || host == u"localhost");
    OrderedJson json;
    json["username"] = text(pull.credentials->user);
    json["password"] = text(pull.credentials->password);
    if (isHost)
        json["serveraddress"] = text(host);
    return dump(json).toBase64(QByteArray::Base64UrlEncoding);
}

QByteArray filtersJson(const QMap<QString, QStringList> &filters)
{
    OrderedJson json = OrderedJson::object();
    for (auto it = filters.cbegin(); it != filters.cend(); ++it)
        json[text(it.key())] = list(it.value());
    return dump(json);
}

QByteArray mapJson(const QMap<QString, QString> &map)
{
    return map.isEmpty() ? QByteArray() : dump(object(map));
}

QByteArray query(Parameters parameters)
{
    QByteArray result;
    for (const auto &[name, value] : parameters) {
        if (value.isEmpty())
            continue;
        result += result.isEmpty() ? '?' : '&';
        result += name;
        result += '=';
        result += value.toPercentEncoding();
    }
    return result;
}

QByteArray pathSegment(const QString &text)
{
    return text.toUtf8().toPercentEncoding();
}

QByteArray imagePath(const QString &image)
{
    return image.toUtf8().toPercentEncoding("/:@");
}

ImageReference splitImage(const QString &image)
{
    if (const qsizetype at = image.indexOf(u'@'); at >= 0) {
        // A tag before a digest says nothing more.
        return {splitImage(image.left(at)).repository, image.mid(at + 1)};
    }
    const qsizetype colon = image.lastIndexOf(u':');
    if (colon > image.lastIndexOf(u'/')) // else it is a registry's port, or none
        return {image.left(colon), image.mid(colon + 1)};
    return {image, QStringLiteral("latest")};
}

} // namespace batchyard::docker
