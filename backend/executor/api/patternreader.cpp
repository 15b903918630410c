#include "backend/executor/api/patternreader.h"

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int maximumExpressions = 2;

bool isWordCharacter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9')
        || c == u'_';
}

} // namespace

Error invalidPattern(const QString &why)
{
    const QString text = u"Invalid filter pattern"_s;
    return {ErrorCode::InvalidInput, why.isEmpty() ? text : text + u": "_s + why, {}};
}

Error invalidTerm(QStringView term)
{
    return invalidPattern(u"Invalid character(s) in term '%1'"_s.arg(term));
}

QChar PatternReader::next()
{
    while (m_at < m_text.size() && m_text[m_at].isSpace())
        ++m_at;
    return m_at < m_text.size() ? m_text[m_at] : QChar();
}

bool PatternReader::take(QStringView token)
{
    static_cast<void>(next());
    if (!m_text.sliced(m_at).startsWith(token))
        return false;
    m_at += token.size();
    return true;
}

QString PatternReader::word(QStringView more)
{
    static_cast<void>(next());
    const qsizetype begin = m_at;
    while (m_at < m_text.size() && (isWordCharacter(m_text[m_at]) || more.contains(m_text[m_at])))
        ++m_at;
    return m_text.sliced(begin, m_at - begin).toString();
}

Result<QString> PatternReader::quoted()
{
    const QStringView from = m_text.sliced(m_at);
    QString text;
    for (++m_at; m_at < m_text.size(); ++m_at) {
        if (m_text[m_at] == u'"') {
            ++m_at;
            return text.isEmpty() ? tl::unexpected(invalidTerm(u"\"\"")) : Result<QString>(text);
        }
        if (m_text[m_at] == u'\\' && m_text.sliced(m_at + 1).startsWith(u'"'))
            ++m_at;
        text += m_text[m_at];
    }
    return tl::unexpected(invalidTerm(from));
}

Result<LogExpression> PatternReader::expression()
{
    const qsizetype end = m_text.indexOf(u'%', m_at + 1);
    const QStringView whole = m_text.sliced(m_at, (end < 0 ? m_text.size() : end + 1) - m_at);
    auto expression
        = end > m_at + 1 ? LogExpression::parse(whole.sliced(1, whole.size() - 2)) : std::nullopt;
    if (!expression)
        return tl::unexpected(invalidTerm(whole));
    if (++m_expressions > maximumExpressions)
        return tl::unexpected(invalidPattern(
            u"at most %1 regular expressions are allowed"_s.arg(maximumExpressions)));
    m_at = end + 1;
    return *std::move(expression);
}

QStringView PatternReader::rest() const
{
    const QStringView rest = m_text.sliced(m_at);
    const qsizetype blank = rest.indexOf(u' ');
    return blank < 0 ? rest : rest.first(blank);
}

} // namespace batchyard::executor::api
