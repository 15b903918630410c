// Kubernetes quantities: "500m", "1.5", "64Mi", "1Gi", "1e3".
#pragma once

#include <QStringView>

#include <optional>

namespace batchyard::batch {

// The value in plain units (CPUs, bytes, GPUs); nullopt for a text that is no quantity or is
// negative.
[[nodiscard]] std::optional<double> quantity(QStringView text);

} // namespace batchyard::batch
