#include "models/console/wording.h"

#include <QCoreApplication>
#include <QLocale>

namespace batchyard::models {

using namespace Qt::Literals::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Wording", text);
}

} // namespace

QString timeText(std::optional<batch::Timestamp> time, const QDateTime &now)
{
    if (!time)
        return {};
    const QDateTime local = QDateTime::fromMSecsSinceEpoch(batch::toEpochMs(*time));
    const QLocale locale;
    if (local.date() == now.date())
        return locale.toString(local, u"HH:mm:ss"_s);
    if (local.date().year() == now.date().year())
        return locale.toString(local, u"d MMM HH:mm"_s);
    return locale.toString(local, u"d MMM yyyy"_s);
}

QString fullTimeText(std::optional<batch::Timestamp> time)
{
    if (!time)
        return {};
    return QLocale().toString(QDateTime::fromMSecsSinceEpoch(batch::toEpochMs(*time)),
                              u"d MMM yyyy HH:mm:ss"_s);
}

QString durationText(std::chrono::milliseconds duration)
{
    const qint64 ms = qMax<qint64>(0, duration.count());
    if (ms < 10'000)
        return tr("%1 s").arg(QLocale().toString(static_cast<double>(ms) / 1000.0, 'f', 1));
    const qint64 seconds = ms / 1000;
    if (seconds < 60)
        return tr("%1 s").arg(seconds);
    if (seconds < 3600)
        return tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
    if (seconds < 24 * 3600)
        return tr("%1 h %2 min").arg(seconds / 3600).arg(seconds % 3600 / 60);
    return tr("%1 d %2 h").arg(seconds / (24 * 3600)).arg(seconds % (24 * 3600) / 3600);
}

QString attemptsText(int attempts)
{
    return attempts == 1 ? tr("1 attempt") : tr("up to %1 attempts").arg(attempts);
}

QString childrenText(const batch::ArrayPropertiesDetail &array)
{
    const QString size = tr("%1 jobs").arg(QLocale().toString(array.size.value_or(0)));
    QStringList parts;
    const batch::JobStatusCounts counts = array.statusSummary.value_or(batch::JobStatusCounts{});
    for (int state = batch::jobStatusCount - 1; state >= 0; --state) {
        if (const int count = counts.at(static_cast<std::size_t>(state)); count > 0)
            parts
                += tr("%1 %2").arg(QLocale().toString(count),
                                   batch::toString(static_cast<batch::JobStatus>(state)).toLower());
    }
    return parts.isEmpty() ? size : tr("%1: %2").arg(size, parts.join(u", "_s));
}

QString nameOfArn(const QString &arn)
{
    return arn.section(u'/', -1);
}

QString memoryText(qint64 mebibytes)
{
    if (mebibytes < 1024)
        return tr("%1 MiB").arg(mebibytes);
    const double gibibytes = static_cast<double>(mebibytes) / 1024.0;
    return tr("%1 GiB").arg(QLocale().toString(gibibytes, 'f', mebibytes % 1024 == 0 ? 0 : 1));
}

std::optional<std::chrono::milliseconds> runTime(std::optional<batch::Timestamp> startedAt,
                                                 std::optional<batch::Timestamp> stoppedAt,
                                                 batch::Timestamp now)
{
    if (!startedAt)
        return std::nullopt;
    return stoppedAt.value_or(now) - *startedAt;
}

} // namespace batchyard::models
