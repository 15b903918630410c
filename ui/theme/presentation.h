// How a state is shown: an icon, a word and a colour, never a colour alone. One table for every
// list, badge, stepper and graph.
#pragma once

#include "backend/batch/liveview.h"

#include <QColor>
#include <QIcon>
#include <QString>

namespace batchyard::ui {

// The meanings that have a colour. Any two differ by a ΔE2000 of at least 10, also for
// deuteranopes, and each has a contrast of at least 4.5 as text on every surface of its theme.
enum class Tone { Neutral, Pending, Waiting, Starting, Running, Good, Bad };
inline constexpr int toneCount = 7;

[[nodiscard]] QColor toneColour(Tone tone, bool dark);
[[nodiscard]] QColor toneColour(Tone tone); // of the theme in force
[[nodiscard]] QColor toneFill(Tone tone, bool dark); // behind text of that tone
[[nodiscard]] QColor toneFill(Tone tone);

struct Presentation {
    QString iconName;
    QString word;
    Tone tone = Tone::Neutral;

    [[nodiscard]] QColor colour() const { return toneColour(tone); }
    [[nodiscard]] QIcon icon() const; // in the tone's colour
};

[[nodiscard]] Presentation presentation(batch::JobStatus status);
[[nodiscard]] Presentation presentation(batch::ContainerPhase phase);
// A stopped container is shown by how it ended: exited with 0, failed, or ended on request.
[[nodiscard]] Presentation presentation(const batch::ContainerLiveState &state);
[[nodiscard]] Presentation presentation(const batch::EngineStatus &status);
// "ENABLED"/"VALID"/"ACTIVE" and their opposites, as the resources of AWS Batch have them.
[[nodiscard]] Presentation resourcePresentation(const QString &state);

// The colour of the n-th container of a job, the same in its log, graph and tables.
[[nodiscard]] QColor containerColour(int index, bool dark);
[[nodiscard]] QColor containerColour(int index);

} // namespace batchyard::ui
