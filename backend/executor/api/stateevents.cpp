#include "backend/executor/api/stateevents.h"

#include "backend/executor/api/jobdetails.h"

#include <QDateTime>
#include <QHash>
#include <QUuid>

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int maximumChanges = 100;

std::string isoTime(Timestamp time)
{
    return QDateTime::fromMSecsSinceEpoch(batch::toEpochMs(time), Qt::UTC)
        .toString(Qt::ISODate)
        .toStdString();
}

// The same for the same change, so that whoever gets an event twice can tell.
std::string eventId(const OperationContext &context, const NumberedChange &change)
{
    const QString name = context.store.installId() % u'-' % QString::number(change.number);
    return QUuid::createUuidV5(QUuid(), name).toString(QUuid::WithoutBraces).toStdString();
}

Json eventOf(const OperationContext &context, const NumberedChange &change, Json detail)
{
    detail["status"] = batch::toString(change.change.status).toStdString();
    if (change.change.reason.isEmpty())
        detail.erase("statusReason");
    else
        detail["statusReason"] = change.change.reason.toStdString();
    const ApiSettings &settings = context.settings;
    return {{"version", "0"},
            {"id", eventId(context, change)},
            {"detail-type", "Batch Job State Change"},
            {"source", "aws.batch"},
            {"account", settings.account.toStdString()},
            {"time", isoTime(change.change.at)},
            {"region", settings.region.toStdString()},
            {"resources", Json::array({context.arns.job(change.jobId).toStdString()})},
            {"detail", std::move(detail)}};
}

} // namespace

Result<Json> stateEvents(const OperationContext &context, qint64 since)
{
    const auto changes = context.store.changesAfter(since, maximumChanges);
    if (!changes)
        return tl::unexpected(changes.error());
    QStringList ids;
    for (const NumberedChange &change : *changes)
        ids += change.jobId;
    ids.removeDuplicates();
    const auto jobs = context.store.jobs(ids);
    if (!jobs)
        return tl::unexpected(jobs.error());
    const auto details = jobDetails(context, *jobs);
    if (!details)
        return tl::unexpected(details.error());
    QHash<QString, Json> byId;
    for (const batch::JobDetail &detail : *details)
        byId.insert(detail.jobId, batch::toJsonValue(detail));

    Json events = Json::array();
    for (const NumberedChange &change : *changes) {
        const auto detail = byId.constFind(change.jobId);
        if (detail != byId.cend() && change.change.status != batch::JobStatus::Submitted)
            events.push_back(eventOf(context, change, *detail));
    }
    return Json{{"events", std::move(events)},
                {"sequence", changes->isEmpty() ? since : changes->last().number}};
}

} // namespace batchyard::executor::api
