// What becomes of the fields of AWS's documents on this machine (backend/batch/fidelity.h).
#pragma once

#include "app/commandline.h"

namespace batchyard::app {

// The exit status is 1 when no field has the text in its path.
int printFields(const FieldsOptions &options);

} // namespace batchyard::app
