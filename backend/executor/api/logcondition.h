// What a filter pattern says of values in a log event: comparisons (`= 4*`, `!= "a b"`, `>= 1.5e3`,
// `= %reg.ex%`, `IS NULL`, `NOT EXISTS`), joined by || and && (which binds more) and parentheses.
#pragma once

#include "backend/executor/api/patternreader.h"

#include <QList>

#include <functional>
#include <optional>
#include <variant>
#include <vector>

namespace batchyard::executor::api {

// A value of an event: of its JSON document, or one of its columns.
struct LogValue {
    enum class Kind { Text, Null, True, False, Nested };
    Kind kind = Kind::Text;
    QString text; // as it stands there, also of a number or boolean
    std::optional<double> number = {};
};

// What a value is to be; an asterisk at its begin or end stands for anything.
struct LogText {
    QString core; // without them
    bool isOpenBefore = false;
    bool isOpenBehind = false;
};

class LogComparison
{
public:
    // Error: InvalidInput, no such comparison.
    [[nodiscard]] static Result<LogComparison> read(PatternReader &reader);
    // Holds for one of them. Of null and of what has values in it nothing holds but IS NULL.
    [[nodiscard]] bool holdsFor(const QList<LogValue> &values) const;

private:
    enum class Operator {
        Equal,
        NotEqual,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        IsNull,
        IsTrue,
        IsFalse,
        NotExists
    };
    [[nodiscard]] Result<void> readOperand(PatternReader &reader);
    void setText(const QString &text);
    [[nodiscard]] bool holdsFor(const LogValue &value) const;
    [[nodiscard]] bool equals(const LogValue &value) const;

    Operator m_operator = Operator::Equal;
    std::optional<double> m_number; // besides its text
    std::variant<LogText, LogExpression> m_operand;
};

class LogCondition
{
public:
    // Reads what is compared, and returns its number, by which its values are asked for.
    using ReadSubject = std::function<Result<int>(PatternReader &)>;
    using ValuesOf = std::function<QList<LogValue>(int subject)>;

    // Error: InvalidInput.
    [[nodiscard]] static Result<LogCondition> read(PatternReader &reader,
                                                   const ReadSubject &readSubject);
    [[nodiscard]] bool holds(const ValuesOf &valuesOf) const;

private:
    [[nodiscard]] static Result<LogCondition> readAll(PatternReader &reader,
                                                      const ReadSubject &readSubject);
    [[nodiscard]] static Result<LogCondition> readOne(PatternReader &reader,
                                                      const ReadSubject &readSubject);

    std::optional<LogComparison> m_comparison; // none: of the parts all must hold, or any
    int m_subject = 0;
    bool m_isAny = false;
    std::vector<LogCondition> m_parts;
};

} // namespace batchyard::executor::api
