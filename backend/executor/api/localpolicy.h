// What jobs may have of this machine that leads out of their containers. Nothing of it unless the
// user says so: for good in a file in the state directory, or for one definition in the header of
// the call that registers it. A host's network is not on the list: no job ever gets it here.
#pragma once

#include "backend/batch/jobdefinition.h"

namespace batchyard::executor::api {

struct LocalPolicy {
    bool privileged = false;
    bool devices = false;
    bool hostNamespaces = false; // ipcMode and pidMode "host"
    QStringList hostDirectories; // these and what lies below them may be mounted; "/": all
    bool engineSocket = false; // the engine's socket and the executor's own files, too
    QString problem; // what is wrong with the file, if it is not followed because of that

    // From the policy file, in JSON: {"privileged": true, "hostDirectories": ["/srv/data"]}. No
    // file allows nothing. One that others may write, or with a fault, allows nothing either and
    // `problem` tells.
    [[nodiscard]] static LocalPolicy fromFile(const QString &path);
    // The same with what a client asks for by name ("privileged, devices"; hostDirectories: all).
    // Names that are not known are left out.
    [[nodiscard]] LocalPolicy with(const QByteArray &allowed) const;
};

// What a definition is measured against.
struct PolicySurroundings {
    QString file; // the policy file, for the messages
    QStringList guarded; // paths that are as good as the whole machine: engineSocket
};

// The header by which a client allows things for the definition that it registers, and the one in
// which a refusal names what would have to be allowed. Both: "privileged, devices".
inline constexpr QLatin1StringView allowHeader{"x-batchyard-allow"};
inline constexpr QLatin1StringView refusedHeader{"x-batchyard-refused"};
// Before the same list in the detail of the operation's error (AccessDenied).
inline constexpr QLatin1StringView refusedMark{"Refused "};

struct PolicyRefusal {
    batch::Faults faults; // one for each thing that is not allowed, with how to allow it
    QStringList permissions; // the names (batch/permission.h) that would allow all of it
    QMap<QString, QString> hostPaths; // what was measured: see JobDefinition::hostPaths
};

[[nodiscard]] PolicyRefusal refusalOf(const LocalPolicy &policy,
                                      const PolicySurroundings &surroundings,
                                      const batch::JobDefinition &definition);

} // namespace batchyard::executor::api
