// An HTTP request as our server judges it: a head that is accepted, written out again in the
// plainest form, is accepted as the same, and it does not matter in which pieces a request comes.
#include "backend/executor/api/requestreader.h"
#include "tests/fuzz/fuzzing.h"

namespace {

using namespace batchyard::executor::api;

QByteArray written(const RequestHead &head)
{
    QByteArray text = head.method + ' ' + head.path;
    if (!head.query.isEmpty())
        text += '?' + head.query;
    text += " HTTP/1.1\r\n";
    for (const auto &[name, value] : head.headers)
        text += name + ':' + value + "\r\n";
    return text + "\r\n";
}

void readInPieces(const QByteArray &text, const HttpLimits &limits)
{
    using batchyard::fuzz::require;
    RequestReader atOnce(limits, 80);
    const auto whole = atOnce.take(text);
    RequestReader reader(limits, 80);
    tl::expected<std::optional<Request>, Refusal> last;
    for (qsizetype i = 0; i < text.size() && last && !*last; ++i)
        last = reader.take(QByteArrayView(text).sliced(i, 1));
    require(last.has_value() == whole.has_value(), "pieces are refused as the whole is");
    if (!last)
        return;
    require(last->has_value() == whole->has_value(), "pieces are a request as the whole is");
    if (*last)
        require((*last)->body == (*whole)->body && (*last)->head.headers == (*whole)->head.headers
                    && (*last)->body.size() == (*last)->head.contentLength,
                "pieces are the same request as the whole");
    else
        require(text.isEmpty() || (reader.late() && reader.ended() && atOnce.late()),
                "half a request is answered");
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using batchyard::fuzz::require;
    const QByteArray text(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    static const HttpLimits limits;
    readInPieces(text, limits);
    const auto head = parseRequestHead(text, limits);
    if (!head) {
        require(head.error().status >= 400 && head.error().status < 500, "a refusal is a 4xx");
        require(!toReply(head.error()).body.isEmpty(), "a refusal says why");
        return 0;
    }
    require(head->path.startsWith('/') && !head->path.contains('\0'), "a path is a path");
    require(!QByteArray::fromPercentEncoding(head->path).split('/').contains(".."),
            "a path leads nowhere up");
    require(head->contentLength >= 0, "a length is no less than nothing");
    const auto again = parseRequestHead(written(*head), limits);
    require(again && again->method == head->method && again->path == head->path
                && again->query == head->query && again->headers == head->headers
                && again->contentLength == head->contentLength,
            "what was accepted is accepted as the same");
    if (const auto ok = checkRequestHead(*head, 80, limits); !ok)
        require(ok.error().status >= 400 && ok.error().status < 500, "a refusal is a 4xx");
    else
        require(head->count("origin") == 0 && head->count("transfer-encoding") == 0
                    && head->contentLength <= limits.body,
                "no web page, no coding, no huge body");
    return 0;
}
