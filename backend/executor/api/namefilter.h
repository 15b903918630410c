// The `filters` of list operations: which names and values are allowed and how names are compared.
#pragma once

#include "backend/executor/api/requestmembers.h"

namespace batchyard::executor::api {

struct ListFilter {
    QString name; // one of those allowed
    QStringList values; // at least one
};

// The request's filters, none or at most `maximum`, each name once. Error: InvalidInput.
[[nodiscard]] Result<QList<ListFilter>> listFilters(const Json &request, const QStringList &allowed,
                                                    qsizetype maximum);

// Whether a text is one of the values, in any case; a value with a * at its end stands for all that
// begin so.
[[nodiscard]] bool matchesAny(const QStringList &values, const QString &text);

} // namespace batchyard::executor::api
