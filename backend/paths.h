// Where Batchyard keeps its things. Everything of one user lies under one state directory, 0700.
#pragma once

#include <QString>

namespace batchyard {

struct Paths {
    QString state; // $BATCHYARD_HOME, else $XDG_STATE_HOME/batchyard, else ~/.local/state/batchyard
    QString share; // read-only data beside the program: ../share/batchyard of its directory

    // Needs the application object, for its program's directory.
    [[nodiscard]] static Paths fromEnvironment();
    [[nodiscard]] static QString stateFromEnvironment();

    [[nodiscard]] QString database() const { return state + QStringLiteral("/executor.sqlite"); }
    // A copy of it, made daily and when the executor ends.
    [[nodiscard]] QString databaseBackup() const { return state + QStringLiteral("/state.backup"); }
    [[nodiscard]] QString lockFile() const { return state + QStringLiteral("/executor.lock"); }
    [[nodiscard]] QString executorLog() const { return state + QStringLiteral("/executor.log"); }
    // Endpoint, region and generated key pair of the local executor, 0600 (LocalConnection).
    [[nodiscard]] QString connectionFile() const
    {
        return state + QStringLiteral("/connection.json");
    }
    // What jobs may have of this machine (executor/api/localpolicy.h); the user writes it.
    [[nodiscard]] QString policyFile() const { return state + QStringLiteral("/policy.json"); }
    [[nodiscard]] QString eventPosition() const
    {
        return state + QStringLiteral("/events.position");
    }
    // logs/<job id>/<attempt>/<index>.log
    [[nodiscard]] QString logs() const { return state + QStringLiteral("/logs"); }
    // Volumes: scratch/<job id>/<attempt>/<volume>, efs/<file system id>.
    [[nodiscard]] QString volumes() const { return state + QStringLiteral("/volumes"); }
    [[nodiscard]] QString simulation() const { return share + QStringLiteral("/simulation"); }
    [[nodiscard]] QString samples() const { return share + QStringLiteral("/samples"); }

    // Makes the state directory when it is missing, and it is 0700 then; false when that fails.
    [[nodiscard]] bool makeState() const;
};

} // namespace batchyard
