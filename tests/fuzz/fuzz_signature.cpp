// Signature Version 4 of requests as our server takes them apart: foreign headers are refused by
// AWS's names, what we sign is accepted, and not when a byte of it has changed.
#include "backend/executor/api/httpmessage.h"
#include "backend/net/sigv4.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>

namespace {

using namespace batchyard;

const net::Credentials credentials{QStringLiteral("AKIAFUZZ"), "a secret of the fuzzer", {}};
const net::SystemTime now{std::chrono::seconds(1'800'000'000)};

Result<net::VerifiedScope> verify(const net::SignedRequest &request)
{
    return net::verify(
        request,
        [](const QString &id) {
            return id == credentials.accessKeyId ? std::optional(credentials.secretAccessKey)
                                                 : std::nullopt;
        },
        now);
}

// As it came: nobody can have signed it, for the secret is not in any seed.
void judgeForeign(const net::SignedRequest &request)
{
    const auto verified = verify(request);
    fuzz::require(!verified, "nobody signs without the secret");
    fuzz::require(verified.error().code == ErrorCode::AccessDenied
                      && verified.error().detail.endsWith(QStringLiteral("Exception")),
                  "a refusal has AWS's name");
}

void signAndVerify(net::SignedRequest request, int change)
{
    request.headers.removeIf([](const auto &header) {
        const QByteArray name = header.first.toLower();
        return name == "host" || name == "authorization" || name.startsWith("x-amz-");
    });
    request.headers.emplaceBack("Host", "127.0.0.1:80");
    request.headers += net::sign(request, credentials, QStringLiteral("us-east-1"),
                                 QStringLiteral("batch"), now);
    fuzz::require(verify(request).has_value(), "what we sign is accepted");

    net::SignedRequest changed = request;
    switch (change) {
    case 0:
        changed.body += 'x';
        break;
    case 1:
        changed.method += 'X';
        break;
    case 2:
        changed.path += "/x";
        break;
    case 3:
        changed.query += "&x=1";
        break;
    default:
        changed.headers[change % changed.headers.size()].second += 'x';
    }
    fuzz::require(!verify(changed), "what has changed is refused");
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz::Input input(data, size);
    const int change = input.choice(26);
    const qsizetype end = input.rest().indexOf("\r\n\r\n");
    if (end < 0)
        return 0;
    const auto head = executor::api::parseRequestHead(input.rest().left(end + 4), {});
    if (!head)
        return 0;
    const net::SignedRequest request{head->method, head->path, head->query, head->headers,
                                     input.rest().mid(end + 4)};
    judgeForeign(request);
    signAndVerify(request, change);
    return 0;
}
