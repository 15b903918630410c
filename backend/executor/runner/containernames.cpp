#include "backend/executor/runner/containernames.h"

namespace batchyard::executor {

QString AttemptKey::containerName(int index) const
{
    const QString last = index < 0 ? QStringLiteral("pause") : QString::number(index);
    return QStringLiteral("by-%1-%2-a%3-%4").arg(installId, jobId, QString::number(attempt), last);
}

QString AttemptKey::volumeName(qsizetype index) const
{
    return QStringLiteral("by-%1-%2-a%3-v%4")
        .arg(installId, jobId, QString::number(attempt), QString::number(index));
}

QMap<QString, QString> AttemptKey::labels(const QString &container) const
{
    return {{installLabel, installId},
            {jobLabel, jobId},
            {attemptLabel, QString::number(attempt)},
            {containerLabel, container}};
}

QString logStreamName(const QString &definitionName, const QString &container,
                      const QString &taskId)
{
    return definitionName.left(200) + u'/' + container + u'/' + taskId;
}

} // namespace batchyard::executor
