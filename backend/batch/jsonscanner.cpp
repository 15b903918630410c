#include "backend/batch/jsonscanner.h"

#include "backend/batch/json.h"
#include "backend/batch/wording.h"

#include <charconv>
#include <unordered_map>

namespace batchyard::batch {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

void appendUtf8(std::string &text, char32_t character)
{
    text += QString::fromUcs4(&character, 1).toUtf8().toStdString();
}

} // namespace

std::optional<QString> JsonScanner::scan()
{
    skipSpace();
    if (value()) {
        skipSpace();
        if (!atEnd())
            unexpected(QStringLiteral("the end of the document"));
    }
    return m_fault;
}

bool JsonScanner::value()
{
    std::string text;
    switch (current()) {
    case '{':
        return object();
    case '[':
        return list();
    case '"':
        return string(text);
    case 't':
        return word("true");
    case 'f':
        return word("false");
    case 'n':
        return word("null");
    default:
        if (current() == '-' || isDigit(current()))
            return number();
        return unexpected(QStringLiteral("a value"));
    }
}

bool JsonScanner::object()
{
    if (m_open.size() >= maximumJsonDepth)
        return fail(QStringLiteral("the document is nested deeper than %1").arg(maximumJsonDepth));
    m_open.emplace_back('{', m_position++);
    std::unordered_map<std::string, size_t> seen;
    skipSpace();
    if (current() != '}') {
        do {
            skipSpace();
            const size_t start = m_position;
            std::string key;
            if (current() != '"')
                return unexpected(QStringLiteral("a key in double quotes"));
            if (!string(key))
                return false;
            const auto [same, isNew] = seen.emplace(key, start);
            if (!isNew)
                return failAt(start,
                              QStringLiteral("key %1 appears twice (lines %2, %3)")
                                  .arg(shown(QString::fromStdString(key)))
                                  .arg(place(same->second).line)
                                  .arg(place(start).line));
            skipSpace();
            if (current() != ':')
                return unexpected(QStringLiteral("`:` after the key"));
            ++m_position;
            skipSpace();
            m_path.push_back({key});
            if (!value())
                return false;
            m_path.pop_back();
        } while (separator('}'));
    }
    return closed('}');
}

bool JsonScanner::list()
{
    if (m_open.size() >= maximumJsonDepth)
        return fail(QStringLiteral("the document is nested deeper than %1").arg(maximumJsonDepth));
    m_open.emplace_back('[', m_position++);
    skipSpace();
    if (current() != ']') {
        int index = 0;
        do {
            skipSpace();
            m_path.push_back({{}, index++});
            if (!value())
                return false;
            m_path.pop_back();
        } while (separator(']'));
    }
    return closed(']');
}

// After an element: true when a comma and another element follow.
bool JsonScanner::separator(char close)
{
    skipSpace();
    if (current() != ',')
        return false;
    const size_t comma = m_position++;
    skipSpace();
    if (current() != close)
        return true;
    return failAt(comma, QStringLiteral("there is a comma after the last element; remove it"));
}

bool JsonScanner::closed(char close)
{
    if (m_fault)
        return false;
    if (current() != close)
        return unexpected(QStringLiteral("`,` or `%1`").arg(QLatin1Char(close)));
    ++m_position;
    m_open.pop_back();
    return true;
}

bool JsonScanner::string(std::string &decoded)
{
    const size_t start = m_position++;
    while (!atEnd() && current() != '"') {
        if (static_cast<unsigned char>(current()) < 0x20)
            return current() == '\n' || current() == '\r'
                ? failAt(start, QStringLiteral("the string has no closing `\"` on its line"))
                : fail(QStringLiteral("the string holds the control character %1; write it as an "
                                      "escape")
                           .arg(currentCharacter()));
        if (current() == '\\') {
            if (!escape(decoded))
                return false;
        } else {
            decoded += m_text[m_position++];
        }
    }
    if (atEnd())
        return failAt(start, QStringLiteral("the string has no closing `\"`"));
    ++m_position;
    return true;
}

bool JsonScanner::escape(std::string &decoded)
{
    static constexpr std::string_view names = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    ++m_position;
    if (current() == 'u')
        return unicodeEscape(decoded);
    const size_t index = atEnd() ? std::string_view::npos : names.find(current());
    if (index == std::string_view::npos)
        return failAt(m_position - 1,
                      QStringLiteral("`\\` starts no valid escape; write `\\\\` for a backslash"));
    decoded += meanings[index];
    ++m_position;
    return true;
}

bool JsonScanner::unicodeEscape(std::string &decoded)
{
    const size_t start = m_position - 1;
    const auto first = fourHexDigits();
    if (!first)
        return failAt(start, QStringLiteral("`\\u` must be followed by four hexadecimal digits"));
    if (*first == 0)
        return failAt(start,
                      QStringLiteral("the string holds a NUL character (`\\u0000`), which "
                                     "is not allowed"));
    char32_t character = *first;
    if (character >= 0xD800 && character <= 0xDFFF) {
        std::optional<unsigned> second;
        if (character < 0xDC00 && m_text.substr(m_position, 2) == "\\u") {
            ++m_position;
            second = fourHexDigits();
        }
        if (!second || *second < 0xDC00 || *second > 0xDFFF)
            return failAt(start,
                          QStringLiteral("the string holds half of a surrogate pair (%1)")
                              .arg(QLatin1StringView(m_text.data() + start, 6)));
        character = 0x10000 + ((character - 0xD800) << 10) + (*second - 0xDC00);
    }
    appendUtf8(decoded, character);
    return true;
}

// From the `u` on.
std::optional<unsigned> JsonScanner::fourHexDigits()
{
    const std::string_view hex = m_text.substr(m_position + 1, 4);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
    if (hex.size() != 4 || error != std::errc() || end != hex.data() + 4)
        return {};
    m_position += 5;
    return value;
}

bool JsonScanner::number()
{
    const size_t start = m_position;
    if (current() == '-')
        ++m_position;
    if (current() == '0' && m_position + 1 < m_text.size() && isDigit(m_text[m_position + 1]))
        return failAt(start, QStringLiteral("a number must not begin with 0"));
    bool sound = digits();
    if (sound && current() == '.') {
        ++m_position;
        sound = digits();
    }
    if (sound && (current() == 'e' || current() == 'E')) {
        ++m_position;
        if (current() == '+' || current() == '-')
            ++m_position;
        sound = digits();
    }
    if (!sound)
        return unexpected(QStringLiteral("a digit"));
    const std::string_view text = m_text.substr(start, m_position - start);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isTiny
        = text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos;
    if (error == std::errc::result_out_of_range && !isTiny)
        return failAt(
            start,
            QStringLiteral("the number %1 is too large")
                .arg(shown(QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())))));
    return true;
}

bool JsonScanner::digits()
{
    const size_t start = m_position;
    while (isDigit(current()))
        ++m_position;
    return m_position > start;
}

bool JsonScanner::word(std::string_view expected)
{
    if (m_text.substr(m_position, expected.size()) != expected)
        return unexpected(QStringLiteral("a value"));
    m_position += expected.size();
    return true;
}

void JsonScanner::skipSpace()
{
    while (!atEnd()
           && (current() == ' ' || current() == '\t' || current() == '\n' || current() == '\r'))
        ++m_position;
}

bool JsonScanner::unexpected(const QString &expected)
{
    if (atEnd()) {
        if (m_open.empty())
            return fail(QStringLiteral("the document ends where %1 is expected").arg(expected));
        const auto [bracket, position] = m_open.back();
        return fail(QStringLiteral("the document ends but the `%1` of line %2 is not closed")
                        .arg(QLatin1Char(bracket))
                        .arg(place(position).line));
    }
    const std::string_view rest = m_text.substr(m_position);
    if (rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#'))
        return fail(QStringLiteral("JSON has no comments; remove this one"));
    if (rest.starts_with('\''))
        return fail(QStringLiteral("strings stand in double quotes, not in single quotes"));
    for (const std::string_view near : {"True", "False", "None", "NaN", "Infinity", "undefined"}) {
        if (rest.starts_with(near))
            return fail(QStringLiteral("%1 is no JSON value; allowed are true, false, null, "
                                       "numbers, strings, lists and objects")
                            .arg(shown(QString::fromUtf8(near.data(),
                                                         static_cast<qsizetype>(near.size())))));
    }
    return fail(QStringLiteral("expected %1, found %2").arg(expected, currentCharacter()));
}

bool JsonScanner::fail(const QString &what)
{
    return failAt(m_position, what);
}

bool JsonScanner::failAt(size_t position, const QString &what)
{
    if (m_fault)
        return false;
    const Place where = place(position);
    QString text = QStringLiteral("Line %1, column %2").arg(where.line).arg(where.column);
    if (const QString member = path(); !member.isEmpty())
        text += u" (" + member + u")";
    m_fault = text + u": " + what + u".";
    return false;
}

JsonScanner::Place JsonScanner::place(size_t position) const
{
    Place result;
    for (size_t i = 0; i < position && i < m_text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(m_text[i]);
        if (byte == '\n') {
            ++result.line;
            result.column = 1;
        } else if ((byte & 0xC0) != 0x80) {
            ++result.column;
        }
    }
    return result;
}

QString JsonScanner::path() const
{
    QString text;
    for (const Segment &segment : m_path) {
        if (segment.index >= 0)
            text += u'[' + QString::number(segment.index) + u']';
        else
            text = memberPath(text, QString::fromStdString(segment.key));
    }
    return text;
}

QString JsonScanner::currentCharacter() const
{
    size_t end = m_position + 1;
    while (end < m_text.size() && (static_cast<unsigned char>(m_text[end]) & 0xC0) == 0x80)
        ++end;
    return shown(
        QString::fromUtf8(m_text.data() + m_position, static_cast<qsizetype>(end - m_position)));
}

} // namespace batchyard::batch
