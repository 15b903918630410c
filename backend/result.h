// What an operation that can fail returns: a value, or a code to branch on with a text to show.
#pragma once

#include <QString>

#include <tl/expected.hpp>

namespace batchyard {

enum class ErrorCode {
    InvalidInput, // the caller's input is wrong; the message says where, what and what is allowed
    NotFound, // the named thing does not exist
    Conflict, // the thing exists already or is in use
    AccessDenied, // refused: permission, signature, policy
    Unreachable, // nobody answers at the other end (engine, executor, AWS)
    Timeout, // no answer within the deadline
    Cancelled, // the caller gave up
    Protocol, // the other end answered something that is no valid answer
    Io, // a file, socket or database failed
    Unsupported, // understood, but not done here
};

struct Error {
    ErrorCode code = ErrorCode::Io;
    QString message; // one whole sentence for a person: what, why (with numbers), what to do
    QString detail; // raw text of the cause (a daemon's reply, an errno's name); may be empty

    friend bool operator==(const Error &, const Error &) = default;
};

template <typename T = void>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> failure(ErrorCode code, QString message,
                                                   QString detail = {})
{
    return tl::unexpected<Error>(Error{code, std::move(message), std::move(detail)});
}

// The code's name as it stands in logs and JSON output ("InvalidInput").
[[nodiscard]] QString errorCodeName(ErrorCode code);

} // namespace batchyard
