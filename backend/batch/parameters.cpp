// Ref::name in commands ("Job definition parameters").
#include "backend/batch/rules.h"

#include <algorithm>

namespace batchyard::batch {

namespace {

constexpr QLatin1StringView reference{"Ref::"};

bool isKeyCharacter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9')
        || c == u'_' || c == u'-';
}

// The longest key that the text begins with; keys with a value win over shorter ones.
QString keyAt(QStringView text, const QMap<QString, QString> &parameters)
{
    QString best;
    for (auto parameter = parameters.begin(); parameter != parameters.end(); ++parameter) {
        if (parameter.key().size() > best.size() && text.startsWith(parameter.key()))
            best = parameter.key();
    }
    return best;
}

} // namespace

QString substituted(const QString &text, const QMap<QString, QString> &parameters)
{
    QString result;
    qsizetype position = 0;
    while (true) {
        const qsizetype found = text.indexOf(reference, position);
        if (found < 0)
            return result + text.mid(position);
        const qsizetype start = found + reference.size();
        const QString key = keyAt(QStringView(text).mid(start), parameters);
        result += text.mid(position, found - position);
        result += key.isEmpty() ? QString(reference) : parameters.value(key);
        position = start + key.size();
    }
}

QStringList missingParameters(const QStringList &command, const QMap<QString, QString> &parameters)
{
    QStringList missing;
    for (const QString &word : command) {
        for (qsizetype found = word.indexOf(reference); found >= 0;
             found = word.indexOf(reference, found + reference.size())) {
            const QStringView rest = QStringView(word).mid(found + reference.size());
            const auto end = std::find_if_not(rest.begin(), rest.end(), isKeyCharacter);
            const QString name = rest.left(end - rest.begin()).toString();
            if (!name.isEmpty() && keyAt(rest, parameters).isEmpty() && !missing.contains(name))
                missing.append(name);
        }
    }
    return missing;
}

} // namespace batchyard::batch
