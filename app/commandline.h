// The command line as values: what the person asked for, checked, before anything is done.
#pragma once

#include "backend/client/samplemaze.h"

#include <QString>
#include <QStringList>

#include <chrono>
#include <variant>

namespace batchyard::app {

struct ConsoleOptions {
    QString page; // opened first; empty: where the person left off
    bool announce = false; // print "shown" once the window has been painted
};

struct RunOptions {
    client::MazeOptions maze;
    QString picture; // file of the replay; empty: one is named after the job
    bool json = false;
};

struct SubmitOptions {
    QString file; // a SubmitJob request, "-" for standard input
    QString definitionFile; // registered before; its name replaces the request's jobDefinition
    QStringList allowed; // permissions that the definition is registered with
    bool follow = false;
    bool json = false;
};

struct JobsOptions {
    QString queue;
    QStringList states;
    bool json = false;
};

struct DescribeOptions {
    QStringList jobIds;
};

struct LogsOptions {
    QString jobId;
    QStringList containers; // empty: all
    bool follow = false;
    bool json = false;
};

struct EndOptions {
    QString jobId;
    QString reason;
    bool terminate = false;
};

struct ExecutorOptions {
    int port = 0; // 0: the one used last, else any
    QString engine; // a socket; empty: found as described in backend/docker/endpoint.h
    std::chrono::seconds idleTimeout{300};
    bool stop = false;
    bool recover = false; // the state database is damaged
};

struct ConnectionOptions {
    enum class Format { Text, Environment, Json };
    Format format = Format::Text;
};

struct FieldsOptions {
    QString request; // "RegisterJobDefinition" …; empty: all
    QString part; // only fields whose path has it
};

struct SecretsOptions {
    enum class Action { List, Set, Remove };
    Action action = Action::List;
    QString name; // as a document's valueFrom says it
};

struct ScreenshotOptions {
    QString page;
    QString theme;
    int width = 1280;
    int height = 800;
    QString file;
};

using Command = std::variant<ConsoleOptions, RunOptions, SubmitOptions, JobsOptions,
                             DescribeOptions, LogsOptions, EndOptions, ExecutorOptions,
                             ConnectionOptions, FieldsOptions, SecretsOptions, ScreenshotOptions>;

// The command, or the exit status of a parse that ended the program (help: 0, bad arguments: 2)
// with its text already printed. hasDisplay decides what a bare "batchyard" does.
[[nodiscard]] std::variant<Command, int> parseCommandLine(int argc, char **argv, bool hasDisplay);

} // namespace batchyard::app
