#include "backend/executor/api/logcondition.h"

#include <algorithm>
#include <cmath>

namespace batchyard::executor::api {

namespace {

std::optional<double> numberIn(const QString &word)
{
    const bool isSigned = word.startsWith(u'+') || word.startsWith(u'-');
    const QChar first = word.size() > (isSigned ? 1 : 0) ? word[isSigned ? 1 : 0] : QChar();
    bool isNumber = false;
    const double number = word.toDouble(&isNumber);
    return isNumber && first.isDigit() && std::isfinite(number) ? std::optional(number)
                                                                : std::nullopt;
}

} // namespace

Result<LogComparison> LogComparison::read(PatternReader &reader)
{
    LogComparison comparison;
    if (reader.take(u"IS")) {
        if (reader.take(u"NULL"))
            comparison.m_operator = Operator::IsNull;
        else if (reader.take(u"TRUE"))
            comparison.m_operator = Operator::IsTrue;
        else if (reader.take(u"FALSE"))
            comparison.m_operator = Operator::IsFalse;
        else
            return tl::unexpected(invalidPattern());
        return comparison;
    }
    if (reader.take(u"NOT")) {
        if (!reader.take(u"EXISTS"))
            return tl::unexpected(invalidPattern());
        comparison.m_operator = Operator::NotExists;
        return comparison;
    }
    if (reader.take(u"="))
        comparison.m_operator = Operator::Equal;
    else if (reader.take(u"!="))
        comparison.m_operator = Operator::NotEqual;
    else if (reader.take(u"<="))
        comparison.m_operator = Operator::LessOrEqual;
    else if (reader.take(u"<"))
        comparison.m_operator = Operator::Less;
    else if (reader.take(u">="))
        comparison.m_operator = Operator::GreaterOrEqual;
    else if (reader.take(u">"))
        comparison.m_operator = Operator::Greater;
    else
        return tl::unexpected(invalidPattern());
    return comparison.readOperand(reader).map([&comparison] { return comparison; });
}

Result<void> LogComparison::readOperand(PatternReader &reader)
{
    const bool isEquality = m_operator == Operator::Equal || m_operator == Operator::NotEqual;
    if (reader.next() == u'"' && isEquality) {
        const auto text = reader.quoted();
        return text.map([this](const QString &unquoted) { setText(unquoted); });
    }
    if (reader.next() == u'%' && isEquality) {
        auto expression = reader.expression();
        if (!expression)
            return tl::unexpected(expression.error());
        m_operand = *std::move(expression);
        return {};
    }
    const QString word = reader.word(u"*.+-");
    m_number = numberIn(word);
    if (word.isEmpty() || (!isEquality && !m_number))
        return tl::unexpected(invalidTerm(word.isEmpty() ? reader.rest() : QStringView(word)));
    setText(word);
    return {};
}

void LogComparison::setText(const QString &text)
{
    LogText operand;
    operand.isOpenBefore = text.startsWith(u'*');
    operand.isOpenBehind = text.endsWith(u'*');
    operand.core = text.mid(operand.isOpenBefore ? 1 : 0);
    if (operand.isOpenBehind && !operand.core.isEmpty())
        operand.core.chop(1);
    m_operand = operand;
}

bool LogComparison::holdsFor(const QList<LogValue> &values) const
{
    if (m_operator == Operator::NotExists)
        return values.isEmpty();
    return std::any_of(values.begin(), values.end(),
                       [this](const LogValue &value) { return holdsFor(value); });
}

bool LogComparison::holdsFor(const LogValue &value) const
{
    const bool isPlain = value.kind != LogValue::Kind::Null && value.kind != LogValue::Kind::Nested;
    const bool areNumbers = m_number && value.number;
    switch (m_operator) {
    case Operator::Equal:
        return isPlain && equals(value);
    case Operator::NotEqual:
        return isPlain && !equals(value);
    case Operator::Less:
        return areNumbers && *value.number < *m_number;
    case Operator::LessOrEqual:
        return areNumbers && *value.number <= *m_number;
    case Operator::Greater:
        return areNumbers && *value.number > *m_number;
    case Operator::GreaterOrEqual:
        return areNumbers && *value.number >= *m_number;
    case Operator::IsNull:
        return value.kind == LogValue::Kind::Null;
    case Operator::IsTrue:
        return value.kind == LogValue::Kind::True;
    case Operator::IsFalse:
        return value.kind == LogValue::Kind::False;
    case Operator::NotExists:
        return false;
    }
    Q_UNREACHABLE();
}

bool LogComparison::equals(const LogValue &value) const
{
    if (m_number && value.number)
        return !(*value.number < *m_number) && !(*value.number > *m_number);
    if (const auto *expression = std::get_if<LogExpression>(&m_operand))
        return expression->occursIn(value.text);
    const LogText &text = std::get<LogText>(m_operand);
    if (text.isOpenBefore)
        return text.isOpenBehind ? value.text.contains(text.core) : value.text.endsWith(text.core);
    return text.isOpenBehind ? value.text.startsWith(text.core) : value.text == text.core;
}

Result<LogCondition> LogCondition::read(PatternReader &reader, const ReadSubject &readSubject)
{
    LogCondition condition;
    condition.m_isAny = true;
    do {
        auto part = readAll(reader, readSubject);
        if (!part)
            return part;
        condition.m_parts.push_back(*std::move(part));
    } while (reader.take(u"||"));
    return condition;
}

Result<LogCondition> LogCondition::readAll(PatternReader &reader, const ReadSubject &readSubject)
{
    LogCondition condition;
    do {
        auto part = readOne(reader, readSubject);
        if (!part)
            return part;
        condition.m_parts.push_back(*std::move(part));
    } while (reader.take(u"&&"));
    return condition;
}

Result<LogCondition> LogCondition::readOne(PatternReader &reader, const ReadSubject &readSubject)
{
    if (reader.take(u"(")) {
        auto inner = read(reader, readSubject);
        if (inner && !reader.take(u")"))
            return tl::unexpected(invalidPattern());
        return inner;
    }
    const auto subject = readSubject(reader);
    if (!subject)
        return tl::unexpected(subject.error());
    auto comparison = LogComparison::read(reader);
    if (!comparison)
        return tl::unexpected(comparison.error());
    LogCondition condition;
    condition.m_comparison = *std::move(comparison);
    condition.m_subject = *subject;
    return condition;
}

bool LogCondition::holds(const ValuesOf &valuesOf) const
{
    if (m_comparison)
        return m_comparison->holdsFor(valuesOf(m_subject));
    const auto holds = [&](const LogCondition &part) { return part.holds(valuesOf); };
    return m_isAny ? std::any_of(m_parts.begin(), m_parts.end(), holds)
                   : std::all_of(m_parts.begin(), m_parts.end(), holds);
}

} // namespace batchyard::executor::api
