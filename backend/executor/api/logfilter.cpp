#include "backend/executor/api/logfilter.h"

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

Result<LogFilter> LogFilter::parse(const QString &pattern)
{
    constexpr qsizetype maximumLength = 1024;
    if (pattern.size() > maximumLength)
        return failure(ErrorCode::InvalidInput,
                       u"filterPattern: %1 characters; at most %2 are allowed."_s.arg(
                           QString::number(pattern.size()), QString::number(maximumLength)));
    const QString text = pattern.trimmed();
    if (text.startsWith(u'{') || text.startsWith(u'[') || text.startsWith(u'%'))
        return failure(ErrorCode::Unsupported,
                       u"filterPattern: patterns on JSON, columns and regular expressions are not "
                       "known locally; give terms."_s);
    LogFilter filter;
    qsizetype at = 0;
    while (at < text.size()) {
        if (text[at].isSpace()) {
            ++at;
            continue;
        }
        QByteArrayList *terms = &filter.m_all;
        if (text[at] == u'?' || text[at] == u'-')
            terms = text[at++] == u'?' ? &filter.m_any : &filter.m_none;
        const bool isQuoted = at < text.size() && text[at] == u'"';
        qsizetype end = isQuoted ? text.indexOf(u'"', at + 1) : at;
        while (!isQuoted && end < text.size() && !text[end].isSpace())
            ++end;
        if (end < 0)
            return failure(ErrorCode::InvalidInput, u"filterPattern: a quote is not closed."_s);
        const qsizetype begin = isQuoted ? at + 1 : at;
        if (end > begin)
            *terms += text.mid(begin, end - begin).toUtf8();
        at = isQuoted ? end + 1 : std::max(end, at + 1);
    }
    return filter;
}

bool LogFilter::matches(QByteArrayView line) const
{
    const auto occurs = [&](const QByteArray &term) { return line.contains(term); };
    return std::all_of(m_all.cbegin(), m_all.cend(), occurs)
        && std::none_of(m_none.cbegin(), m_none.cend(), occurs)
        && (m_any.isEmpty() || std::any_of(m_any.cbegin(), m_any.cend(), occurs));
}

} // namespace batchyard::executor::api
