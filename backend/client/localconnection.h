// How to reach the executor of this user: endpoint, region and a generated key pair, in one 0600
// file. The executor writes it, every client reads it; the key pair outlives both.
#pragma once

#include "backend/net/sigv4.h"
#include "backend/result.h"

namespace batchyard::client {

struct LocalConnection {
    QString endpoint; // "http://127.0.0.1:40123"; empty: no executor has run yet
    QString region = QStringLiteral("us-east-1");
    net::Credentials credentials;
    qint64 pid = 0; // of the executor that wrote it last; 0: it has ended

    // Errors: NotFound (no file), AccessDenied (others may read it), Protocol (damaged), Io.
    [[nodiscard]] static Result<LocalConnection> read(const QString &path);
    // The stored one, or one with a new random key pair when there is no file yet.
    [[nodiscard]] static Result<LocalConnection> readOrGenerate(const QString &path);
    // Replaces the file in one step, 0600.
    [[nodiscard]] Result<void> write(const QString &path) const;

    [[nodiscard]] quint16 port() const; // of the endpoint; 0 when there is none

    friend bool operator==(const LocalConnection &a, const LocalConnection &b)
    {
        return a.endpoint == b.endpoint && a.region == b.region && a.pid == b.pid
            && a.credentials.accessKeyId == b.credentials.accessKeyId
            && a.credentials.secretAccessKey == b.credentials.secretAccessKey;
    }
};

// What an AWS SDK or the AWS CLI needs: `export AWS_ENDPOINT_URL=…` lines for a shell, or the same
// names as a JSON object.
[[nodiscard]] QByteArray connectionAsEnvironment(const LocalConnection &connection);
[[nodiscard]] QByteArray connectionAsJson(const LocalConnection &connection);

} // namespace batchyard::client
