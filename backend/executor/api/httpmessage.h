// A received request and the reply to it, and what is checked of a request before its body is
// read: syntax, sizes, who it is for and where it comes from. Pure functions; each refusal is what
// the client gets.
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <tl/expected.hpp>

#include <chrono>
#include <functional>

namespace batchyard::executor::api {

using Headers = QList<std::pair<QByteArray, QByteArray>>;

struct RequestHead {
    QByteArray method;
    QByteArray path; // as sent, percent-encoded
    QByteArray query; // as sent, without the question mark
    Headers headers; // in the case sent; those of one name in the order sent
    qint64 contentLength = 0;
    bool keepsAlive = false; // the client may send another request on its connection

    // The first value; empty when there is none. Names are compared without regard to case.
    [[nodiscard]] QByteArray header(QByteArrayView name) const;
    [[nodiscard]] qsizetype count(QByteArrayView name) const;
};

struct Request {
    RequestHead head;
    QByteArray body;
};

struct Reply {
    int status = 200;
    QByteArray contentType = "application/json";
    Headers headers;
    QByteArray body;
    // What follows the body, piece by piece until one is empty, on the thread that answers. Such a
    // reply ends with its connection.
    std::function<QByteArray()> rest = {};
};

// An error as AWS writes it: status, its name in x-amzn-ErrorType and __type, and its message.
struct Refusal {
    int status = 400;
    QByteArray type;
    QString message;
    Headers headers;
};

[[nodiscard]] Reply toReply(const Refusal &refusal, QByteArray contentType = "application/json");

// The whole message, with a request id if it has none. It says for how long the connection is kept
// for another request; zero: it is closed.
[[nodiscard]] QByteArray toHttp(const Reply &reply,
                                std::chrono::seconds keptFor = std::chrono::seconds(0));

struct HttpLimits {
    qsizetype target = 4096; // bytes of path and query
    qsizetype headerLine = 8192;
    qsizetype headerCount = 64;
    qsizetype head = 32 * 1024; // request line and all headers
    qint64 body = 1024 * 1024;
    std::chrono::milliseconds headTimeout{5'000}; // for the whole head
    std::chrono::milliseconds bodyTimeout{15'000}; // for the whole body
    std::chrono::seconds idleTimeout{60}; // until the next request on a connection
    std::chrono::milliseconds answerTimeout{15'000}; // for a client to take a piece of its answer
    int threads = 24; // requests at the same time; more wait
    int connections = 4096; // at the same time; at most half of the files the process may open
    // How long one may at least take for its request before it has to make room for another; one
    // that has had its answer and is silent makes room at once.
    std::chrono::milliseconds patience{100};
    qint64 buffered = 64 * 1024 * 1024; // bytes of all connections together
};

// text: everything up to and with the empty line.
[[nodiscard]] tl::expected<RequestHead, Refusal> parseRequestHead(const QByteArray &text,
                                                                  const HttpLimits &limits);
// Host, Origin and fetch metadata, transfer coding, content type and length: what keeps web pages,
// DNS rebinding and request smuggling away from a port on loopback.
[[nodiscard]] tl::expected<void, Refusal> checkRequestHead(const RequestHead &head, quint16 port,
                                                           const HttpLimits &limits);

} // namespace batchyard::executor::api
