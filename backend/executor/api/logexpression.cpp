#include "backend/executor/api/logexpression.h"

#include <algorithm>

namespace batchyard::executor::api {

namespace {

using Characters = LogExpression::Characters;
using Element = LogExpression::Element;
using Alternative = LogExpression::Alternative;

constexpr size_t maximumElements = 1'000;

struct Count {
    int least = 1;
    std::optional<int> most = 1; // none: any number
};

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

bool isWord(QChar c)
{
    return isDigit(c) || (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_';
}

Characters only(QChar c)
{
    Characters characters;
    characters.ascii.set(c.unicode());
    return characters;
}

Characters allBut(Characters characters)
{
    characters.ascii.flip();
    characters.others = !characters.others;
    return characters;
}

template <typename Predicate>
Characters all(Predicate belongs)
{
    Characters characters;
    for (char16_t c = 0; c < 128; ++c)
        characters.ascii.set(c, belongs(QChar(c)));
    return characters;
}

// "Supported regular expressions (regex) syntax" of the CloudWatch Logs user guide.
class ExpressionParser
{
public:
    explicit ExpressionParser(QStringView text)
        : m_text(text)
    {
    }

    std::optional<std::vector<Alternative>> alternatives();

private:
    [[nodiscard]] bool atEnd() const { return m_at == m_text.size(); }
    bool take(QChar c)
    {
        if (atEnd() || m_text[m_at] != c)
            return false;
        ++m_at;
        return true;
    }
    [[nodiscard]] bool addElements(Alternative &alternative);
    [[nodiscard]] std::optional<Characters> characters();
    [[nodiscard]] std::optional<Characters> escaped();
    [[nodiscard]] std::optional<Characters> byNumber();
    [[nodiscard]] std::optional<Characters> classOfThem();
    [[nodiscard]] std::optional<Count> count();
    [[nodiscard]] std::optional<Count> bounds();
    [[nodiscard]] std::optional<int> number();

    QStringView m_text;
    qsizetype m_at = 0;
    size_t m_elements = 0;
};

constexpr QStringView plainSymbols = u":#=@/;,-";
constexpr QStringView operators = u"^$?[]{}|\\*+.";

std::optional<std::vector<Alternative>> ExpressionParser::alternatives()
{
    std::vector<Alternative> alternatives;
    do {
        Alternative alternative;
        alternative.fromBegin = take(u'^');
        if (!addElements(alternative))
            return {};
        alternative.toEnd = take(u'$');
        alternatives.push_back(std::move(alternative));
    } while (take(u'|'));
    return atEnd() ? std::optional(std::move(alternatives)) : std::nullopt;
}

// Counts are written out: a{1,3} is a, and twice one that can be skipped.
bool ExpressionParser::addElements(Alternative &alternative)
{
    while (!atEnd() && m_text[m_at] != u'|' && m_text[m_at] != u'$') {
        const auto found = characters();
        const auto times = count();
        if (!found || !times)
            return false;
        const int written = times->most.value_or(times->least + 1);
        m_elements += static_cast<size_t>(written);
        if (m_elements > maximumElements)
            return false;
        for (int i = 0; i < written; ++i)
            alternative.elements.push_back({*found, i >= times->least, false});
        if (!times->most)
            alternative.elements.back().canRepeat = true;
    }
    return true;
}

std::optional<Characters> ExpressionParser::characters()
{
    if (take(u'\\'))
        return escaped();
    if (take(u'['))
        return classOfThem();
    if (take(u'.'))
        return allBut(only(u'\n'));
    const QChar c = m_text[m_at++];
    return isWord(c) || plainSymbols.contains(c) ? std::optional(only(c)) : std::nullopt;
}

std::optional<Characters> ExpressionParser::escaped()
{
    if (atEnd())
        return {};
    const QChar c = m_text[m_at++];
    const auto isBlank = [](QChar each) { return each.isSpace(); };
    switch (c.unicode()) {
    case u'd':
        return all(isDigit);
    case u'D':
        return allBut(all(isDigit));
    case u's':
        return all(isBlank);
    case u'S':
        return allBut(all(isBlank));
    case u'w':
        return all(isWord);
    case u'W':
        return allBut(all(isWord));
    case u'x':
        return byNumber();
    default:
        return operators.contains(c) || plainSymbols.contains(c) ? std::optional(only(c))
                                                                 : std::nullopt;
    }
}

std::optional<Characters> ExpressionParser::byNumber()
{
    constexpr int digits = 2;
    if (m_text.size() - m_at < digits)
        return {};
    bool isNumber = false;
    const uint number = m_text.sliced(m_at, digits).toUInt(&isNumber, 16);
    m_at += digits;
    return isNumber && number < 128 ? std::optional(only(QChar(number))) : std::nullopt;
}

// Behind the `[`.
std::optional<Characters> ExpressionParser::classOfThem()
{
    Characters members;
    const bool isInverse = take(u'^');
    if (take(u']')) // nothing to choose from
        return {};
    while (!take(u']')) {
        if (atEnd())
            return {};
        const QChar first = m_text[m_at];
        std::optional<Characters> some;
        if (take(u'\\'))
            some = escaped();
        else if (isWord(first) || plainSymbols.contains(first) || operators.contains(first))
            some = only(m_text[m_at++]);
        if (!some)
            return {};
        const bool isRange = m_text.sliced(m_at).startsWith(u'-') && m_at + 1 < m_text.size()
            && isWord(m_text[m_at + 1]) && isWord(first);
        if (isRange) {
            const QChar last = m_text[m_at + 1];
            m_at += 2;
            if (last < first)
                return {};
            some = all([first, last](QChar c) { return first <= c && c <= last; });
        }
        members.ascii |= some->ascii;
        members.others = members.others || some->others;
    }
    return isInverse ? allBut(members) : members;
}

std::optional<Count> ExpressionParser::count()
{
    if (take(u'?'))
        return Count{0, 1};
    if (take(u'*'))
        return Count{0, {}};
    if (take(u'+'))
        return Count{1, {}};
    return take(u'{') ? bounds() : Count{};
}

// Behind the `{`.
std::optional<Count> ExpressionParser::bounds()
{
    const auto least = number();
    if (!least)
        return {};
    Count count{*least, *least};
    if (take(u',')) {
        const bool isOpen = m_text.sliced(m_at).startsWith(u'}');
        count.most = isOpen ? std::nullopt : number();
        if (!isOpen && (!count.most || *count.most < *least))
            return {};
    }
    return take(u'}') ? std::optional(count) : std::nullopt;
}

std::optional<int> ExpressionParser::number()
{
    const qsizetype begin = m_at;
    while (!atEnd() && isDigit(m_text[m_at]))
        ++m_at;
    bool isNumber = false;
    const int number = m_text.sliced(begin, m_at - begin).toInt(&isNumber);
    return isNumber && number <= static_cast<int>(maximumElements) ? std::optional(number)
                                                                   : std::nullopt;
}

// Which elements can be next, by their number; behind the last one all have been found.
class Ways
{
public:
    explicit Ways(const Alternative &alternative)
        : m_elements(&alternative.elements)
        , m_isNext(alternative.elements.size() + 1)
    {
    }

    [[nodiscard]] bool haveEnded() const { return m_isNext.back() != 0; }
    // And what follows it, as long as that can be skipped.
    void add(size_t next)
    {
        while (m_isNext[next] == 0) {
            m_isNext[next] = 1;
            if (next == m_elements->size() || !(*m_elements)[next].canBeSkipped)
                return;
            ++next;
        }
    }
    void clear() { std::fill(m_isNext.begin(), m_isNext.end(), char(0)); }
    void follow(const Ways &before, char32_t c)
    {
        for (size_t i = 0; i < m_elements->size(); ++i) {
            const Element &element = (*m_elements)[i];
            if (before.m_isNext[i] == 0 || !element.characters.contain(c))
                continue;
            add(i + 1);
            if (element.canRepeat)
                add(i);
        }
    }

private:
    const std::vector<Element> *m_elements;
    std::vector<char> m_isNext;
};

bool occurs(const Alternative &alternative, const QList<uint> &text)
{
    Ways ways(alternative);
    Ways next(alternative);
    ways.add(0);
    for (const uint c : text) {
        if (ways.haveEnded() && !alternative.toEnd)
            return true;
        next.clear();
        next.follow(ways, c);
        if (!alternative.fromBegin)
            next.add(0);
        std::swap(ways, next);
    }
    return ways.haveEnded();
}

} // namespace

std::optional<LogExpression> LogExpression::parse(QStringView text)
{
    auto alternatives = ExpressionParser(text).alternatives();
    if (!alternatives)
        return {};
    LogExpression expression;
    expression.m_alternatives = *std::move(alternatives);
    return expression;
}

bool LogExpression::occursIn(const QString &text) const
{
    const QList<uint> characters = text.toUcs4();
    return std::any_of(m_alternatives.begin(), m_alternatives.end(),
                       [&](const Alternative &each) { return occurs(each, characters); });
}

} // namespace batchyard::executor::api
