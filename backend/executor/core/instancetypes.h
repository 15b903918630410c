// The EC2 instance types that compute environments can name. Sizes as AWS lists them on its pages
// of instance types; prices and availability play no part here.
#pragma once

#include "backend/executor/core/resources.h"
#include "backend/result.h"

#include <QList>
#include <QStringList>

namespace batchyard::executor::core {

enum class Architecture { X86_64, Arm64 };

struct InstanceType {
    QString name; // "m5.large"
    Resources installed;
    Architecture architecture = Architecture::X86_64;

    // What tasks can have of it. The ECS agent keeps 32 MiB (AWS Batch user guide, "Reserve system
    // memory"), and the kernel and platform some 2.5 % before it (the guide's one example: an
    // m4.large of 8,192 MiB registers 7,985).
    [[nodiscard]] Resources forTasks() const;
    friend bool operator==(const InstanceType &, const InstanceType &) = default;
};

// The types behind a compute environment's instanceTypes, in its order, each once: a type
// ("m5.large"), a family ("m5", its sizes from small to large), "optimal", "default_x86_64" or
// "default_arm64". InvalidInput: an unknown name, none at all, or architectures mixed; its text
// goes behind the name of the field.
[[nodiscard]] Result<QList<InstanceType>> instanceTypes(const QStringList &names);

// For drop-down lists: the families, and the three names that AWS resolves.
[[nodiscard]] QStringList instanceFamilies();

} // namespace batchyard::executor::core
