#include "backend/batch/common.h"

#include <algorithm>

namespace batchyard::batch {

namespace {

bool isError(const Fault &fault)
{
    return fault.severity == Fault::Severity::Error;
}

} // namespace

bool hasErrors(const Faults &faults)
{
    return std::ranges::any_of(faults, isError);
}

QString toText(const Faults &faults)
{
    Faults sorted = faults;
    std::ranges::stable_partition(sorted, isError);
    QStringList lines;
    for (const Fault &fault : sorted)
        lines.append(fault.path.isEmpty() ? fault.message : fault.path + u": " + fault.message);
    return lines.join(u'\n');
}

Faults faultsAt(const Faults &faults, const QString &pathPrefix)
{
    Faults result;
    for (const Fault &fault : faults) {
        if (!fault.path.startsWith(pathPrefix))
            continue;
        const QString rest = fault.path.mid(pathPrefix.size());
        if (pathPrefix.isEmpty() || rest.isEmpty() || rest.startsWith(u'.')
            || rest.startsWith(u'['))
            result.append(fault);
    }
    return result;
}

} // namespace batchyard::batch
