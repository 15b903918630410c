// A container's command as a person types it: words with shell-like quotes, or a JSON list of
// strings. No shell is involved; the words go to the container as they are.
#pragma once

#include <QString>
#include <QStringList>

namespace batchyard::models {

struct CommandText {
    QStringList words;
    QString problem; // empty when the text is a command
    int column = 0; // of the problem, from 1

    [[nodiscard]] bool isValid() const { return problem.isEmpty(); }
};

// Blanks part words; '…' keeps all, "…" keeps all but \" and \\, \ keeps the next character.
[[nodiscard]] CommandText commandFromWords(const QString &text);
[[nodiscard]] QString commandToWords(const QStringList &command);

[[nodiscard]] CommandText commandFromJson(const QString &text);
[[nodiscard]] QString commandToJson(const QStringList &command);

} // namespace batchyard::models
