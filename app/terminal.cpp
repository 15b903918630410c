#include "app/terminal.h"

#include <cstdio>
#include <unistd.h>

namespace batchyard::app {

void print(const QByteArray &line)
{
    std::fwrite(line.constData(), 1, static_cast<size_t>(line.size()), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

void complain(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, static_cast<size_t>(bytes.size()), stderr);
    std::fputc('\n', stderr);
}

int fail(const Error &error)
{
    complain(QStringLiteral("batchyard: ") + error.message);
    if (!error.detail.isEmpty() && error.detail != error.message)
        complain(QStringLiteral("  ") + error.detail);
    return 1;
}

QByteArray forTerminal(const QString &text)
{
    static const bool terminal = isatty(STDOUT_FILENO) != 0;
    if (!terminal)
        return text.toUtf8();
    QString shown;
    shown.reserve(text.size());
    for (const QChar c : text) {
        const bool control = c.category() == QChar::Other_Control && c != u'\t';
        if (control || c.category() == QChar::Other_Format)
            shown += QStringLiteral("\\x%1").arg(c.unicode(), 2, 16, QLatin1Char('0'));
        else
            shown += c;
    }
    return shown.toUtf8();
}

QByteArray table(const QList<QStringList> &rows)
{
    QList<qsizetype> widths;
    for (const QStringList &row : rows) {
        widths.resize(qMax(widths.size(), row.size()));
        for (qsizetype column = 0; column < row.size(); ++column)
            widths[column] = qMax(widths[column], row[column].size());
    }
    QByteArray text;
    for (const QStringList &row : rows) {
        QString line;
        for (qsizetype column = 0; column < row.size(); ++column) {
            const bool last = column + 1 == row.size();
            line += last ? row[column] : row[column].leftJustified(widths[column] + 2);
        }
        if (!text.isEmpty())
            text += '\n';
        text += forTerminal(line);
    }
    return text;
}

} // namespace batchyard::app
