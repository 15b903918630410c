#include "backend/docker/endpoint.h"

#include "backend/docker/httpengine.h"

#include <QFile>
#include <QStandardPaths>
#include <QStringBuilder>

#include <cerrno>
#include <cstring>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace batchyard::docker {

namespace {

constexpr int leastMinor = 41; // of the API: Docker 20.10

constexpr QLatin1String dockerHost("DOCKER_HOST");

QString nameOfUser(uid_t uid)
{
    const passwd *entry = ::getpwuid(uid);
    return entry != nullptr ? QString::fromLocal8Bit(entry->pw_name) : QString::number(uid);
}

QString nameOfGroup(gid_t gid)
{
    const group *entry = ::getgrgid(gid);
    return entry != nullptr ? QString::fromLocal8Bit(entry->gr_name) : QString::number(gid);
}

EndpointUser currentUser()
{
    return {::geteuid(), nameOfUser(::geteuid()),
            !QStandardPaths::findExecutable(QStringLiteral("dockerd")).isEmpty()
                || QFile::exists(QStringLiteral("/usr/sbin/dockerd"))};
}

// Connects without waiting: to a frozen engine a blocking connect may hang for good. 0 or an errno.
int tryConnect(const QByteArray &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= static_cast<qsizetype>(sizeof address.sun_path))
        return ENAMETOOLONG;
    std::memcpy(address.sun_path, path.constData(), static_cast<size_t>(path.size()));
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0)
        return errno;
    const int outcome
        = ::connect(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address);
    const int error = outcome == 0 ? 0 : errno;
    ::close(socket);
    return error;
}

EndpointFault faultOf(int error)
{
    switch (error) {
    case 0:
        return EndpointFault::None;
    case ENOENT:
    case ENOTDIR:
        return EndpointFault::Missing;
    case EACCES:
    case EPERM:
        return EndpointFault::PermissionDenied;
    case EAGAIN: // its queue of connections is full
        return EndpointFault::Silent;
    case ENAMETOOLONG:
    case ENOTSOCK:
        return EndpointFault::NotASocket;
    default:
        return EndpointFault::Refused;
    }
}

EndpointFault faultOf(const Error &error)
{
    switch (error.code) {
    case ErrorCode::Timeout:
        return EndpointFault::Silent;
    case ErrorCode::Unreachable:
        return EndpointFault::Refused;
    default:
        return EndpointFault::NoEngine;
    }
}

ErrorCode codeOf(EndpointFault fault)
{
    switch (fault) {
    case EndpointFault::PermissionDenied:
        return ErrorCode::AccessDenied;
    case EndpointFault::Silent:
        return ErrorCode::Timeout;
    case EndpointFault::NoEngine:
        return ErrorCode::Protocol;
    case EndpointFault::TooOld:
        return ErrorCode::Unsupported;
    case EndpointFault::None:
    case EndpointFault::Missing:
    case EndpointFault::NotASocket:
    case EndpointFault::Refused:
        break;
    }
    return ErrorCode::Unreachable;
}

QString permissionText(const EndpointProbe &probe, const EndpointUser &user)
{
    const QString &socket = probe.candidate.socket;
    const QString who = QStringLiteral("%1 (uid %2)").arg(user.name, QString::number(user.uid));
    if (probe.owner.isEmpty())
        return QStringLiteral("You are %1 and may not look into the directory of %2. Let an "
                              "administrator allow it: sudo setfacl -m u:%3:x \"$(dirname %2)\"")
            .arg(who, socket, user.name);
    const QString facts
        = QStringLiteral("You are %1 and may not use %2: it belongs to user %3 and group %4, with "
                         "mode %5.")
              .arg(who, socket, probe.owner, probe.group,
                   QStringLiteral("%1").arg(probe.mode, 4, 8, QLatin1Char('0')));
    // Group root is no group to join.
    if (probe.group == QStringLiteral("root") || (probe.mode & S_IWGRP) == 0)
        return facts
            + QStringLiteral(" Get access: sudo setfacl -m u:%1:rw %2").arg(user.name, socket);
    return facts
        + QStringLiteral(" Join the group, then log in again: sudo usermod -aG %1 %2")
              .arg(probe.group, user.name);
}

QString faultText(const EndpointProbe &probe, const EndpointUser &user)
{
    const QString &socket = probe.candidate.socket;
    const QString &start = probe.candidate.startCommand;
    switch (probe.fault) {
    case EndpointFault::None:
        return QStringLiteral("The engine at %1 answers.").arg(socket);
    case EndpointFault::Missing:
        if (probe.candidate.origin == dockerHost)
            return QStringLiteral("There is no socket at %1, which DOCKER_HOST names. Start the "
                                  "engine that belongs there, or use another: unset DOCKER_HOST")
                .arg(socket);
        return QStringLiteral("There is no socket at %1: its engine does not run. Start it: %2")
            .arg(socket, start);
    case EndpointFault::NotASocket:
        return QStringLiteral("%1 is not a socket (%2). Name the right one: "
                              "export DOCKER_HOST=unix:///path/to/docker.sock")
            .arg(socket, probe.detail);
    case EndpointFault::PermissionDenied:
        return permissionText(probe, user);
    case EndpointFault::Refused:
        return QStringLiteral("Nobody listens at %1: its engine has stopped and left the socket "
                              "behind. Start it: %2")
            .arg(socket, start);
    case EndpointFault::Silent:
        return QStringLiteral("The engine at %1 takes connections but does not answer: it hangs or "
                              "is paused. Restart it: %2")
            .arg(socket,
                 QString(start).replace(QStringLiteral(" start "), QStringLiteral(" restart ")));
    case EndpointFault::NoEngine:
        return QStringLiteral(
                   "What listens at %1 does not answer as a Docker engine does. Name the "
                   "right socket: export DOCKER_HOST=unix:///path/to/docker.sock")
            .arg(socket);
    case EndpointFault::TooOld:
        return QStringLiteral("The engine at %1 speaks version %2 of Docker's API, and Batchyard "
                              "needs 1.%3 (Docker 20.10) or later. Update it: "
                              "sudo apt-get install docker.io")
            .arg(socket, probe.apiVersion, QString::number(leastMinor));
    }
    return {};
}

QString noneText(const QList<EndpointProbe> &probes, const EndpointUser &user)
{
    QStringList places;
    for (const EndpointProbe &probe : probes)
        places.append(probe.candidate.socket);
    return QStringLiteral("No Docker engine was found: there is no socket at %1. %2")
        .arg(places.join(QStringLiteral(", ")),
             user.hasDockerInstalled
                 ? QStringLiteral("Docker is installed; start it: sudo systemctl start docker")
                 : QStringLiteral("Install one: sudo apt-get install docker.io"));
}

} // namespace

Result<QList<EndpointCandidate>> endpointCandidates(const QProcessEnvironment &environment)
{
    const QString docker = QStringLiteral("sudo systemctl start docker");
    const QString host = environment.value(dockerHost);
    if (host.startsWith(QStringLiteral("unix://")) && host.size() > 7)
        return QList<EndpointCandidate>{{host.mid(7), dockerHost, docker}};
    if (!host.isEmpty())
        return failure(
            ErrorCode::InvalidInput,
            QStringLiteral(
                "DOCKER_HOST is %1, and Batchyard uses unix sockets only (unix:///path), "
                "since an engine on the network is open to everyone who reaches it. "
                "Use the engine of this machine: unset DOCKER_HOST")
                .arg(host.left(200)));

    QList<EndpointCandidate> candidates{
        {QStringLiteral("/var/run/docker.sock"), QStringLiteral("Docker"), docker}};
    const QString runtime = environment.value(QStringLiteral("XDG_RUNTIME_DIR"));
    const QString podman = QStringLiteral("Podman");
    if (!runtime.isEmpty()) {
        candidates.append({runtime + QStringLiteral("/docker.sock"),
                           QStringLiteral("rootless Docker"),
                           QStringLiteral("systemctl --user start docker")});
        candidates.append({runtime + QStringLiteral("/podman/podman.sock"), podman,
                           QStringLiteral("systemctl --user start podman.socket")});
    }
    candidates.append({QStringLiteral("/run/podman/podman.sock"), podman,
                       QStringLiteral("sudo systemctl start podman.socket")});
    return candidates;
}

EndpointProbe probeEndpoint(const EndpointCandidate &candidate)
{
    EndpointProbe probe;
    probe.candidate = candidate;
    const QByteArray path = QFile::encodeName(candidate.socket);
    struct stat found {
    };
    if (::stat(path.constData(), &found) != 0) {
        probe.fault = faultOf(errno);
        return probe;
    }
    probe.owner = nameOfUser(found.st_uid);
    probe.group = nameOfGroup(found.st_gid);
    probe.mode = static_cast<int>(found.st_mode & 07777);
    if (!S_ISSOCK(found.st_mode)) {
        probe.fault = EndpointFault::NotASocket;
        probe.detail = S_ISDIR(found.st_mode) ? QStringLiteral("it is a directory")
                                              : QStringLiteral("it is a file");
        return probe;
    }
    if (const int error = tryConnect(path); error != 0) {
        probe.fault = faultOf(error);
        probe.detail = error == ENAMETOOLONG
            ? QStringLiteral("its path is longer than the 107 bytes of a socket's")
            : QString::fromLocal8Bit(std::strerror(error));
        return probe;
    }
    HttpEngine engine(candidate.socket);
    QFuture<Result<void>> ping = engine.ping();
    ping.waitForFinished();
    const Result<void> answer = ping.result();
    probe.apiVersion = engine.apiVersion();
    if (!answer) {
        probe.fault = faultOf(answer.error());
        probe.detail = answer.error().message;
    } else if (probe.apiVersion.section(u'.', 1).toInt() < leastMinor) {
        probe.fault = EndpointFault::TooOld;
    }
    return probe;
}

Result<Endpoint> chooseEndpoint(const QList<EndpointProbe> &probes, const EndpointUser &user)
{
    const EndpointProbe *nearest = nullptr;
    QStringList all;
    for (const EndpointProbe &probe : probes) {
        if (probe.fault == EndpointFault::None)
            return Endpoint{probe.candidate.socket, probe.candidate.origin, probe.apiVersion};
        if (nearest == nullptr && probe.fault != EndpointFault::Missing)
            nearest = &probe;
        all.append(faultText(probe, user));
    }
    if (nearest == nullptr && probes.size() == 1)
        nearest = &probes.first();
    if (nearest == nullptr)
        return failure(ErrorCode::Unreachable, noneText(probes, user));
    return failure(codeOf(nearest->fault), faultText(*nearest, user), all.join(u'\n'));
}

Result<Endpoint> findEndpoint()
{
    const auto candidates = endpointCandidates(QProcessEnvironment::systemEnvironment());
    if (!candidates)
        return tl::unexpected(candidates.error());
    QList<EndpointProbe> probes;
    for (const EndpointCandidate &candidate : *candidates) {
        probes.append(probeEndpoint(candidate));
        if (probes.last().fault == EndpointFault::None)
            break;
    }
    return chooseEndpoint(probes, currentUser());
}

Result<Endpoint> checkEndpoint(const QString &socket)
{
    const auto known = endpointCandidates(QProcessEnvironment::systemEnvironment());
    EndpointCandidate candidate{socket, {}, QStringLiteral("sudo systemctl start docker")};
    for (const EndpointCandidate &each : known.value_or(QList<EndpointCandidate>()))
        if (each.socket == socket)
            candidate = each;
    return chooseEndpoint({probeEndpoint(candidate)}, currentUser());
}

} // namespace batchyard::docker
