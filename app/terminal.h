// What the command line prints: standard output for results, standard error for everything else.
#pragma once

#include "backend/result.h"

#include <QByteArray>
#include <QList>
#include <QStringList>

namespace batchyard::app {

// Both flush, so that a reader at the other end of a pipe sees each line at once. What others wrote
// goes to print() by way of forTerminal(); complain() does that itself and may have several lines.
void print(const QByteArray &line);
void complain(const QString &text);

// The error's sentence and, indented, its detail. Returns the exit status 1.
int fail(const Error &error);

// Outside text for a person's terminal: control and format characters would move the cursor, rename
// the window or turn the line around, so they are shown as \x1b.
[[nodiscard]] QString escaped(const QString &line);
// The same where standard output is a terminal, else the text as it is.
[[nodiscard]] QByteArray forTerminal(const QString &text);

// Columns padded to their widest cell, two spaces apart; the first row is the heading.
[[nodiscard]] QByteArray table(const QList<QStringList> &rows);

} // namespace batchyard::app
