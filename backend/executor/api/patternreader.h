// Reads the text of a CloudWatch Logs filter pattern from left to right; what its forms (terms,
// JSON, columns) have in common.
#pragma once

#include "backend/executor/api/logexpression.h"
#include "backend/result.h"

namespace batchyard::executor::api {

// InvalidInput, in AWS's words.
[[nodiscard]] Error invalidPattern(const QString &why = {});
[[nodiscard]] Error invalidTerm(QStringView term); // a character in it is not allowed

class PatternReader
{
public:
    explicit PatternReader(QStringView text)
        : m_text(text)
    {
    }

    // All of these step over blanks first.
    [[nodiscard]] bool atEnd() { return next().isNull(); }
    [[nodiscard]] QChar next(); // the character at which it stands; null at the end
    [[nodiscard]] bool take(QStringView token); // true: it was there, and is behind now
    // Letters of ASCII, digits, `_` and these; empty when there is none.
    [[nodiscard]] QString word(QStringView more = {});
    // "…", in which \" is a quote. Pre-condition: it stands at one.
    [[nodiscard]] Result<QString> quoted();
    // %…%, at most two in a pattern. Pre-condition: it stands at one.
    [[nodiscard]] Result<LogExpression> expression();
    // What stands from here to the next blank, for an error.
    [[nodiscard]] QStringView rest() const;

private:
    QStringView m_text;
    qsizetype m_at = 0;
    int m_expressions = 0;
};

} // namespace batchyard::executor::api
