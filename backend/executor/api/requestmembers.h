// Reads the members of a request's JSON object that are not part of a document: names, reasons,
// page sizes and tokens. Each error says which member, what is wrong and what is allowed.
#pragma once

#include "backend/batch/jsonvalues.h"
#include "backend/result.h"

#include <QStringList>

namespace batchyard::executor::api {

using batch::Json;

// nullptr when the member is absent or null.
[[nodiscard]] const Json *member(const Json &object, const char *name);

// Empty when absent. Error: not a string.
[[nodiscard]] Result<QString> textMember(const Json &object, const char *name);
// Error also when absent or empty.
[[nodiscard]] Result<QString> requiredText(const Json &object, const char *name);
[[nodiscard]] Result<QStringList> textsMember(const Json &object, const char *name,
                                              qsizetype maximum);
[[nodiscard]] Result<std::optional<qint64>> integerMember(const Json &object, const char *name,
                                                          qint64 minimum, qint64 maximum);
[[nodiscard]] Result<std::optional<bool>> boolMember(const Json &object, const char *name);

// The errors of a document as one error; nullopt-like success when it has none (warnings pass).
[[nodiscard]] Result<void> accept(const batch::Faults &faults);

// Where a page begins and how many it may have.
struct PageRequest {
    int size = 0;
    QByteArray position; // of the last item of the page before; empty: from the start
    QByteArray fingerprint; // of the query, for the next token
};
// Reads maxResults and nextToken. A token that was not made for the same query is refused.
[[nodiscard]] Result<PageRequest> pageRequest(const Json &request, const char *operation,
                                              int maximum, int standard);
[[nodiscard]] std::string pageToken(const PageRequest &page, const QByteArray &lastPosition);

[[nodiscard]] QByteArray dump(const Json &json);
[[nodiscard]] inline QString toQString(const std::string &text)
{
    return QString::fromStdString(text);
}

} // namespace batchyard::executor::api
