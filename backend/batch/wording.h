// Words of fault messages: outside text made safe to show, and near misses of names.
#pragma once

#include <QString>
#include <QStringList>

namespace batchyard::batch {

// Outside text between backticks: control, format (U+202E, zero width) and private characters as
// \u escapes, cut after 80 characters. It cannot turn, hide or break the message around it.
[[nodiscard]] QString shown(QStringView text);
// The same for AWS's own sentences, which have no backticks around names and ARNs, and room for the
// longest of them: cut after 300.
[[nodiscard]] QString shownName(QStringView text);

// "path.name"; a name that is no identifier stands quoted and escaped: tags["a b"].
[[nodiscard]] QString memberPath(const QString &path, const QString &name);

// "`a`", "`a` or `b`", "`a`, `b` or `c`".
[[nodiscard]] QString alternatives(const QStringList &names);

// The candidate that `text` is probably a misspelling of (edit distance, case ignored), or empty.
[[nodiscard]] QString nearest(QStringView text, const QStringList &candidates);

} // namespace batchyard::batch
