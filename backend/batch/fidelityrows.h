// The rows of the table in fidelity.h. Private to this folder.
//
// A path is of the request alone ("SubmitJob/tags") or of every request that has it ("tags"). Parts
// that stand in several places have short names (fidelity.cpp says for which prefixes): container,
// task, legacy (which falls back to container and task), pod, podContainer, override, podOverride.
// A path that ends in ".*" stands for all below it.
#pragma once

#include "backend/batch/fidelity.h"

#include <span>

namespace batchyard::batch {

struct FidelityRow {
    const char *path;
    Fidelity::Verdict verdict;
    const char *note;
};

[[nodiscard]] std::span<const FidelityRow> containerRows();
[[nodiscard]] std::span<const FidelityRow> podRows();
[[nodiscard]] std::span<const FidelityRow> jobRows();
[[nodiscard]] std::span<const FidelityRow> resourceRows();

// The row for a field; nullptr when there is none.
[[nodiscard]] const FidelityRow *fidelityRow(const QString &request, const QString &path);

} // namespace batchyard::batch
