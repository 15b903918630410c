#include "models/draft/commandsyntax.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace batchyard::models {

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("batchyard::models::CommandSyntax", text);
}

bool needsQuotes(const QString &word)
{
    if (word.isEmpty())
        return true;
    return std::any_of(word.cbegin(), word.cend(), [](QChar c) {
        return c.isSpace() || c == u'\'' || c == u'"' || c == u'\\';
    });
}

// Reads one command text; the state is where in a word it stands.
class WordReader
{
public:
    explicit WordReader(const QString &text)
        : m_text(text)
    {
    }

    CommandText read()
    {
        for (m_at = 0; m_at < m_text.size(); ++m_at)
            take(m_text[m_at]);
        if (!m_quote.isNull())
            return fail(translated("The quote %1 at column %2 is not closed.").arg(m_quote),
                        m_quoteAt + 1);
        if (m_escaped)
            return fail(translated("The \\ at column %1 has nothing after it."),
                        static_cast<int>(m_text.size()));
        endWord();
        return m_result;
    }

private:
    void take(QChar c)
    {
        if (m_escaped) {
            m_word += c;
            m_escaped = false;
        } else if (!m_quote.isNull()) {
            takeQuoted(c);
        } else if (c.isSpace()) {
            endWord();
        } else if (c == u'\'' || c == u'"') {
            m_quote = c;
            m_quoteAt = m_at;
            m_inWord = true;
        } else if (c == u'\\') {
            m_escaped = true;
            m_inWord = true;
        } else {
            m_word += c;
            m_inWord = true;
        }
    }

    void takeQuoted(QChar c)
    {
        const bool escapes = m_quote == u'"' && c == u'\\' && m_at + 1 < m_text.size()
            && (m_text[m_at + 1] == u'"' || m_text[m_at + 1] == u'\\');
        if (c == m_quote)
            m_quote = {};
        else if (escapes)
            m_escaped = true;
        else
            m_word += c;
    }

    void endWord()
    {
        if (m_inWord)
            m_result.words.append(m_word);
        m_word.clear();
        m_inWord = false;
    }

    CommandText fail(const QString &problem, int column) const
    {
        return {{}, problem.arg(column), column};
    }

    const QString &m_text;
    int m_at = 0;
    QChar m_quote;
    int m_quoteAt = 0;
    bool m_escaped = false;
    bool m_inWord = false;
    QString m_word;
    CommandText m_result;
};

} // namespace

CommandText commandFromWords(const QString &text)
{
    return WordReader(text).read();
}

QString commandToWords(const QStringList &command)
{
    QStringList words;
    for (const QString &word : command) {
        if (!needsQuotes(word)) {
            words.append(word);
        } else if (!word.contains(u'\'')) {
            words.append(u'\'' + word + u'\'');
        } else {
            QString escaped = word;
            escaped.replace(u'\\', QStringLiteral("\\\\")).replace(u'"', QStringLiteral("\\\""));
            words.append(u'"' + escaped + u'"');
        }
    }
    return words.join(u' ');
}

CommandText commandFromJson(const QString &text)
{
    if (text.trimmed().isEmpty())
        return {};
    const QByteArray utf8 = text.toUtf8();
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(utf8, &error);
    if (error.error != QJsonParseError::NoError) {
        const int column = static_cast<int>(QString::fromUtf8(utf8.left(error.offset)).size()) + 1;
        return {{},
                translated("At column %1: %2. A command is a list of strings: [\"sh\", \"-c\"].")
                    .arg(column)
                    .arg(error.errorString()),
                column};
    }
    if (!document.isArray())
        return {{}, translated("A command is a list of strings: [\"sh\", \"-c\"]."), 1};
    CommandText result;
    int number = 0;
    for (const QJsonValue &word : document.array()) {
        ++number;
        if (!word.isString())
            return {{}, translated("Word %1 of the list is not a string.").arg(number), 1};
        result.words.append(word.toString());
    }
    return result;
}

QString commandToJson(const QStringList &command)
{
    // One line; QJsonDocument's compact form has no blank after the comma.
    QStringList words;
    for (const QString &word : command) {
        const QByteArray list = QJsonDocument(QJsonArray{word}).toJson(QJsonDocument::Compact);
        words.append(QString::fromUtf8(list.mid(1, list.size() - 2)));
    }
    return u'[' + words.join(QStringLiteral(", ")) + u']';
}

} // namespace batchyard::models
