#include "tests/docker/campaign/checker.h"

#include "backend/client/localconnection.h"
#include "backend/executor/core/jobtransitions.h"
#include "backend/executor/runner/containernames.h"
#include "backend/executor/store/store.h"
#include "backend/net/httpclient.h"
#include "tests/support/engine/await.h"

#include <QDirIterator>
#include <QSqlDatabase>
#include <QSqlQuery>

#include <nlohmann/json.hpp>

namespace batchyard::test {

namespace {

constexpr qsizetype shownLines = 12;

QString toText(const ContainerKey &key)
{
    return QStringLiteral("%1 attempt %2 %3").arg(key.job, QString::number(key.attempt), key.name);
}

Json containersOf(const Json &attempt)
{
    const auto tasks = attempt.find("taskProperties");
    return tasks != attempt.end() && !tasks->empty() ? tasks->at(0).value("containers", Json())
                                                     : Json();
}

} // namespace

QString describe(Invariant invariant)
{
    switch (invariant) {
    case Invariant::NothingLost:
        return QStringLiteral("I1 lost jobs");
    case Invariant::NothingDoubled:
        return QStringLiteral("I2 doubled starts");
    case Invariant::NothingLeft:
        return QStringLiteral("I3 orphans");
    case Invariant::OnlyForward:
        return QStringLiteral("I4 histories that go backwards");
    case Invariant::TrueResults:
        return QStringLiteral("I5 wrong results");
    case Invariant::EveryLineOnce:
        return QStringLiteral("I6 logs with a gap or a double");
    case Invariant::OthersUntouched:
        return QStringLiteral("I7 foreign containers touched");
    case Invariant::StateWhole:
        return QStringLiteral("I8 faults of the stored state");
    }
    Q_UNREACHABLE();
}

void Checker::violate(Invariant invariant, const QString &what)
{
    m_violations[static_cast<size_t>(invariant)].append(what);
}

bool Checker::isClean() const
{
    return std::all_of(m_violations.begin(), m_violations.end(),
                       [](const QStringList &each) { return each.isEmpty(); });
}

void Checker::checkJobs(const QMap<QString, JobPlan> &planById, const Recorder &recorder)
{
    m_recorded = recorder.histories();
    if (recorder.isBroken())
        violate(Invariant::NothingDoubled, QStringLiteral("The recorder's stream has ended."));
    for (auto each = m_recorded.cbegin(); each != m_recorded.cend(); ++each) {
        if (each->starts > 1)
            violate(Invariant::NothingDoubled,
                    QStringLiteral("%1: %2 starts").arg(toText(each.key())).arg(each->starts));
    }
    m_jobIds = planById.keys();
    for (auto each = planById.cbegin(); each != planById.cend(); ++each) {
        for (int index = 0; index < each->arraySize; ++index)
            m_jobIds.append(QStringLiteral("%1:%2").arg(each.key()).arg(index));
    }
    const auto jobs = m_api.describeJobs(m_jobIds);
    if (!jobs) {
        violate(Invariant::NothingLost, jobs.error().message);
        return;
    }
    QStringList missing = m_jobIds;
    for (const Json &job : *jobs) {
        const QString id = textOf(job, "jobId");
        if (missing.removeAll(id) != 1) {
            violate(Invariant::NothingLost, id + QStringLiteral(" is told twice"));
            continue;
        }
        const JobPlan plan = planById.value(id.section(u':', 0, 0));
        const QString index = id.section(u':', 1);
        const bool succeeds = index.isEmpty() ? plan.succeeds : index.toInt() != plan.failingIndex;
        checkJob(job, plan, succeeds, plan.arraySize > 0 && index.isEmpty());
    }
    for (const QString &id : std::as_const(missing))
        violate(Invariant::NothingLost, id + QStringLiteral(" is missing"));
}

void Checker::checkJob(const Json &job, const JobPlan &plan, bool succeeds, bool isArrayParent)
{
    const QString id = textOf(job, "jobId");
    const QString status = textOf(job, "status");
    const QString reason = textOf(job, "statusReason");
    const QString what = QStringLiteral("%1 %2: %3 (%4)").arg(plan.name, id, status, reason);
    if (status != u"SUCCEEDED" && status != u"FAILED") {
        violate(Invariant::NothingLost, what);
        return;
    }
    if ((status == u"SUCCEEDED") != succeeds)
        violate(Invariant::TrueResults, what);
    else if (!plan.statusReason.isEmpty() && reason != plan.statusReason)
        violate(Invariant::TrueResults, what);
    if (isArrayParent)
        return;
    const Json attempts = job.value("attempts", Json::array());
    if (plan.attempts && static_cast<int>(attempts.size()) != *plan.attempts)
        violate(Invariant::TrueResults,
                QStringLiteral("%1, %2 attempts in place of %3")
                    .arg(what)
                    .arg(attempts.size())
                    .arg(*plan.attempts));
    JobPlan own = plan;
    if (plan.arraySize > 0 && !succeeds)
        own.containers[0].exitCode = 1;
    for (size_t i = 0; i < attempts.size(); ++i)
        checkAttempt(id, static_cast<int>(i) + 1, attempts.at(i), own);
}

void Checker::checkAttempt(const QString &id, int number, const Json &attempt, const JobPlan &plan)
{
    const Json containers = containersOf(attempt);
    for (const ContainerPlan &planned : plan.containers) {
        const auto found
            = std::find_if(containers.begin(), containers.end(), [&planned](const Json &each) {
                  return textOf(each, "name") == planned.name;
              });
        const ContainerKey key{id, number, planned.name};
        if (found == containers.end())
            violate(Invariant::TrueResults, toText(key) + QStringLiteral(" is not told"));
        else
            checkContainer(key, *found, planned);
    }
}

void Checker::checkContainer(const ContainerKey &key, const Json &details,
                             const ContainerPlan &plan)
{
    const ContainerHistory recorded = m_recorded.value(key);
    if (recorded.starts == 0) { // ended before its start; the planned ones without a code may
        if (plan.exitCode)
            violate(Invariant::TrueResults, toText(key) + QStringLiteral(" was never started"));
        return;
    }
    ++m_containers;
    const bool isTold = details.contains("exitCode");
    const int told = isTold ? details.at("exitCode").get<int>() : -1;
    if (recorded.exitCodes.size() != 1 || !isTold || told != recorded.exitCodes.first()
        || told != plan.exitCode.value_or(told))
        violate(Invariant::TrueResults,
                QStringLiteral("%1: exit code %2, planned %3, recorded %4 of %5 ends; reason: %6")
                    .arg(toText(key), isTold ? QString::number(told) : QStringLiteral("none"),
                         plan.exitCode ? QString::number(*plan.exitCode) : QStringLiteral("any"))
                    .arg(recorded.exitCodes.value(0, -1))
                    .arg(recorded.exitCodes.size())
                    .arg(textOf(details, "reason")));
    checkLines(key, textOf(details, "logStreamName"), plan.lines);
}

void Checker::checkLines(const ContainerKey &key, const QString &stream, std::optional<int> count)
{
    const auto lines = m_api.logLines(stream);
    if (!lines) {
        violate(Invariant::EveryLineOnce, toText(key) + u": " + lines.error().message);
        return;
    }
    m_lines += static_cast<int>(lines->size());
    bool right = !count || lines->size() == *count + 1;
    for (int i = 0; i < lines->size() && right; ++i)
        right = lines->at(i) == (i == 0 ? Workload::firstLine : Workload::numberedLine(i));
    if (!right)
        violate(
            Invariant::EveryLineOnce,
            QStringLiteral("%1: %2 lines of %3, the last: %4")
                .arg(toText(key))
                .arg(lines->size())
                .arg(count ? QString::number(*count + 1) : QStringLiteral("any number"))
                .arg(lines->mid(std::max(lines->size() - shownLines, qsizetype(0))).join(u", ")));
}

void Checker::checkEngine(const QStringList &decoys)
{
    const auto containers = await(m_engine.listContainers({}));
    if (!containers) {
        violate(Invariant::NothingLeft, containers.error().message);
        return;
    }
    QStringList missing = decoys;
    for (const docker::ContainerListEntry &container : *containers) {
        if (missing.removeAll(container.name) == 0)
            violate(Invariant::NothingLeft, container.name + u' ' + container.state);
        else if (container.state != u"running")
            violate(Invariant::OthersUntouched, container.name + u' ' + container.state);
    }
    for (const QString &name : std::as_const(missing))
        violate(Invariant::OthersUntouched, name + QStringLiteral(" is gone"));

    net::HttpRequest request;
    request.url = "http://docker/v1.41/volumes";
    request.unixSocket = m_engine.endpoint();
    net::HttpClient client;
    const auto reply = await(client.send(request));
    const Json volumes = reply ? Json::parse(reply->body.toStdString(), nullptr, false) : Json();
    if (!volumes.is_object())
        violate(Invariant::NothingLeft, QStringLiteral("The volumes cannot be listed."));
    else if (const Json list = volumes.value("Volumes", Json()); !list.empty())
        violate(Invariant::NothingLeft, QStringLiteral("%1 volumes").arg(list.size()));
}

void Checker::checkState()
{
    checkHistories();
    {
        QSqlDatabase database
            = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("check"));
        database.setDatabaseName(m_paths.database());
        QSqlQuery query(database);
        if (!database.open() || !query.exec(QStringLiteral("PRAGMA integrity_check"))
            || !query.next() || query.value(0).toString() != u"ok")
            violate(Invariant::StateWhole, QStringLiteral("The database is not sound."));
    }
    QSqlDatabase::removeDatabase(QStringLiteral("check"));

    const auto connection = client::LocalConnection::read(m_paths.connectionFile());
    if (!connection) {
        violate(Invariant::StateWhole, connection.error().message);
        return;
    }
    QDirIterator files(m_paths.state, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.fileName() == m_paths.connectionFile() || !file.open(QIODevice::ReadOnly))
            continue;
        if (file.readAll().contains(connection->credentials.secretAccessKey))
            violate(Invariant::StateWhole,
                    QStringLiteral("The secret key is in ") + file.fileName());
    }
}

void Checker::checkHistories()
{
    const auto store = executor::Store::open(m_paths.database());
    if (!store) {
        violate(Invariant::StateWhole, store.error().message);
        return;
    }
    for (const QString &id : std::as_const(m_jobIds)) {
        const auto history = (*store)->history(id);
        if (!history || history->isEmpty()) {
            violate(Invariant::OnlyForward, id + QStringLiteral(" has no history"));
            continue;
        }
        QStringList states{toString(history->first().status)};
        bool forward = true;
        for (qsizetype i = 1; i < history->size(); ++i) {
            states.append(toString(history->at(i).status));
            forward = forward
                && executor::core::isLegalTransition(history->at(i - 1).status,
                                                     history->at(i).status);
        }
        if (!forward)
            violate(Invariant::OnlyForward, id + u": " + states.join(u' '));
    }
    if (const auto open = (*store)->unfinishedAttempts(); !open || !open->isEmpty())
        violate(Invariant::NothingLeft, QStringLiteral("Some attempts are not cleaned up."));
}

} // namespace batchyard::test
