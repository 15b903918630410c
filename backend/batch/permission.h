// What a job definition can ask for that leads out of its containers. The local executor refuses
// it until the user allows it by these names: in its policy file, or for one definition when that
// is registered (BatchService::registerJobDefinition). AWS Batch knows no such names.
#pragma once

#include "backend/result.h"

#include <QLatin1StringView>
#include <QStringList>

#include <array>

namespace batchyard::batch {

struct Permission {
    QLatin1StringView name;
    QLatin1StringView meaning; // what a job gets, in words for a person
};

inline constexpr std::array permissions{
    Permission{QLatin1StringView("privileged"),
               QLatin1StringView("every right on this machine, as its administrator has")},
    Permission{QLatin1StringView("devices"), QLatin1StringView("devices of this machine")},
    Permission{QLatin1StringView("hostNamespaces"),
               QLatin1StringView("this machine's processes or shared memory")},
    Permission{QLatin1StringView("hostDirectories"),
               QLatin1StringView("directories of this machine, to read and to write")},
    Permission{QLatin1StringView("engineSocket"),
               QLatin1StringView("the engine's socket or the executor's files, which is as good as "
                                 "the whole machine")}};

// nullptr when there is none of that name.
[[nodiscard]] const Permission *permissionOf(QStringView name);

// What registerJobDefinition() was refused for want of; empty when it failed for another reason.
[[nodiscard]] QStringList missingPermissions(const Error &error);

} // namespace batchyard::batch
