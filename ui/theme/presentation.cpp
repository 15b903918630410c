#include "ui/theme/presentation.h"

#include "ui/theme/theme.h"

#include <QCoreApplication>

#include <array>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::ContainerPhase;
using batch::JobStatus;

namespace {

struct TonePair {
    QRgb light;
    QRgb dark;
};

// Found by search near hand-picked colours so that the distances of presentation.h hold.
constexpr std::array<TonePair, toneCount> toneTable{{
    {0xff57606a, 0xff9ea9b2}, // Neutral
    {0xff7833f2, 0xffd0adff}, // Pending
    {0xff935700, 0xfff1b848}, // Waiting
    {0xff026d89, 0xff65e7de}, // Starting
    {0xff0043ba, 0xff67a4ff}, // Running
    {0xff247341, 0xff5bd4a1}, // Good
    {0xff920017, 0xffff887a}, // Bad
}};

constexpr std::array<TonePair, 10> containerTable{{
    {0xff0b57d0, 0xff7fb2ff},
    {0xff9a4f00, 0xffffb870},
    {0xff0b6e4f, 0xff5fdcae},
    {0xff8a2be2, 0xffcfa8ff},
    {0xffa8123e, 0xffff8fab},
    {0xff00697d, 0xff5fd7e8},
    {0xff6b6100, 0xffd9cf5a},
    {0xff5a4a42, 0xffcdb8ab},
    {0xffb01587, 0xffff9be0},
    {0xff3d6b00, 0xffa6dc5e},
}};

QColor pick(const TonePair &pair, bool dark)
{
    return QColor::fromRgb(dark ? pair.dark : pair.light);
}

QString words(const char *text)
{
    return QCoreApplication::translate("State", text);
}

} // namespace

QColor toneColour(Tone tone, bool dark)
{
    return pick(toneTable.at(static_cast<std::size_t>(tone)), dark);
}

QColor toneColour(Tone tone)
{
    return toneColour(tone, isDark());
}

QColor toneFill(Tone tone, bool dark)
{
    constexpr int share = 12; // per cent of the tone in the surface
    const QColor front = toneColour(tone, dark);
    const QColor back = coloursOf(dark).surface;
    const auto mix = [](int a, int b) { return (a * share + b * (100 - share)) / 100; };
    return QColor(mix(front.red(), back.red()), mix(front.green(), back.green()),
                  mix(front.blue(), back.blue()));
}

QColor toneFill(Tone tone)
{
    return toneFill(tone, isDark());
}

QIcon Presentation::icon() const
{
    return ui::icon(iconName, colour());
}

Presentation presentation(JobStatus status)
{
    switch (status) {
    case JobStatus::Submitted:
        return {u"document-send"_s, words("Submitted"), Tone::Neutral};
    case JobStatus::Pending:
        return {u"distribute-graph"_s, words("Pending"), Tone::Pending};
    case JobStatus::Runnable:
        return {u"clock"_s, words("Runnable"), Tone::Waiting};
    case JobStatus::Starting:
        return {u"chronometer-start"_s, words("Starting"), Tone::Starting};
    case JobStatus::Running:
        return {u"media-playback-start"_s, words("Running"), Tone::Running};
    case JobStatus::Succeeded:
        return {u"dialog-ok-apply"_s, words("Succeeded"), Tone::Good};
    case JobStatus::Failed:
        return {u"dialog-cancel"_s, words("Failed"), Tone::Bad};
    }
    return {};
}

Presentation presentation(ContainerPhase phase)
{
    switch (phase) {
    case ContainerPhase::Waiting:
        return {u"clock"_s, words("Waiting"), Tone::Waiting};
    case ContainerPhase::Pulling:
        return {u"download"_s, words("Getting image"), Tone::Pending};
    case ContainerPhase::Created:
        return {u"chronometer-start"_s, words("Created"), Tone::Starting};
    case ContainerPhase::Running:
        return {u"media-playback-start"_s, words("Running"), Tone::Running};
    case ContainerPhase::Stopping:
        return {u"media-playback-stop"_s, words("Stopping"), Tone::Starting};
    case ContainerPhase::Stopped:
        return {u"media-playback-stop"_s, words("Stopped"), Tone::Neutral};
    }
    return {};
}

Presentation presentation(const batch::ContainerLiveState &state)
{
    if (state.phase != ContainerPhase::Stopped)
        return presentation(state.phase);
    if (state.stoppedByBatch)
        return {u"media-playback-stop"_s, words("Stopped"), Tone::Neutral};
    if (state.exitCode && *state.exitCode == 0)
        return {u"dialog-ok-apply"_s, words("Exited with 0"), Tone::Good};
    if (state.exitCode)
        return {u"dialog-cancel"_s, words("Exited with %1").arg(*state.exitCode), Tone::Bad};
    return {u"dialog-cancel"_s, words("Never started"), Tone::Bad};
}

Presentation presentation(const batch::EngineStatus &status)
{
    if (status.reachable && !status.storeProblem.isEmpty())
        return {u"dialog-cancel"_s, words("State cannot be written"), Tone::Bad};
    if (status.reachable)
        return {u"dialog-ok-apply"_s, words("Engine ok"), Tone::Good};
    return {u"dialog-cancel"_s, words("Engine not reachable"), Tone::Bad};
}

Presentation resourcePresentation(const QString &state)
{
    if (state == u"ENABLED" || state == u"VALID" || state == u"ACTIVE")
        return {u"dialog-ok-apply"_s,
                words(state == u"ENABLED"     ? "Enabled"
                          : state == u"VALID" ? "Valid"
                                              : "Active"),
                Tone::Good};
    if (state == u"DISABLED")
        return {u"media-playback-pause"_s, words("Disabled"), Tone::Neutral};
    if (state == u"INACTIVE")
        return {u"media-playback-pause"_s, words("Inactive"), Tone::Neutral};
    if (state == u"INVALID")
        return {u"dialog-cancel"_s, words("Invalid"), Tone::Bad};
    if (state == u"CREATING" || state == u"UPDATING" || state == u"DELETING")
        return {u"chronometer-start"_s,
                words(state == u"CREATING"       ? "Creating"
                          : state == u"UPDATING" ? "Updating"
                                                 : "Deleting"),
                Tone::Starting};
    return {u"dialog-information"_s, state, Tone::Neutral};
}

QColor containerColour(int index, bool dark)
{
    const auto count = containerTable.size();
    return pick(containerTable.at(static_cast<std::size_t>(index < 0 ? 0 : index) % count), dark);
}

QColor containerColour(int index)
{
    return containerColour(index, isDark());
}

} // namespace batchyard::ui
