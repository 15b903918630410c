// Small values that several AWS Batch shapes share. Field names are AWS's own.
#pragma once

#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>
#include <string>

namespace batchyard::batch {

// AWS Batch times: whole milliseconds since the Unix epoch, UTC.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

[[nodiscard]] inline qint64 toEpochMs(Timestamp time)
{
    return time.time_since_epoch().count();
}
[[nodiscard]] inline Timestamp fromEpochMs(qint64 ms)
{
    return Timestamp(std::chrono::milliseconds(ms));
}

using Tags = QMap<QString, QString>;

// The members of a JSON object that this build does not know, as the text of a JSON object; empty
// when there are none. It is written back on export, so a newer document survives an older console.
// Members that are there but empty or null stand here too, since the fields cannot tell them from
// absent ones; a field that is filled later wins over them.
using UnknownMembers = std::string;

struct KeyValuePair {
    QString name;
    QString value;
    UnknownMembers unknown;
    friend bool operator==(const KeyValuePair &, const KeyValuePair &) = default;
};

// One fault of a document: where, what is wrong and what is allowed, in one sentence for a person.
struct Fault {
    enum class Severity { Error, Warning };
    QString path; // JSON path from the document's root, e.g.
                  // "ecsProperties.taskProperties[0].containers[1].name"
    QString message;
    Severity severity = Severity::Error;
    friend bool operator==(const Fault &, const Fault &) = default;
};

using Faults = QList<Fault>;

[[nodiscard]] bool hasErrors(const Faults &faults);
// All messages as one text, each with its path, errors first; what an API error's message says.
[[nodiscard]] QString toText(const Faults &faults);
// The faults of one field: those of the path and of what lies below it ("containers[0]" has
// "containers[0].name" but not "containers[01]").
[[nodiscard]] Faults faultsAt(const Faults &faults, const QString &pathPrefix);

} // namespace batchyard::batch
