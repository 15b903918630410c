#include "backend/executor/runner/recoverylabel.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtEndian>

namespace batchyard::executor {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr quint32 maximumSize = 1024 * 1024; // of the text before compression
constexpr int maximumContainers = 100;

QJsonObject tagsObject(const batch::Tags &tags)
{
    QJsonObject object;
    for (auto tag = tags.begin(); tag != tags.end(); ++tag)
        object.insert(tag.key(), tag.value());
    return object;
}

QJsonObject jobObject(const JobRecord &job)
{
    return {
        {u"id"_s, job.id},
        {u"kind"_s, static_cast<int>(job.kind)},
        {u"parent"_s, job.parentId},
        {u"index"_s, job.index},
        {u"size"_s, job.size},
        {u"name"_s, job.name},
        {u"queue"_s, job.queue},
        {u"definition"_s, job.definitionArn},
        {u"share"_s, job.shareIdentifier},
        {u"priority"_s, job.schedulingPriority},
        {u"consumables"_s, QJsonArray::fromStringList(job.consumableResources)},
        {u"tags"_s, tagsObject(job.tags)},
        {u"created"_s, batch::toEpochMs(job.createdAt)},
        {u"requestDocument"_s, QString::fromUtf8(job.request)},
        {u"definitionDocument"_s, QString::fromUtf8(job.definition)},
    };
}

std::optional<JobRecord> readJobObject(const QJsonObject &object)
{
    JobRecord job;
    job.id = object[u"id"].toString();
    const int kind = object[u"kind"].toInt(-1);
    if (job.id.isEmpty() || kind < 0 || kind > static_cast<int>(JobKind::Node))
        return {};
    job.kind = static_cast<JobKind>(kind);
    job.parentId = object[u"parent"].toString();
    job.index = object[u"index"].toInt(-1);
    job.size = object[u"size"].toInt();
    job.name = object[u"name"].toString();
    job.queue = object[u"queue"].toString();
    job.definitionArn = object[u"definition"].toString();
    job.shareIdentifier = object[u"share"].toString();
    job.schedulingPriority = object[u"priority"].toInt();
    for (const QJsonValue &name : object[u"consumables"].toArray())
        job.consumableResources.append(name.toString());
    const QJsonObject tags = object[u"tags"].toObject();
    for (auto tag = tags.begin(); tag != tags.end(); ++tag)
        job.tags.insert(tag.key(), tag.value().toString());
    job.createdAt = batch::fromEpochMs(object[u"created"].toInteger());
    job.request = object[u"requestDocument"].toString().toUtf8();
    job.definition = object[u"definitionDocument"].toString().toUtf8();
    return job;
}

QJsonObject attemptObject(const AttemptRecord &attempt)
{
    QJsonArray containers;
    for (const ContainerRecord &container : attempt.containers) {
        containers.append(QJsonObject{{u"index"_s, container.index},
                                      {u"name"_s, container.name},
                                      {u"dockerName"_s, container.dockerName},
                                      {u"logStream"_s, container.logStreamName}});
    }
    return {
        {u"number"_s, attempt.number},
        {u"task"_s, attempt.taskId},
        {u"environment"_s, attempt.computeEnvironment},
        {u"instance"_s, attempt.instanceId},
        {u"created"_s, batch::toEpochMs(attempt.createdAt.value_or(Timestamp()))},
        {u"containers"_s, containers},
    };
}

std::optional<AttemptRecord> readAttemptObject(const QJsonObject &object, const QString &jobId)
{
    AttemptRecord attempt;
    attempt.jobId = jobId;
    attempt.number = object[u"number"].toInt();
    attempt.taskId = object[u"task"].toString();
    attempt.computeEnvironment = object[u"environment"].toString();
    attempt.instanceId = object[u"instance"].toString();
    attempt.createdAt = batch::fromEpochMs(object[u"created"].toInteger());
    const QJsonArray containers = object[u"containers"].toArray();
    if (attempt.number < 1 || containers.isEmpty() || containers.size() > maximumContainers)
        return {};
    for (const QJsonValue &value : containers) {
        ContainerRecord container;
        container.jobId = jobId;
        container.attempt = attempt.number;
        container.index = value[u"index"].toInt();
        container.name = value[u"name"].toString();
        container.dockerName = value[u"dockerName"].toString();
        container.logStreamName = value[u"logStream"].toString();
        attempt.containers.append(container);
    }
    return attempt;
}

QString packed(const QJsonObject &object)
{
    const QByteArray text = QJsonDocument(object).toJson(QJsonDocument::Compact);
    return QString::fromLatin1(qCompress(text).toBase64());
}

// An empty object when the text is none of ours.
QJsonObject unpacked(const QString &text)
{
    // qUncompress() makes room for as much as the first four bytes say.
    const QByteArray bytes = QByteArray::fromBase64(text.toLatin1());
    if (bytes.size() < 5 || qFromBigEndian<quint32>(bytes.constData()) > maximumSize)
        return {};
    return QJsonDocument::fromJson(qUncompress(bytes)).object();
}

QString recordText(const JobRecord &job, const AttemptRecord &attempt)
{
    return packed({{u"job"_s, jobObject(job)}, {u"attempt"_s, attemptObject(attempt)}});
}

} // namespace

Labels toLabels(const LabelledAttempt &labelled)
{
    Labels labels{{recordLabel, recordText(labelled.job, labelled.attempt)}};
    if (labelled.parent)
        labels.insert(parentLabel, packed(jobObject(*labelled.parent)));
    return labels;
}

std::optional<LabelledAttempt> fromLabels(const Labels &labels)
{
    const QJsonObject object = unpacked(labels.value(recordLabel));
    const auto job = readJobObject(object[u"job"].toObject());
    const auto attempt = job ? readAttemptObject(object[u"attempt"].toObject(), job->id)
                             : std::optional<AttemptRecord>();
    if (!attempt)
        return {};
    LabelledAttempt labelled{*job, readJobObject(unpacked(labels.value(parentLabel))), *attempt};
    if (!job->parentId.isEmpty() && (!labelled.parent || labelled.parent->id != job->parentId))
        return {};
    labelled.job.attempt = attempt->number;
    return labelled;
}

RecoveryLabels::RecoveryLabels(const Store &store)
    : m_store(store)
{
}

Labels RecoveryLabels::of(const JobRecord &job, const AttemptRecord &attempt)
{
    if (job.parentId.isEmpty()) {
        const auto stored = m_store.job(job.id);
        return stored && *stored ? toLabels({**stored, {}, attempt}) : Labels();
    }
    const QString parent = parentText(job.parentId);
    if (parent.isEmpty())
        return {};
    return {{recordLabel, recordText(job, attempt)}, {parentLabel, parent}};
}

QString RecoveryLabels::parentText(const QString &parentId)
{
    if (parentId != m_parentId) {
        const auto parent = m_store.job(parentId);
        if (!parent || !*parent)
            return {};
        m_parentId = parentId;
        m_parentText = packed(jobObject(**parent));
    }
    return m_parentText;
}

} // namespace batchyard::executor
