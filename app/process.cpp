#include "app/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace batchyard::app {

void forbidDumps()
{
    ::prctl(PR_SET_DUMPABLE, 0);
    // Of the programs that it starts, too: their environment is its own.
    rlimit core{};
    if (::getrlimit(RLIMIT_CORE, &core) == 0) {
        core.rlim_cur = 0;
        ::setrlimit(RLIMIT_CORE, &core);
    }
}

QString rootWarning(uid_t user)
{
    if (user != 0)
        return {};
    return QStringLiteral("warning: it runs as root. Its files and the directories that it makes "
                          "for volumes are root's, and a fault in it has every right on this "
                          "machine; a user who may use the engine is enough.");
}

} // namespace batchyard::app
