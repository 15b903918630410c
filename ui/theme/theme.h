// How Batchyard looks: palette, style sheet, fonts, spacing and icons, as values and free
// functions. Everything reads the theme in force from the application's palette, so that a switch
// while the program runs needs no second bookkeeping.
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QString>

class QApplication;
class QLabel;
class QWidget;

namespace batchyard::ui {

enum class Theme { System, Light, Dark };

[[nodiscard]] QString themeName(Theme theme); // "system", "light", "dark": settings, command line
[[nodiscard]] Theme themeFromName(const QString &name); // System when the name is none of them

// Sets style, palette, fonts and the rule that labels show plain text. May be called again.
void applyTheme(QApplication &application, Theme theme);

[[nodiscard]] bool isDark(); // the theme in force

struct Colours {
    QColor window; // behind everything
    QColor surface; // cards, lists, fields
    QColor raised; // hovered rows, headers, chips
    QColor border;
    QColor text;
    QColor mutedText; // still readable: contrast >= 4.5 on window and surface
    QColor accent; // primary buttons, selection marks
    QColor accentText; // on accent
    QColor link; // accent as text
    QColor selection; // behind selected rows; text keeps its colour
};
[[nodiscard]] Colours colours();
[[nodiscard]] Colours coloursOf(bool dark);

// Distances in device-independent pixels.
namespace spacing {
inline constexpr int tight = 4;
inline constexpr int normal = 8;
inline constexpr int wide = 16;
inline constexpr int page = 24;
inline constexpr int radius = 8; // corners of cards
} // namespace spacing

[[nodiscard]] QFont fixedFont(); // logs, JSON, commands, ids
[[nodiscard]] QFont titleFont(); // the title of a page
[[nodiscard]] QFont sectionFont(); // the title of a card or group
[[nodiscard]] QFont smallFont(); // secondary facts

// A Breeze icon by its freedesktop name, drawn in the given colour, or in the text colour of the
// theme in force when the colour is invalid.
[[nodiscard]] QIcon icon(const QString &name, const QColor &colour = {});

// A label of one line of plain text; secondary ones are small and muted and follow the theme.
[[nodiscard]] QLabel *plainLabel(const QString &text, QWidget *parent = nullptr);
[[nodiscard]] QLabel *mutedLabel(const QString &text, QWidget *parent = nullptr);

} // namespace batchyard::ui
