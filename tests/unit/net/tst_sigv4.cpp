#include "backend/net/sigv4.h"

#include <QTest>

using namespace batchyard;
using namespace batchyard::net;
using namespace Qt::Literals;

namespace {

// The fixed values of AWS's published Signature Version 4 test suite.
const Credentials suiteCredentials{
    u"AKIDEXAMPLE"_s, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", {}};
constexpr SystemTime suiteTime{std::chrono::seconds(1440938160)}; // 2015-08-30T12:36:00Z

SignedRequest suiteRequest(const QByteArray &method, const QByteArray &target)
{
    const qsizetype mark = target.indexOf('?');
    return {.method = method,
            .path = mark < 0 ? target : target.left(mark),
            .query = mark < 0 ? QByteArray() : target.mid(mark + 1),
            .headers = {{"Host", "example.amazonaws.com"}},
            .body = {}};
}

QByteArray authorizationOf(const QList<std::pair<QByteArray, QByteArray>> &headers)
{
    return headers.isEmpty() ? QByteArray() : headers.last().second;
}

std::optional<QByteArray> suiteSecret(const QString &accessKeyId)
{
    return accessKeyId == suiteCredentials.accessKeyId
        ? std::optional(suiteCredentials.secretAccessKey)
        : std::nullopt;
}

SignedRequest signedListJobs()
{
    SignedRequest request{.method = "POST",
                          .path = "/v1/listjobs",
                          .query = {},
                          .headers
                          = {{"Host", "127.0.0.1:8080"}, {"Content-Type", "application/json"}},
                          .body = R"({"jobQueue":"q"})"};
    request.headers += sign(request, suiteCredentials, u"us-east-1"_s, u"batch"_s, suiteTime);
    return request;
}

void setHeader(SignedRequest &request, const QByteArray &name, const QByteArray &value)
{
    request.headers.removeIf([&](const auto &header) { return header.first == name; });
    request.headers.emplaceBack(name, value);
}

QByteArray header(const SignedRequest &request, const QByteArray &name)
{
    for (const auto &[key, value] : request.headers) {
        if (key == name)
            return value;
    }
    return {};
}

} // namespace

class TestSigV4 : public QObject
{
    Q_OBJECT

private slots:
    void publishedVector_data();
    void publishedVector();
    void sessionTokenVector();
    void escapedPathIsEncodedTwice();
    void acceptsWhatItSigned_data();
    void acceptsWhatItSigned();
    void refuses_data();
    void refuses();
    void skewLimit_data();
    void skewLimit();
};

void TestSigV4::publishedVector_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("headers"); // lines "Name:value" beside Host and X-Amz-Date
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("signedHeaders");
    QTest::addColumn<QByteArray>("signature");

    const QByteArray none;
    const QByteArray plain = "host;x-amz-date";
    const QByteArray one = "host;my-header1;x-amz-date";
    const QByteArray unreserved
        = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    QTest::newRow("get-vanilla")
        << "GET"_ba
        << "/"_ba << none << none << plain
        << "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"_ba;
    QTest::newRow("get-unreserved")
        << "GET"_ba << QByteArray("/" + unreserved) << none << none << plain
        << "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"_ba;
    QTest::newRow("get-utf8")
        << "GET"_ba
        << "/\xe1\x88\xb4"_ba << none << none << plain
        << "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"_ba;
    QTest::newRow("get-space")
        << "GET"_ba
        << "/example space/"_ba << none << none << plain
        << "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"_ba;
    for (const char *path : {"/example/..", "/./", "//", "/example1/example2/../.."})
        QTest::addRow("get-relative and get-slash: %s", path)
            << "GET"_ba << QByteArray(path) << none << none << plain
            << "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"_ba;
    QTest::newRow("get-slashes")
        << "GET"_ba
        << "//example//"_ba << none << none << plain
        << "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"_ba;
    QTest::newRow("get-vanilla-query-order-key-case")
        << "GET"_ba
        << "/?Param2=value2&Param1=value1"_ba << none << none << plain
        << "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"_ba;
    QTest::newRow("get-vanilla-query-order-value")
        << "GET"_ba
        << "/?Param1=value2&Param1=value1"_ba << none << none << plain
        << "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"_ba;
    QTest::newRow("get-vanilla-query-unreserved")
        << "GET"_ba << QByteArray("/?" + unreserved + "=" + unreserved) << none << none << plain
        << "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"_ba;
    QTest::newRow("get-vanilla-utf8-query")
        << "GET"_ba
        << "/?\xe1\x88\xb4=bar"_ba << none << none << plain
        << "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"_ba;
    QTest::newRow("get-header-key-duplicate")
        << "GET"_ba
        << "/"_ba
        << "My-Header1:value2\nMy-Header1:value2\nMy-Header1:value1"_ba << none << one
        << "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"_ba;
    QTest::newRow("get-header-value-order")
        << "GET"_ba
        << "/"_ba
        << "My-Header1:value4\nMy-Header1:value1\nMy-Header1:value3\nMy-Header1:value2"_ba << none
        << one << "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"_ba;
    QTest::newRow("get-header-value-multiline, as one value")
        << "GET"_ba
        << "/"_ba
        << "My-Header1:value1,value2,value3"_ba << none << one
        << "ba17b383a53190154eb5fa66a1b836cc297cc0a3d70a5d00705980573d8ff790"_ba;
    QTest::newRow("get-header-value-trim")
        << "GET"_ba
        << "/"_ba
        << "My-Header1: value1\nMy-Header2: \"a   b   c\""_ba << none
        << "host;my-header1;my-header2;x-amz-date"_ba
        << "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"_ba;
    QTest::newRow("post-vanilla")
        << "POST"_ba
        << "/"_ba << none << none << plain
        << "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"_ba;
    QTest::newRow("post-vanilla-query")
        << "POST"_ba
        << "/?Param1=value1"_ba << none << none << plain
        << "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"_ba;
    QTest::newRow("post-header-key-sort")
        << "POST"_ba
        << "/"_ba
        << "My-Header1:value1"_ba << none << one
        << "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"_ba;
    QTest::newRow("post-header-value-case")
        << "POST"_ba
        << "/"_ba
        << "My-Header1:VALUE1"_ba << none << one
        << "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"_ba;
    QTest::newRow("post-x-www-form-urlencoded")
        << "POST"_ba
        << "/"_ba
        << "Content-Type:application/x-www-form-urlencoded"_ba
        << "Param1=value1"_ba
        << "content-type;host;x-amz-date"_ba
        << "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"_ba;
    QTest::newRow("post-x-www-form-urlencoded-parameters")
        << "POST"_ba
        << "/"_ba
        << "Content-Type:application/x-www-form-urlencoded; charset=utf8"_ba
        << "Param1=value1"_ba
        << "content-type;host;x-amz-date"_ba
        << "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"_ba;
}

void TestSigV4::publishedVector()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QByteArray, target);
    QFETCH(const QByteArray, headers);
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, signedHeaders);
    QFETCH(const QByteArray, signature);

    SignedRequest request = suiteRequest(method, target);
    request.body = body;
    for (const QByteArray &line : headers.split('\n')) {
        if (!line.isEmpty())
            request.headers.emplaceBack(line.left(line.indexOf(':')),
                                        line.mid(line.indexOf(':') + 1));
    }
    const auto added = sign(request, suiteCredentials, u"us-east-1"_s, u"service"_s, suiteTime);
    QCOMPARE(authorizationOf(added),
             "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
             "SignedHeaders="_ba
                 + signedHeaders + ", Signature=" + signature);

    request.headers += added;
    const auto verified = verify(request, suiteSecret, suiteTime);
    QVERIFY2(verified, verified ? "" : qPrintable(verified.error().message));
    QCOMPARE(verified->service, u"service"_s);
}

void TestSigV4::sessionTokenVector()
{
    Credentials credentials = suiteCredentials;
    credentials.sessionToken = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
    const auto added
        = sign(suiteRequest("GET", "/"), credentials, u"us-east-1"_s, u"service"_s, suiteTime);
    QVERIFY(authorizationOf(added).endsWith(
        "SignedHeaders=host;x-amz-date;x-amz-security-token, "
        "Signature=07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"));
}

// An ARN in a path arrives as %3A and %2F; the signature covers %253A and %252F.
void TestSigV4::escapedPathIsEncodedTwice()
{
    const auto escaped = sign(suiteRequest("GET", "/v1/tags/arn%3Aaws%3Abatch%2Fq"),
                              suiteCredentials, u"us-east-1"_s, u"batch"_s, suiteTime);
    const auto plain = sign(suiteRequest("GET", "/v1/tags/arn:aws:batch/q"), suiteCredentials,
                            u"us-east-1"_s, u"batch"_s, suiteTime);
    QVERIFY(authorizationOf(escaped) != authorizationOf(plain));
}

void TestSigV4::acceptsWhatItSigned_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::newRow("plain") << "/v1/listjobs"_ba;
    QTest::newRow("escaped ARN") << "/v1/tags/arn%3Aaws%3Abatch%3Aus-east-1%3A0%3Ajob-queue%2Fq"_ba;
    QTest::newRow("unsorted query with repeats") << "/v1/tags/x?tagKeys=b&tagKeys=a&A=%2F"_ba;
    QTest::newRow("query without values") << "/x?b&a"_ba;
}

void TestSigV4::acceptsWhatItSigned()
{
    QFETCH(const QByteArray, target);
    SignedRequest request = suiteRequest("POST", target);
    request.body = "{}";
    request.headers += sign(request, suiteCredentials, u"eu-west-1"_s, u"batch"_s, suiteTime);
    const auto verified = verify(request, suiteSecret, suiteTime);
    QVERIFY2(verified, verified ? "" : qPrintable(verified.error().message));
    QCOMPARE(verified->accessKeyId, u"AKIDEXAMPLE"_s);
    QCOMPARE(verified->region, u"eu-west-1"_s);
    QCOMPARE(verified->service, u"batch"_s);
}

void TestSigV4::refuses_data()
{
    QTest::addColumn<SignedRequest>("request");
    QTest::addColumn<QString>("name");

    const auto row = [](const char *title, const QString &name, auto change) {
        SignedRequest request = signedListJobs();
        change(request);
        QTest::newRow(title) << request << name;
    };
    const QString missing = u"MissingAuthenticationTokenException"_s;
    const QString incomplete = u"IncompleteSignatureException"_s;
    const QString invalid = u"InvalidSignatureException"_s;
    const auto rewrite = [](SignedRequest &r, const char *from, const char *to) {
        setHeader(r, "Authorization", header(r, "Authorization").replace(from, to));
    };

    row("no Authorization", missing, [](SignedRequest &r) {
        r.headers.removeIf([](const auto &h) { return h.first == "Authorization"; });
    });
    row("another scheme", incomplete,
        [](SignedRequest &r) { setHeader(r, "Authorization", "Basic dTpw"); });
    row("two Authorization headers", incomplete, [](SignedRequest &r) {
        r.headers.emplaceBack("authorization", header(r, "Authorization"));
    });
    row("two Host headers", incomplete,
        [](SignedRequest &r) { r.headers.emplaceBack("Host", "evil.example"); });
    row("no date", incomplete, [](SignedRequest &r) {
        r.headers.removeIf([](const auto &h) { return h.first == "X-Amz-Date"; });
    });
    row("date in another form", incomplete,
        [](SignedRequest &r) { setHeader(r, "X-Amz-Date", "2015-08-30T12:36:00Z"); });
    row("no Signature", incomplete, [&](SignedRequest &r) { rewrite(r, "Signature=", "Sig="); });
    row("no SignedHeaders", incomplete,
        [&](SignedRequest &r) { rewrite(r, "SignedHeaders=", "Headers="); });
    row("scope of four parts", incomplete, [&](SignedRequest &r) { rewrite(r, "/batch/", "/"); });
    row("scope of another day", invalid,
        [&](SignedRequest &r) { rewrite(r, "20150830", "20150829"); });
    row("scope of another service", invalid,
        [&](SignedRequest &r) { rewrite(r, "/batch/", "/logs/"); });
    row("host not signed", invalid, [&](SignedRequest &r) { rewrite(r, ";host", ""); });
    row("date not signed", invalid, [&](SignedRequest &r) { rewrite(r, ";x-amz-date", ""); });
    row("signed headers out of order", incomplete,
        [&](SignedRequest &r) { rewrite(r, "content-type;host", "host;content-type"); });
    row("signed header missing", invalid, [](SignedRequest &r) {
        r.headers.removeIf([](const auto &h) { return h.first == "Content-Type"; });
    });
    row("unknown key", u"UnrecognizedClientException"_s,
        [&](SignedRequest &r) { rewrite(r, "AKIDEXAMPLE", "AKIDOTHER"); });
    row("signature cut short", invalid, [](SignedRequest &r) {
        setHeader(r, "Authorization", header(r, "Authorization").chopped(1));
    });
    row("other body", invalid, [](SignedRequest &r) { r.body = R"({"jobQueue":"x"})"; });
    row("other method", invalid, [](SignedRequest &r) { r.method = "PUT"; });
    row("other path", invalid, [](SignedRequest &r) { r.path = "/v1/canceljob"; });
    row("other query", invalid, [](SignedRequest &r) { r.query = "a=b"; });
    row("other host", invalid, [](SignedRequest &r) { setHeader(r, "Host", "127.0.0.1:1"); });

    SignedRequest unsignedPayload = suiteRequest("POST", "/v1/listjobs");
    unsignedPayload.body = "{}";
    unsignedPayload.headers.emplaceBack("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
    unsignedPayload.headers
        += sign(unsignedPayload, suiteCredentials, u"us-east-1"_s, u"batch"_s, suiteTime);
    QTest::newRow("payload declared unsigned") << unsignedPayload << invalid;
}

void TestSigV4::refuses()
{
    QFETCH(const SignedRequest, request);
    QFETCH(const QString, name);
    const auto verified = verify(request, suiteSecret, suiteTime);
    QVERIFY(!verified);
    QCOMPARE(verified.error().code, ErrorCode::AccessDenied);
    QCOMPARE(verified.error().detail, name);
    QVERIFY(!verified.error().message.isEmpty());
}

void TestSigV4::skewLimit_data()
{
    QTest::addColumn<int>("seconds");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("5 min late") << 300 << true;
    QTest::newRow("5 min 1 s late") << 301 << false;
    QTest::newRow("5 min early") << -300 << true;
    QTest::newRow("5 min 1 s early") << -301 << false;
}

void TestSigV4::skewLimit()
{
    QFETCH(const int, seconds);
    QFETCH(const bool, accepted);
    const auto verified
        = verify(signedListJobs(), suiteSecret, suiteTime + std::chrono::seconds(seconds));
    QCOMPARE(verified.has_value(), accepted);
    if (!accepted)
        QCOMPARE(verified.error().detail, u"InvalidSignatureException"_s);
}

QTEST_GUILESS_MAIN(TestSigV4)
#include "tst_sigv4.moc"
