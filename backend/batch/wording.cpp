#include "backend/batch/wording.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace batchyard::batch {

namespace {

constexpr int longestEcho = 80;
constexpr int longestName = 300;

bool isPlain(char32_t character)
{
    switch (QChar::category(character)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate:
    case QChar::Other_PrivateUse:
    case QChar::Other_NotAssigned:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return false;
    default:
        return true;
    }
}

QString escaped(char32_t character)
{
    if (character == U'\n')
        return QStringLiteral("\\n");
    if (character == U'\r')
        return QStringLiteral("\\r");
    if (character == U'\t')
        return QStringLiteral("\\t");
    return QStringLiteral("\\u%1").arg(QString::number(character, 16).toUpper(), 4, u'0');
}

QString echo(QStringView text, int longest)
{
    QString result;
    int count = 0;
    for (const char32_t character : text.toUcs4()) {
        if (++count > longest) {
            result += u'…';
            break;
        }
        if (isPlain(character))
            result += QString::fromUcs4(&character, 1);
        else
            result += escaped(character);
    }
    return result;
}

int editDistance(QStringView a, QStringView b)
{
    std::vector<int> row(static_cast<size_t>(b.size()) + 1);
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        int diagonal = row[0];
        row[0] = static_cast<int>(i);
        for (size_t j = 1; j < row.size(); ++j) {
            const int substitution
                = diagonal + (a[i - 1] == b[static_cast<qsizetype>(j) - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
        }
    }
    return row.back();
}

} // namespace

QString shown(QStringView text)
{
    return u'`' + echo(text, longestEcho) + u'`';
}

QString shownName(QStringView text)
{
    return echo(text, longestName);
}

QString memberPath(const QString &path, const QString &name)
{
    const auto isPlain = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9')
            || c == u'_' || c == u'-';
    };
    if (name.isEmpty() || !std::ranges::all_of(name, isPlain))
        return path + u"[\"" + shown(name).mid(1).chopped(1) + u"\"]";
    return path.isEmpty() ? name : path + u'.' + name;
}

QString alternatives(const QStringList &names)
{
    QString result;
    for (qsizetype i = 0; i < names.size(); ++i) {
        if (i > 0)
            result += i + 1 == names.size() ? QStringLiteral(" or ") : QStringLiteral(", ");
        result += shown(names[i]);
    }
    return result;
}

QString nearest(QStringView text, const QStringList &candidates)
{
    constexpr qsizetype longestCompared = 64;
    if (text.size() > longestCompared)
        return {};
    const QString wanted = text.toString().toLower();
    QString best;
    int bestDistance = static_cast<int>(std::max<qsizetype>(1, wanted.size() / 3)) + 1;
    for (const QString &candidate : candidates) {
        const int distance = editDistance(wanted, candidate.toLower());
        if (distance < bestDistance) {
            bestDistance = distance;
            best = candidate;
        }
    }
    return best;
}

} // namespace batchyard::batch
