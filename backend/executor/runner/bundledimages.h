// Images that Batchyard brings with it as folders with a Dockerfile: the sample simulation and the
// pause image. They are built on the engine at hand, so no registry is needed.
#pragma once

#include "backend/docker/values.h"
#include "backend/result.h"

namespace batchyard::executor {

inline constexpr QLatin1StringView contextLabel{"dev.batchyard.context-sha256"};

// The folder below the simulation directory from which an image is built:
// "batchyard/maze-model:cpp" is maze-model-cpp, "batchyard/pause:1" is pause. Empty when the image
// is none of ours.
[[nodiscard]] QString bundledFolder(const QString &image, const QString &simulationDirectory);

// The build of that folder as it is now, with contextLabel over all that goes into it. Error: Io, a
// file that cannot be read or packed.
[[nodiscard]] Result<docker::ImageBuild> bundledBuild(const QString &image, const QString &folder,
                                                      const QMap<QString, QString> &buildArguments);

} // namespace batchyard::executor
