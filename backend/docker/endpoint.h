// Where the Docker engine is: the sockets to try, what is found at each, and, when none answers,
// what is wrong, why, and the one command that mends it.
#pragma once

#include "backend/result.h"

#include <QList>
#include <QProcessEnvironment>
#include <QString>

#include <chrono>

namespace batchyard::docker {

struct EndpointCandidate {
    QString socket;
    QString origin; // "DOCKER_HOST", "Docker", "rootless Docker", "Podman"
    QString startCommand; // what starts the engine behind it
    friend bool operator==(const EndpointCandidate &, const EndpointCandidate &) = default;
};

enum class EndpointFault {
    None,
    Missing,
    NotASocket,
    PermissionDenied,
    Refused, // nobody listens
    Silent, // accepts, and does not answer in time
    NoEngine, // answers, but not as Docker does
    TooOld,
};

// What was found at a candidate's socket.
struct EndpointProbe {
    EndpointCandidate candidate;
    EndpointFault fault = EndpointFault::None;
    QString apiVersion;
    QString owner; // names, or numbers where there is no name; empty when it cannot be seen
    QString group;
    int mode = 0;
    QString detail;
};

struct EndpointUser {
    unsigned uid = 0;
    QString name;
    bool hasDockerInstalled = false;
};

struct Endpoint {
    QString socket;
    QString origin;
    QString apiVersion;
    friend bool operator==(const Endpoint &, const Endpoint &) = default;
};

// DOCKER_HOST alone when it is set, else Docker's, rootless Docker's and Podman's sockets in this
// order. InvalidInput: DOCKER_HOST is no unix socket.
[[nodiscard]] Result<QList<EndpointCandidate>>
endpointCandidates(const QProcessEnvironment &environment);

// Asks the socket; takes at most a ping's deadline (5 s).
[[nodiscard]] EndpointProbe probeEndpoint(const EndpointCandidate &candidate);

// The first that answers; else the error of the one that is nearest to working, all of them in its
// detail.
[[nodiscard]] Result<Endpoint> chooseEndpoint(const QList<EndpointProbe> &probes,
                                              const EndpointUser &user);

// All of the above for this process, stopping at the first that answers. Blocks: not for a thread
// that paints.
[[nodiscard]] Result<Endpoint> findEndpoint();

// The same for one socket that is given by name or was found before: what is wrong with it now.
[[nodiscard]] Result<Endpoint> checkEndpoint(const QString &socket);

} // namespace batchyard::docker
