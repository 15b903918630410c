// Fargate's table of task sizes (API_ResourceRequirement.value), also for a wizard's drop-downs.
#pragma once

#include <QList>
#include <QString>

namespace batchyard::batch {

[[nodiscard]] QList<double> fargateVcpus(); // 0.25 to 16
// MiB, ascending; empty for a number of vCPUs that Fargate does not have.
[[nodiscard]] QList<int> fargateMemory(double vcpus);

// Why this size is not in the table, or empty.
[[nodiscard]] QString fargateSizeFault(double vcpus, qint64 memoryMiB);

} // namespace batchyard::batch
