#include "backend/batch/rules.h"

#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/validation.h"
#include "backend/batch/wording.h"

namespace batchyard::batch {

namespace {

bool isPatternSound(const QString &pattern)
{
    const qsizetype star = pattern.indexOf(u'*');
    return star < 0 || star == pattern.size() - 1;
}

Faults patternFaults(const QString &subject, const QString &pattern, const QString &path)
{
    FaultList faults;
    if (pattern.size() > limits::exitPatternLength)
        faults.error(path,
                     QStringLiteral("%1 must have at most %2 characters (%3).")
                         .arg(subject)
                         .arg(limits::exitPatternLength)
                         .arg(pattern.size()));
    if (!isPatternSound(pattern))
        faults.error(path,
                     QStringLiteral("%1 %2 has `*` inside; only one `*` at the end is allowed.")
                         .arg(subject, shown(pattern)));
    return faults.take();
}

bool isExitCodePattern(const QString &pattern)
{
    const QStringView digits
        = pattern.endsWith(u'*') ? QStringView(pattern).chopped(1) : QStringView(pattern);
    return std::ranges::all_of(digits, [](QChar c) { return c >= u'0' && c <= u'9'; });
}

Faults exitRuleFaults(const EvaluateOnExit &rule, const QString &path)
{
    FaultList faults;
    faults += patternFaults(QStringLiteral("onStatusReason"), rule.onStatusReason,
                            joined(path, QStringLiteral("onStatusReason")));
    faults += patternFaults(QStringLiteral("onReason"), rule.onReason,
                            joined(path, QStringLiteral("onReason")));
    const QString exitPath = joined(path, QStringLiteral("onExitCode"));
    if (!isExitCodePattern(rule.onExitCode))
        faults.error(exitPath,
                     QStringLiteral("onExitCode is %1; allowed are digits, with one `*` "
                                    "at the end if need be.")
                         .arg(shown(rule.onExitCode)));
    else
        faults += patternFaults(QStringLiteral("onExitCode"), rule.onExitCode, exitPath);
    if (rule.action.compare(u"RETRY", Qt::CaseInsensitive) != 0
        && rule.action.compare(u"EXIT", Qt::CaseInsensitive) != 0)
        faults.error(joined(path, QStringLiteral("action")),
                     QStringLiteral("action is %1; allowed are `RETRY` and `EXIT`.")
                         .arg(shown(rule.action)));
    if (rule.onStatusReason.isEmpty() && rule.onReason.isEmpty() && rule.onExitCode.isEmpty())
        faults.warning(path,
                       QStringLiteral("The rule has no condition, so it holds for every "
                                      "failed attempt; give onStatusReason, onReason or "
                                      "onExitCode."));
    return faults.take();
}

} // namespace

QString joined(const QString &path, const QString &name)
{
    return path.isEmpty() ? name : path + u'.' + name;
}

QString indexed(const QString &path, qsizetype index)
{
    return path + u'[' + QString::number(index) + u']';
}

bool TaskScope::isWindows() const
{
    return task.runtimePlatform
        && task.runtimePlatform->operatingSystemFamily.startsWith(u"WINDOWS");
}

QString TaskScope::member(const QString &name) const
{
    if (isLegacy && name == u"platformVersion")
        return joined(path, QStringLiteral("fargatePlatformConfiguration.platformVersion"));
    if (isLegacy && name == u"taskRoleArn")
        return joined(path, QStringLiteral("jobRoleArn"));
    return joined(path, name);
}

QString TaskScope::container(qsizetype index) const
{
    return isLegacy ? path : indexed(joined(path, QStringLiteral("containers")), index);
}

QString quotaFault(const QString &subject, qsizetype bytes, qsizetype maximum)
{
    if (bytes <= maximum)
        return {};
    return QStringLiteral("%1 has %2 bytes; at most %3 KiB (%4 bytes) are allowed.")
        .arg(subject)
        .arg(bytes)
        .arg(maximum / 1024)
        .arg(maximum);
}

Faults retryFaults(const std::optional<RetryStrategy> &retry, const QString &path)
{
    FaultList faults;
    if (!retry)
        return {};
    const QString attemptsPath = joined(path, QStringLiteral("attempts"));
    const QString rulesPath = joined(path, QStringLiteral("evaluateOnExit"));
    if (retry->attempts)
        faults.error(attemptsPath,
                     rangeFault(QStringLiteral("attempts"), *retry->attempts,
                                limits::attemptsMinimum, limits::attemptsMaximum));
    else if (!retry->evaluateOnExit.isEmpty())
        faults.error(attemptsPath,
                     QStringLiteral("attempts is required with evaluateOnExit; it "
                                    "must be from %1 to %2.")
                         .arg(limits::attemptsMinimum)
                         .arg(limits::attemptsMaximum));
    if (retry->evaluateOnExit.size() > limits::exitRules)
        faults.error(rulesPath,
                     QStringLiteral("evaluateOnExit has %1 rules; at most %2 are "
                                    "allowed.")
                         .arg(retry->evaluateOnExit.size())
                         .arg(limits::exitRules));
    for (qsizetype i = 0; i < retry->evaluateOnExit.size(); ++i)
        faults += exitRuleFaults(retry->evaluateOnExit[i], indexed(rulesPath, i));
    return faults.take();
}

Faults timeoutFaults(const std::optional<JobTimeout> &timeout, const QString &path)
{
    FaultList faults;
    if (timeout && timeout->attemptDurationSeconds)
        faults.error(joined(path, QStringLiteral("attemptDurationSeconds")),
                     rangeFault(QStringLiteral("attemptDurationSeconds"),
                                *timeout->attemptDurationSeconds, limits::jobTimeoutMinimum));
    return faults.take();
}

Faults tagFaults(const Tags &tags, const QString &path)
{
    FaultList faults;
    if (tags.size() > limits::tags)
        faults.error(path,
                     QStringLiteral("There are %1 tags; at most %2 are allowed.")
                         .arg(tags.size())
                         .arg(limits::tags));
    for (auto tag = tags.begin(); tag != tags.end(); ++tag) {
        const QString &key = tag.key();
        const QString tagPath = memberPath(path, key);
        if (key.isEmpty())
            faults.error(path,
                         QStringLiteral("A tag has no key; a key of 1 to %1 characters is "
                                        "required.")
                             .arg(limits::tagKeyLength));
        if (key.size() > limits::tagKeyLength)
            faults.error(tagPath,
                         QStringLiteral("The tag's key must have at most %1 characters (%2).")
                             .arg(limits::tagKeyLength)
                             .arg(key.size()));
        if (key.startsWith(u"aws:", Qt::CaseInsensitive))
            faults.error(tagPath,
                         QStringLiteral("The tag's key %1 is reserved: keys that start "
                                        "with `aws:` are AWS's own.")
                             .arg(shown(key)));
        if (key.contains(QChar(u'\0')) || tag.value().contains(QChar(u'\0')))
            faults.error(path,
                         QStringLiteral("A tag holds a NUL character, which is not allowed."));
        if (tag.value().size() > limits::tagValueLength)
            faults.error(tagPath,
                         QStringLiteral("The tag's value must have at most %1 characters "
                                        "(%2).")
                             .arg(limits::tagValueLength)
                             .arg(tag.value().size()));
    }
    return faults.take();
}

Faults priorityFaults(std::optional<int> priority, const QString &path)
{
    FaultList faults;
    if (priority)
        faults.error(path,
                     rangeFault(path.section(u'.', -1), *priority,
                                limits::schedulingPriorityMinimum,
                                limits::schedulingPriorityMaximum));
    return faults.take();
}

} // namespace batchyard::batch
