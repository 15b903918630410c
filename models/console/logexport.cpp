#include "models/console/logexport.h"

#include "backend/savefile.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace batchyard::models {

using namespace Qt::Literals::StringLiterals;

namespace {

QString timeOf(const batch::LogLine &line)
{
    return QDateTime::fromMSecsSinceEpoch(batch::toEpochMs(line.time), Qt::UTC)
        .toString(Qt::ISODateWithMs);
}

QString streamName(batch::LogLine::Stream stream)
{
    switch (stream) {
    case batch::LogLine::Stream::Unknown:
        return {};
    case batch::LogLine::Stream::Stdout:
        return u"stdout"_s;
    case batch::LogLine::Stream::Stderr:
        return u"stderr"_s;
    }
    return {};
}

QByteArray textLine(const LogRecord &record, qsizetype nameWidth)
{
    QString name = record.container.leftJustified(nameWidth);
    if (record.line.stream == batch::LogLine::Stream::Stderr)
        name += u" err "_s;
    else if (record.line.stream == batch::LogLine::Stream::Stdout)
        name += u" out "_s;
    else
        name += u' ';
    return QString(timeOf(record.line) % u' ' % name % record.line.text % u'\n').toUtf8();
}

QByteArray jsonLine(const LogRecord &record)
{
    QJsonObject object{{u"time"_s, timeOf(record.line)},
                       {u"container"_s, record.container},
                       {u"attempt"_s, record.attempt},
                       {u"message"_s, record.line.text}};
    if (record.line.stream != batch::LogLine::Stream::Unknown)
        object.insert(u"stream"_s, streamName(record.line.stream));
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

} // namespace

QByteArray formatLog(const QList<LogRecord> &records, LogFormat format)
{
    qsizetype nameWidth = 0;
    for (const LogRecord &record : records)
        nameWidth = qMax(nameWidth, record.container.size());
    QByteArray text;
    int attempt = 1;
    for (const LogRecord &record : records) {
        if (format == LogFormat::JsonLines) {
            text += jsonLine(record);
            continue;
        }
        if (record.attempt != attempt) {
            attempt = record.attempt;
            text += QCoreApplication::translate("LogExport", "---- Attempt %1 ----\n")
                        .arg(attempt)
                        .toUtf8();
        }
        text += textLine(record, nameWidth);
    }
    return text;
}

Result<void> saveLog(const QString &fileName, const QList<LogRecord> &records, LogFormat format)
{
    QSaveFile file(fileName);
    const QByteArray text = formatLog(records, format);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !commitWhole(file))
        return failure(ErrorCode::Io,
                       QCoreApplication::translate(
                           "LogExport", "The log could not be saved as %1. Choose another place.")
                           .arg(fileName),
                       file.errorString());
    return {};
}

} // namespace batchyard::models
