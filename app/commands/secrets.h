// The values that a document's `secrets` refer to, kept on this machine in place of AWS's Secrets
// Manager and Parameter Store.
#pragma once

#include "app/commandline.h"
#include "backend/paths.h"

namespace batchyard::app {

int keepSecrets(const SecretsOptions &options, const Paths &paths);

} // namespace batchyard::app
