// The forms of a filter pattern that look into a line's structure.
#pragma once

#include "backend/result.h"

#include <QByteArrayView>

#include <functional>

namespace batchyard::executor::api {

using LineTest = std::function<bool(QByteArrayView line)>;

// `{ $.a.b = "x*" && ($.list[0] > 3 || $.c NOT EXISTS) }`: lines that are JSON objects. A selector
// is `$` and members (`.name`, `['a name']`), elements (`[0]`), and all of them (`.*`, `[*]`,
// once). Error: InvalidInput.
[[nodiscard]] Result<LineTest> jsonPattern(const QString &pattern);

// `[ip, ..., status = 4* && status != 403, bytes > 1000]`: lines whose columns, between blanks, are
// as many; what is in [brackets] or "quotes" is one. `...` is any number of columns, once. Error:
// InvalidInput.
[[nodiscard]] Result<LineTest> columnPattern(const QString &pattern);

} // namespace batchyard::executor::api
