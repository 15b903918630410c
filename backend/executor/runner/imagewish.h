// What a container wants of its image, and with which credentials it is pulled.
#pragma once

#include "backend/batch/container.h"
#include "backend/docker/values.h"
#include "backend/executor/runner/secretstore.h"

namespace batchyard::executor {

struct ImageWish {
    enum class Policy { IfMissing, Always, Never }; // pull it
    QString image;
    QString platform = {}; // "linux/arm64"; empty: the engine's own
    Policy policy = Policy::IfMissing;
    std::optional<docker::RegistryCredentials> credentials = {};
    friend bool operator==(const ImageWish &, const ImageWish &) = default;
};

// Of repositoryCredentials or a pod's imagePullSecrets: a JSON object with username and password,
// or with ".dockerconfigjson" as Kubernetes keeps it, where nullopt says that it has nothing for
// this image's registry. Errors: those of the store; InvalidInput.
[[nodiscard]] Result<std::optional<docker::RegistryCredentials>>
registryCredentials(const SecretStore &store, const QString &name, const QString &image);

// Errors: those of registryCredentials().
[[nodiscard]] Result<ImageWish> imageWish(const batch::EcsTaskProperties &task, qsizetype index,
                                          const SecretStore &store);

} // namespace batchyard::executor
