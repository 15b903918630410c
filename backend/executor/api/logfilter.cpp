#include "backend/executor/api/logfilter.h"

#include "backend/executor/api/patternreader.h"

#include <QByteArrayList>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Terms {
    QByteArrayList all;
    QByteArrayList any;
    QByteArrayList none;
};

bool hold(const Terms &terms, QByteArrayView line)
{
    const auto occurs = [&](const QByteArray &term) { return line.contains(term); };
    return std::all_of(terms.all.cbegin(), terms.all.cend(), occurs)
        && std::none_of(terms.none.cbegin(), terms.none.cend(), occurs)
        && (terms.any.isEmpty() || std::any_of(terms.any.cbegin(), terms.any.cend(), occurs));
}

Result<LineTest> termsPattern(const QString &pattern)
{
    PatternReader reader(pattern);
    Terms terms;
    while (!reader.atEnd()) {
        const QStringView whole = reader.rest();
        QByteArrayList &kind = reader.take(u"?") ? terms.any
            : reader.take(u"-")                  ? terms.none
                                                 : terms.all;
        Result<QString> term = reader.next() == u'"' ? reader.quoted() : reader.word();
        if (!term)
            return tl::unexpected(term.error());
        // Two that stand together are one with a character that has to be quoted.
        if (term->isEmpty() || (!reader.rest().isEmpty() && !reader.rest().front().isSpace()))
            return tl::unexpected(invalidTerm(whole));
        kind += term->toUtf8();
    }
    if (!terms.all.isEmpty() || !terms.none.isEmpty())
        terms.any.clear(); // AWS: a question mark is ignored beside other terms
    return [terms = std::move(terms)](QByteArrayView line) { return hold(terms, line); };
}

Result<LineTest> expressionPattern(const QString &pattern)
{
    PatternReader reader(pattern);
    const auto expression = reader.expression();
    if (!expression)
        return tl::unexpected(expression.error());
    if (!reader.atEnd()) // AWS: it stands alone, or is part of a pattern on JSON or columns
        return tl::unexpected(invalidTerm(reader.rest()));
    return [expression = *expression](QByteArrayView line) {
        return expression.occursIn(QString::fromUtf8(line));
    };
}

Result<LineTest> parsePattern(const QString &pattern)
{
    if (pattern.startsWith(u'{'))
        return jsonPattern(pattern);
    if (pattern.startsWith(u'['))
        return columnPattern(pattern);
    return pattern.startsWith(u'%') ? expressionPattern(pattern) : termsPattern(pattern);
}

} // namespace

Result<LogFilter> LogFilter::parse(const QString &pattern)
{
    constexpr qsizetype maximumLength = 1024;
    if (pattern.size() > maximumLength)
        return failure(ErrorCode::InvalidInput,
                       u"filterPattern: %1 characters; at most %2 are allowed."_s.arg(
                           QString::number(pattern.size()), QString::number(maximumLength)));
    return parsePattern(pattern.trimmed()).map([](LineTest test) {
        return LogFilter(std::move(test));
    });
}

} // namespace batchyard::executor::api
