#include "backend/batch/permission.h"

#include <algorithm>

namespace batchyard::batch {

const Permission *permissionOf(QStringView name)
{
    const auto *const found = std::ranges::find_if(
        permissions, [&](const Permission &each) { return name == each.name; });
    return found == permissions.end() ? nullptr : found;
}

QStringList missingPermissions(const Error &error)
{
    if (error.code != ErrorCode::AccessDenied)
        return {};
    const QStringList names = error.detail.split(QLatin1StringView(", "));
    const auto isKnown = [](const QString &name) { return permissionOf(name) != nullptr; };
    return std::ranges::all_of(names, isKnown) ? names : QStringList();
}

} // namespace batchyard::batch
