#include "backend/executor/api/logcondition.h"
#include "backend/executor/api/logpatterns.h"

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ColumnRules {
    std::vector<std::optional<LogCondition>> columns; // none: any value
    std::optional<size_t> ellipsis; // stands before this column
};

// The name, and what is compared with it, of one column.
Result<std::optional<LogCondition>> readColumn(PatternReader &reader)
{
    const QChar first = reader.next();
    if (first == u',' || first == u']')
        return std::optional<LogCondition>(); // without a name
    PatternReader ahead = reader;
    if (!ahead.word(u"-").isEmpty() && (ahead.next() == u',' || ahead.next() == u']')) {
        reader = ahead;
        return std::optional<LogCondition>();
    }
    QString name;
    auto condition = LogCondition::read(reader, [&name](PatternReader &at) -> Result<int> {
        const QString word = at.word(u"-");
        if (word.isEmpty() || (!name.isEmpty() && word != name))
            return tl::unexpected(invalidTerm(word.isEmpty() ? at.rest() : QStringView(word)));
        name = word;
        return 0;
    });
    return std::move(condition).map([](LogCondition &&read) { return std::optional(read); });
}

LogValue valueOf(QStringView text)
{
    bool isNumber = false;
    const double number = text.toDouble(&isNumber);
    return {LogValue::Kind::Text, text.toString(), isNumber ? std::optional(number) : std::nullopt};
}

QList<LogValue> columnsOf(const QString &line)
{
    QList<LogValue> columns;
    qsizetype at = 0;
    while (at < line.size()) {
        if (line[at].isSpace()) {
            ++at;
            continue;
        }
        const QChar close = line[at] == u'[' ? u']' : line[at] == u'"' ? u'"' : u' ';
        const qsizetype begin = close == u' ' ? at : at + 1;
        qsizetype end = close == u' ' ? begin : line.indexOf(close, begin);
        while (close == u' ' && end < line.size() && !line[end].isSpace())
            ++end;
        if (end < 0)
            end = line.size();
        columns.append(valueOf(QStringView(line).sliced(begin, end - begin)));
        at = close == u' ' ? end : end + 1;
    }
    return columns;
}

bool hold(const ColumnRules &rules, const QList<LogValue> &values)
{
    const auto given = static_cast<size_t>(values.size());
    const size_t wanted = rules.columns.size();
    if (given < wanted || (given > wanted && !rules.ellipsis))
        return false;
    for (size_t i = 0; i < wanted; ++i) {
        const bool isBehind = rules.ellipsis && i >= *rules.ellipsis;
        const LogValue &value = values[static_cast<qsizetype>(isBehind ? i + given - wanted : i)];
        if (rules.columns[i] && !rules.columns[i]->holds([&value](int) { return QList{value}; }))
            return false;
    }
    return true;
}

} // namespace

Result<LineTest> columnPattern(const QString &pattern)
{
    PatternReader reader(pattern);
    if (!reader.take(u"[") || !pattern.endsWith(u']'))
        return tl::unexpected(
            invalidPattern(u"If a filter pattern starts with '[' it must end with ']'"_s));
    ColumnRules rules;
    do {
        if (reader.take(u"...")) {
            if (rules.ellipsis)
                return tl::unexpected(invalidPattern(u"'...' may stand once"_s));
            rules.ellipsis = rules.columns.size();
            continue;
        }
        auto column = readColumn(reader);
        if (!column)
            return tl::unexpected(column.error());
        rules.columns.push_back(*std::move(column));
    } while (reader.take(u","));
    if (!reader.take(u"]") || !reader.atEnd())
        return tl::unexpected(invalidTerm(reader.rest()));
    return [rules = std::move(rules)](QByteArrayView line) {
        return hold(rules, columnsOf(QString::fromUtf8(line)));
    };
}

} // namespace batchyard::executor::api
