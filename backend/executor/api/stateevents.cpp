#include "backend/executor/api/stateevents.h"

#include "backend/executor/api/jobdetails.h"

#include <QDateTime>
#include <QHash>
#include <QUuid>

#include <nlohmann/json.hpp>

#include <algorithm>

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

// The job at a change that others have followed, by the attempts that it has had since. Which
// containers of an attempt had ended by then is not known.
batch::JobDetail detailAt(batch::JobDetail detail, const StateChangeRecord &change)
{
    using batch::JobStatus;
    const bool isOpen = change.status == JobStatus::Starting || change.status == JobStatus::Running;
    batch::AttemptDetail shown;
    if (change.attempt > detail.attempts.size()) // it has not ended
        shown = {.startedAt = detail.startedAt,
                 .stoppedAt = {},
                 .statusReason = {},
                 .taskArn = detail.taskArn,
                 .containerInstanceArn = detail.containerInstanceArn,
                 .containers = detail.containers,
                 .podName = detail.podName,
                 .nodeName = detail.nodeName};
    else if (change.attempt > 0)
        shown = detail.attempts[change.attempt - 1];
    for (batch::ContainerRuntime &container : shown.containers) {
        if (isOpen) {
            container.exitCode.reset();
            container.reason.clear();
        }
        if (change.status == JobStatus::Starting)
            container.logStreamName.clear();
    }
    const int ended = isOpen ? std::max(0, change.attempt - 1) : change.attempt;
    detail.attempts.resize(std::min<qsizetype>(detail.attempts.size(), ended));
    detail.startedAt = change.status == JobStatus::Starting ? std::nullopt : shown.startedAt;
    detail.stoppedAt.reset();
    detail.taskArn = shown.taskArn;
    detail.containerInstanceArn = shown.containerInstanceArn;
    detail.containers = shown.containers;
    detail.podName = shown.podName;
    detail.nodeName = shown.nodeName;
    detail.isCancelled = false;
    detail.isTerminated = false;
    return detail;
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
    QHash<QString, qsizetype> places; // in both lists
    for (qsizetype i = 0; i < jobs->size(); ++i)
        places.insert(jobs->at(i).id, i);

    Json events = Json::array();
    for (const NumberedChange &numbered : *changes) {
        const StateChangeRecord &change = numbered.change;
        const auto place = places.constFind(numbered.jobId);
        if (place == places.cend() || change.status == batch::JobStatus::Submitted)
            continue;
        const JobRecord &job = jobs->at(*place);
        const batch::JobDetail &now = details->at(*place);
        // No job is twice in a state with the same attempt.
        const bool isLast = job.status == change.status && job.attempt == change.attempt;
        events.push_back(
            eventOf(context, numbered, batch::toJsonValue(isLast ? now : detailAt(now, change))));
    }
    return Json{{"events", std::move(events)},
                {"sequence", changes->isEmpty() ? since : changes->last().number}};
}

} // namespace batchyard::executor::api
