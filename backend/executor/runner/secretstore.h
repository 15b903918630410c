// The values that `secrets`, registry credentials and a pod's secret volumes refer to: what Secrets
// Manager and Parameter Store are on AWS. One JSON object of strings in the executor's state
// directory, 0600; a file that others may read is refused. Read at each use, so a value lives in
// memory only as long as a container is being made.
//
// No error holds a value.
#pragma once

#include "backend/paths.h"
#include "backend/result.h"

#include <QMap>
#include <QStringList>

#include <optional>

namespace batchyard::executor {

class SecretStore
{
public:
    explicit SecretStore(QString path);
    [[nodiscard]] static QString pathFor(const Paths &paths)
    {
        return paths.state + QStringLiteral("/secrets.json");
    }

    // Names are what valueFrom says: the ARN of a secret or parameter, or its bare name. Errors of
    // all: Io, AccessDenied (others may read the file), Protocol (it is no such JSON).
    [[nodiscard]] Result<QStringList> names() const;
    // Error besides: InvalidInput, a name that is empty or longer than 2048 characters, or a value
    // of more than 64 KiB.
    [[nodiscard]] Result<void> set(const QString &name, const QString &value);
    [[nodiscard]] Result<void> remove(const QString &name); // NotFound

    // What a valueFrom stands for. A Secrets Manager ARN may end in
    // ":json-key:version-stage:version-id"; there is one version here, AWSCURRENT, and no version
    // ids. An ARN is found under itself, without its random suffix, or under the bare name. Errors:
    // NotFound, InvalidInput (no JSON object, or no such key in it).
    [[nodiscard]] Result<QString> value(const QString &valueFrom) const;
    // The keys and values of a secret that is a JSON object of strings.
    [[nodiscard]] Result<QMap<QString, QString>> object(const QString &name) const;

private:
    using Entries = QMap<QString, QString>;

    [[nodiscard]] Result<Entries> read() const;
    [[nodiscard]] Result<void> write(const Entries &entries) const;
    [[nodiscard]] Result<QString> find(const Entries &entries, const QString &name) const;

    QString m_path;
};

} // namespace batchyard::executor
