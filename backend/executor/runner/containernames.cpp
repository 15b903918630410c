#include "backend/executor/runner/containernames.h"

namespace batchyard::executor {

namespace {

// Docker's names take neither of the marks before the index of a child or a node. The two stay
// different, so that no two jobs have a name in common.
QString inName(const QString &jobId)
{
    return QString(jobId).replace(u':', u'.').replace(u'#', u'_');
}

QString awslogsOption(const batch::ContainerBase &container, const char *name)
{
    if (!container.logConfiguration || container.logConfiguration->logDriver != u"awslogs")
        return {};
    return container.logConfiguration->options.value(QLatin1StringView(name));
}

} // namespace

QString AttemptKey::containerName(int index) const
{
    const QString last = index < 0 ? QStringLiteral("pause") : QString::number(index);
    return QStringLiteral("by-%1-%2-a%3-%4")
        .arg(installId, inName(jobId), QString::number(attempt), last);
}

QString AttemptKey::volumeName(qsizetype index) const
{
    return QStringLiteral("by-%1-%2-a%3-v%4")
        .arg(installId, inName(jobId), QString::number(attempt), QString::number(index));
}

QMap<QString, QString> AttemptKey::labels(const QString &container) const
{
    return {{installLabel, installId},
            {jobLabel, jobId},
            {attemptLabel, QString::number(attempt)},
            {containerLabel, container}};
}

QString nodeNetworkName(const QString &installId, const QString &jobId)
{
    return QStringLiteral("by-%1-%2-nodes").arg(installId, inName(jobId));
}

QString logStreamName(const QString &definitionName, const QString &container,
                      const QString &taskId)
{
    return definitionName.left(200) + u'/' + container + u'/' + taskId;
}

QString logStreamName(const QString &definitionName,
                      const batch::TaskContainerProperties &container, const QString &taskId)
{
    const QString prefix = awslogsOption(container, "awslogs-stream-prefix");
    return logStreamName(prefix.isEmpty() ? definitionName : prefix, container.name, taskId);
}

} // namespace batchyard::executor
