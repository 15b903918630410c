// AWS Signature Version 4: one canonical request serves the client that signs and the executor that
// verifies. Services other than S3 encode the path twice; the query is sorted.
#pragma once

#include "backend/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <chrono>
#include <functional>
#include <optional>

namespace batchyard::net {

struct Credentials {
    QString accessKeyId;
    QByteArray secretAccessKey;
    QByteArray sessionToken; // empty: none
};

struct SignedRequest {
    QByteArray method;
    QByteArray path; // as it goes over the wire (percent-encoded), without the query
    QByteArray query; // raw, without the question mark
    QList<std::pair<QByteArray, QByteArray>> headers;
    QByteArray body;
};

using SystemTime = std::chrono::sys_seconds;

// The headers to add: X-Amz-Date, X-Amz-Security-Token when there is one, Authorization.
// request.headers must contain host and whatever else is to be signed.
[[nodiscard]] QList<std::pair<QByteArray, QByteArray>> sign(const SignedRequest &request,
                                                            const Credentials &credentials,
                                                            const QString &region,
                                                            const QString &service, SystemTime now);

struct VerifiedScope {
    QString accessKeyId;
    QString region;
    QString service;
};

// Checks the Authorization header of a received request in constant time against the secret that
// `secretOf` finds for the access key (nullopt: unknown key). Errors: AccessDenied; detail is the
// AWS error name (MissingAuthenticationTokenException, UnrecognizedClientException,
// InvalidSignatureException, IncompleteSignatureException), message AWS's kind of sentence.
[[nodiscard]] Result<VerifiedScope>
verify(const SignedRequest &request,
       const std::function<std::optional<QByteArray>(const QString &accessKeyId)> &secretOf,
       SystemTime now, std::chrono::seconds maximumSkew = std::chrono::minutes(5));

} // namespace batchyard::net
