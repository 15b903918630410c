#include "backend/executor/api/localpolicy.h"

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

batch::Faults LocalPolicy::refusals(const batch::EcsTaskProperties &task, const QString &path) const
{
    batch::Faults faults;
    const auto refuse = [&](const QString &where, const QString &what) {
        faults += batch::Fault{path % u'.' % where,
                               u"%1 are not allowed by this executor's policy."_s.arg(what),
                               batch::Fault::Severity::Error};
    };
    for (qsizetype i = 0; i < task.volumes.size(); ++i) {
        const auto &host = task.volumes[i].host;
        if (!hostMounts && host && !host->sourcePath.isEmpty())
            refuse(u"volumes[%1].host.sourcePath"_s.arg(i), u"Directories of the host"_s);
    }
    for (qsizetype i = 0; i < task.containers.size(); ++i) {
        const batch::TaskContainerProperties &container = task.containers[i];
        const QString where = u"containers[%1]."_s.arg(i);
        if (!privileged && container.privileged.value_or(false))
            refuse(where % u"privileged", u"Privileged containers"_s);
        if (!devices && container.linuxParameters && !container.linuxParameters->devices.isEmpty())
            refuse(where % u"linuxParameters.devices", u"Devices of the host"_s);
    }
    return faults;
}

} // namespace batchyard::executor::api
