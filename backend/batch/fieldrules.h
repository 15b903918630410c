// The rules on single texts, for validate() and for a wizard's field while a person types. Each
// answers the sentence to show, or an empty string when the text is right.
#pragma once

#include <QString>

namespace batchyard::batch {

// Compute environment, queue, definition; subject begins the sentence ("Queue name").
[[nodiscard]] QString resourceNameFault(const QString &subject, const QString &name);
[[nodiscard]] QString jobNameFault(const QString &name);
// Containers and volumes.
[[nodiscard]] QString partNameFault(const QString &subject, const QString &name);
// A Docker image reference: [registry/]repository[:tag][@digest].
[[nodiscard]] QString imageFault(const QString &image);
[[nodiscard]] QString environmentNameFault(const QString &name);
[[nodiscard]] QString vcpuFault(const QString &value);
[[nodiscard]] QString memoryFault(const QString &value);
[[nodiscard]] QString gpuFault(const QString &value);
// Absolute, without a `..` part.
[[nodiscard]] QString absolutePathFault(const QString &subject, const QString &path);

// Kubernetes: a label of at most 63 (volumes, containers), a name of at most 253 characters
// (secrets, claims, accounts), a namespace as AWS Batch allows it, the key of a label or
// annotation.
[[nodiscard]] QString dnsLabelFault(const QString &subject, const QString &name);
[[nodiscard]] QString dnsSubdomainFault(const QString &subject, const QString &name);
[[nodiscard]] QString namespaceFault(const QString &name);
[[nodiscard]] QString metadataKeyFault(const QString &key);
[[nodiscard]] QString quantityFault(const QString &subject, const QString &text);

// Of a job: letters and digits. Of a scheduling policy (isPattern): one `*` at the end, too.
[[nodiscard]] QString shareIdentifierFault(const QString &identifier, bool isPattern);

// "Job attempts" is 0; it must be from 1 to 10 (or "2 or more" without an upper bound).
[[nodiscard]] QString rangeFault(const QString &subject, int value, int minimum);
[[nodiscard]] QString rangeFault(const QString &subject, int value, int minimum, int maximum);

} // namespace batchyard::batch
