#include "backend/maze/grammar.h"

#include <QByteArray>
#include <QString>

#include <charconv>
#include <limits>

namespace batchyard::maze::grammar {

namespace {

// Takes a line apart from the left; every function leaves the cursor alone when it does not fit.
class Cursor
{
public:
    explicit Cursor(QByteArrayView text)
        : m_at(text.data())
        , m_end(text.data() + text.size())
    {
    }

    [[nodiscard]] bool atEnd() const { return m_at == m_end; }
    [[nodiscard]] QByteArrayView rest() const { return {m_at, m_end - m_at}; }

    bool take(QByteArrayView text)
    {
        if (!rest().startsWith(text))
            return false;
        m_at += text.size();
        return true;
    }

    bool take(char character)
    {
        if (m_at == m_end || *m_at != character)
            return false;
        ++m_at;
        return true;
    }

    void skipSpaces()
    {
        while (m_at != m_end && *m_at == ' ')
            ++m_at;
    }

    std::optional<qint64> number()
    {
        qint64 value = 0;
        const auto [stop, error] = std::from_chars(m_at, m_end, value);
        if (stop == m_at)
            return std::nullopt;
        if (error == std::errc::result_out_of_range)
            value = *m_at == '-' ? std::numeric_limits<qint64>::min()
                                 : std::numeric_limits<qint64>::max();
        m_at = stop;
        return value;
    }

    std::optional<Pair> pair()
    {
        const char *before = m_at;
        if (take('(')) {
            skipSpaces();
            if (const std::optional<qint64> x = number(); x && take(',')) {
                skipSpaces();
                if (const std::optional<qint64> y = number(); y && take(')'))
                    return Pair(*x, *y);
            }
        }
        m_at = before;
        return std::nullopt;
    }

    // 'name': INT, with either kind of quotes
    std::optional<qint64> member(QByteArrayView name)
    {
        skipSpaces();
        if (!take('\'') && !take('"'))
            return std::nullopt;
        if (!take(name) || (!take('\'') && !take('"')))
            return std::nullopt;
        skipSpaces();
        if (!take(':'))
            return std::nullopt;
        skipSpaces();
        return number();
    }

private:
    const char *m_at;
    const char *m_end;
};

int clamped(qint64 value)
{
    constexpr qint64 most = std::numeric_limits<int>::max();
    return int(qBound(-most, value, most));
}

} // namespace

std::optional<Pair> dictionary(QByteArrayView line, QByteArrayView name, QByteArrayView first,
                               QByteArrayView second)
{
    Cursor cursor(line);
    if (!cursor.take(name))
        return std::nullopt;
    cursor.skipSpaces();
    if (!cursor.take('{'))
        return std::nullopt;
    const std::optional<qint64> one = cursor.member(first);
    if (!one || !cursor.take(','))
        return std::nullopt;
    const std::optional<qint64> two = cursor.member(second);
    cursor.skipSpaces();
    if (!two || !cursor.take('}') || !cursor.atEnd())
        return std::nullopt;
    return Pair(*one, *two);
}

std::optional<Pair> place(QByteArrayView line, QByteArrayView what)
{
    Cursor cursor(line);
    const std::optional<Pair> pair = cursor.pair();
    if (!pair || !cursor.take(' ') || cursor.rest() != what)
        return std::nullopt;
    return pair;
}

std::optional<qint64> length(QByteArrayView line)
{
    Cursor cursor(line);
    if (!cursor.take("Solution length:"))
        return std::nullopt;
    cursor.skipSpaces();
    const std::optional<qint64> value = cursor.number();
    return cursor.atEnd() ? value : std::nullopt;
}

std::optional<double> progress(QByteArrayView line)
{
    if (line.size() < 2 || line.size() > 10 || !line.endsWith('%'))
        return std::nullopt;
    double value = 0;
    const char *end = line.data() + line.size() - 1;
    const auto [stop, error] = std::from_chars(line.data(), end, value);
    if (error != std::errc() || stop != end || value < 0 || value > 100)
        return std::nullopt;
    return value;
}

std::optional<Access> access(QByteArrayView line)
{
    constexpr QByteArrayView get = "\"GET /maze/";
    const qsizetype at = line.indexOf(get);
    if (at < 0)
        return line.contains("\"POST /maze/map") ? std::optional(Access{}) : std::nullopt;
    Cursor cursor(line.sliced(at + get.size()));
    if (!cursor.take("pos/"))
        return Access{};
    const std::optional<qint64> y = cursor.number();
    if (!y || !cursor.take('/'))
        return Access{};
    const std::optional<qint64> x = cursor.number();
    const qsizetype quote = cursor.rest().indexOf('"');
    if (!x || quote < 0 || !(cursor.rest().startsWith(' ') || cursor.rest().startsWith('?')))
        return Access{};
    if (!cursor.rest().sliced(quote).startsWith("\" 200"))
        return Access{};
    return Access{Pair(*x, *y)};
}

Walk walk(QByteArrayView line)
{
    Walk result;
    Cursor cursor(line);
    if (!cursor.take('[')) {
        result.error = QStringLiteral("it does not begin with [");
        return result;
    }
    // The shortest pair, "(0, 0), ", is as long as the point it becomes: memory follows the text.
    result.cells.reserve(line.size() / 8);
    for (;;) {
        const std::optional<Pair> pair = cursor.pair();
        if (!pair)
            break;
        result.cells.append(QPoint(clamped(pair->first), clamped(pair->second)));
        if (!cursor.take(','))
            break;
        cursor.skipSpaces();
    }
    if (!cursor.take(']') || !cursor.atEnd()) {
        result.error = QStringLiteral("after %1 pairs there is \"%2\" instead of a pair or the end")
                           .arg(QString::number(result.cells.size()), quoted(cursor.rest()));
    }
    return result;
}

QString quoted(QByteArrayView text)
{
    constexpr qsizetype longest = 40;
    QString shown;
    for (const QChar character : QString::fromUtf8(text.first(qMin(text.size(), longest))))
        shown += character.isPrint() ? character : QChar(QChar::ReplacementCharacter);
    return text.size() > longest ? QString(shown + QStringLiteral("…")) : shown;
}

} // namespace batchyard::maze::grammar
