// Values of the Docker Engine API (1.41): what goes in and what comes out, Docker's own names.
#pragma once

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>

namespace batchyard::docker {

using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

struct Mount {
    enum class Type { Bind, Volume, Tmpfs };
    Type type = Type::Bind;
    QString source; // host path or volume name; empty for tmpfs
    QString target;
    bool readOnly = false;
    qint64 tmpfsSizeBytes = 0;
    QStringList tmpfsOptions;
};

struct Ulimit {
    QString name;
    qint64 soft = 0;
    qint64 hard = 0;
};

struct DeviceMapping {
    QString pathOnHost;
    QString pathInContainer;
    QString cgroupPermissions; // "rwm"
};

// POST /containers/create. Zero, empty and nullopt mean: leave it to the daemon.
struct ContainerSpec {
    QString name;
    QString image;
    QString platform; // "linux/arm64"; empty: the engine's own
    QStringList entryPoint; // in place of the image's, and without its Cmd
    QStringList cmd;
    QList<std::pair<QString, QString>> environment;
    // Further variables, with values that nobody but the container is to see: not logged, hashed or
    // kept.
    QList<std::pair<QString, QString>> secretEnvironment;
    QMap<QString, QString> labels;
    QString user;
    QString networkMode; // "none", "container:<id>", a network's name
    bool networkDisabled = false;
    QStringList extraHosts; // "name:address"
    QString hostname;
    QString ipcMode;
    QString pidMode;
    qint64 memoryBytes = 0;
    std::optional<qint64> memorySwapBytes; // memory + swap
    std::optional<int> memorySwappiness;
    qint64 nanoCpus = 0;
    qint64 cpuShares = 0;
    qint64 shmSizeBytes = 0;
    qint64 pidsLimit = 0;
    int gpuCount = 0;
    bool init = false;
    bool privileged = false;
    bool readonlyRootfs = false;
    bool noNewPrivileges = false;
    QList<Mount> mounts;
    QList<Ulimit> ulimits;
    QList<DeviceMapping> devices;
    QString logDriver;
    QMap<QString, QString> logOptions;
    QMap<QString, QString> secretLogOptions; // as secretEnvironment
};

// POST /networks/create: a bridge.
struct NetworkSpec {
    QString name;
    QMap<QString, QString> labels = {};
    bool internal = false; // without a way out
    bool connectsContainers = false; // they reach each other
};

struct NetworkListEntry {
    QString id;
    QString name;
    QMap<QString, QString> labels;
};

// POST /volumes/create: of the local driver. With driver options it is mounted while a running
// container uses it; a tmpfs is empty each time.
struct VolumeSpec {
    QString name;
    QMap<QString, QString> labels = {};
    QMap<QString, QString> driverOptions = {};
};

struct RegistryCredentials {
    QString user;
    QString password;
    friend bool operator==(const RegistryCredentials &, const RegistryCredentials &) = default;
};

struct ImagePull {
    QString image;
    QString platform = {}; // "linux/arm64"; empty: the engine's own
    std::optional<RegistryCredentials> credentials = {};
};

// What inspect says of a container.
struct ContainerState {
    enum class Status { Created, Running, Paused, Restarting, Removing, Exited, Dead };
    QString id;
    QString name; // without the leading slash
    QString image;
    QMap<QString, QString> labels;
    Status status = Status::Created;
    int pid = 0;
    int exitCode = 0; // meaningful once finishedAt is set
    QString error; // State.Error: why a start failed
    bool oomKilled = false;
    std::optional<Timestamp> startedAt; // nullopt: never started
    std::optional<Timestamp> finishedAt; // of a very short run it may lie before startedAt
    QString ipAddress; // on the first network, empty when it has none
};

struct ContainerListEntry {
    QString id;
    QString name;
    QString state; // "created", "running", "exited" …
    QMap<QString, QString> labels;
};

struct ImageInfo {
    QString id;
    QStringList repoTags;
    QMap<QString, QString> labels;
    QString architecture;
    QString user; // that containers run as; empty: root
    qint64 sizeBytes = 0;
};

struct EngineInfo {
    QString version;
    QString apiVersion;
    QString operatingSystem;
    QString architecture;
    int cpus = 0;
    qint64 memoryBytes = 0;
    bool liveRestore = false;
    bool hasGpuRuntime = false;
};

struct WaitResult {
    int exitCode = 0;
    QString error;
};

struct Event {
    QString type; // "container"
    QString action; // "start", "die", "oom", "destroy" …
    QString id;
    QMap<QString, QString> attributes;
    Timestamp time;
};

struct ImageBuild {
    QString tag;
    QByteArray contextTar; // uncompressed tar with a Dockerfile
    QMap<QString, QString> buildArguments;
    QMap<QString, QString> labels;
    QString networkMode; // of RUN steps
    bool pull = false;
};

} // namespace batchyard::docker
