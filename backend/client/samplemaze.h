// The sample simulation as a job: makes sure its compute environment, queue and definition exist
// (documents in resources/samples) and submits it. Works against any service that has the images.
#pragma once

#include "backend/batch/batchservice.h"

#include <optional>

namespace batchyard::client {

struct MazeOptions {
    int width = 80;
    int height = 20;
    std::optional<quint64> seed; // none: a new maze each time
    int stepDelayMs = 0; // the agent's pause after each step
    QString model = QStringLiteral("cpp"); // cpp, python
    QString agent = QStringLiteral("cpp");
};

class SampleMaze
{
public:
    // samplesDirectory: Paths::samples().
    explicit SampleMaze(QString samplesDirectory);

    // The job request for these options, for a review before it is sent.
    [[nodiscard]] batch::SubmitJobRequest request(const MazeOptions &options) const;

    // Creates what is missing and leaves alone what is there. Errors: what the service answers;
    // Io when a sample document cannot be read. Continues in the service's thread.
    [[nodiscard]] QFuture<Result<void>> ensureResources(batch::BatchService &service,
                                                        const MazeOptions &options) const;
    // ensureResources, then submits request(options).
    [[nodiscard]] QFuture<Result<batch::SubmittedJob>> run(batch::BatchService &service,
                                                           const MazeOptions &options) const;

private:
    QString m_directory;
};

} // namespace batchyard::client
