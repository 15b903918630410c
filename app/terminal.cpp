#include "app/terminal.h"

#include <algorithm>
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
    QStringList lines = text.split(u'\n');
    if (isatty(STDERR_FILENO) != 0)
        std::transform(lines.begin(), lines.end(), lines.begin(), escaped);
    const QByteArray bytes = lines.join(u'\n').toUtf8();
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

QString escaped(const QString &line)
{
    QString shown;
    shown.reserve(line.size());
    for (const char32_t c : line.toUcs4()) {
        const QChar::Category category = QChar::category(c);
        const bool isControl = category == QChar::Other_Control && c != U'\t';
        if (isControl || category == QChar::Other_Format)
            shown += QStringLiteral("\\x%1").arg(QString::number(c, 16), 2, u'0');
        else
            shown += QString::fromUcs4(&c, 1);
    }
    return shown;
}

QByteArray forTerminal(const QString &text)
{
    static const bool terminal = isatty(STDOUT_FILENO) != 0;
    return (terminal ? escaped(text) : text).toUtf8();
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
