#include "backend/executor/api/arns.h"

#include <QStringList>
#include <QUuid>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

Arns::Arns(QString region, QString account)
    : m_region(std::move(region))
    , m_account(std::move(account))
{
}

QString Arns::batch(QStringView kind, const QString &name) const
{
    return u"arn:aws:batch:" % m_region % u':' % m_account % u':' % kind % u'/' % name;
}

QString Arns::ecs(QStringView kind, const QString &rest) const
{
    return u"arn:aws:ecs:" % m_region % u':' % m_account % u':' % kind % u'/' % rest;
}

QString Arns::computeEnvironment(const QString &name) const
{
    return batch(u"compute-environment", name);
}

QString Arns::jobQueue(const QString &name) const
{
    return batch(u"job-queue", name);
}

QString Arns::jobDefinition(const QString &name, int revision) const
{
    return batch(u"job-definition", name % u':' % QString::number(revision));
}

QString Arns::job(const QString &id) const
{
    return batch(u"job", id);
}

QString Arns::schedulingPolicy(const QString &name) const
{
    return batch(u"scheduling-policy", name);
}

QString Arns::consumableResource(const QString &name) const
{
    return batch(u"consumable-resource", name);
}

QString Arns::environmentUuid(const QString &computeEnvironment) const
{
    return QUuid::createUuidV5(QUuid(), Arns::computeEnvironment(computeEnvironment))
        .toString(QUuid::WithoutBraces);
}

QString Arns::clusterName(const QString &computeEnvironment) const
{
    return computeEnvironment % u"_Batch_" % environmentUuid(computeEnvironment);
}

QString Arns::cluster(const QString &computeEnvironment) const
{
    return ecs(u"cluster", clusterName(computeEnvironment));
}

QString Arns::task(const QString &computeEnvironment, const QString &taskId) const
{
    return ecs(u"task", clusterName(computeEnvironment) % u'/' % taskId);
}

QString Arns::containerInstance(const QString &computeEnvironment, const QString &instanceId) const
{
    const QString instance = QUuid::createUuidV5(QUuid(), cluster(computeEnvironment) % instanceId)
                                 .toString(QUuid::Id128);
    return ecs(u"container-instance", clusterName(computeEnvironment) % u'/' % instance);
}

QString Arns::logGroup(const QString &group) const
{
    return u"arn:aws:logs:" % m_region % u':' % m_account % u":log-group:" % group;
}

QString Arns::logStream(const QString &group, const QString &stream) const
{
    return logGroup(group) % u":log-stream:" % stream;
}

std::optional<BatchArn> parseBatchArn(const QString &text)
{
    const QStringList parts = text.split(u':');
    if (parts.size() < 6 || parts[0] != u"arn"_s || parts[2] != u"batch"_s)
        return std::nullopt;
    const QString rest = QStringList(parts.mid(5)).join(u':');
    const qsizetype slash = rest.indexOf(u'/');
    if (slash <= 0)
        return std::nullopt;
    return BatchArn{rest.left(slash), rest.mid(slash + 1)};
}

QString nameOf(const QString &nameOrArn, QStringView kind)
{
    const std::optional<BatchArn> arn = parseBatchArn(nameOrArn);
    return arn && arn->kind == kind ? arn->name : nameOrArn;
}

std::optional<DefinitionName> definitionNameOf(const QString &text)
{
    const QString plain = nameOf(text, u"job-definition");
    const qsizetype colon = plain.indexOf(u':');
    if (colon < 0)
        return DefinitionName{plain, 0};
    bool isNumber = false;
    const int revision = QStringView(plain).mid(colon + 1).toInt(&isNumber);
    if (!isNumber || revision < 1 || colon == 0)
        return std::nullopt;
    return DefinitionName{plain.left(colon), revision};
}

} // namespace batchyard::executor::api
