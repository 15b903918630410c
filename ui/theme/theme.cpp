#include "ui/theme/theme.h"

#include "ui/theme/plaintextrule.h"
#include "ui/theme/stylesheet.h"
#include "ui/theme/tintedicon.h"

#include <QApplication>
#include <QLabel>
#include <QPalette>
#include <QStandardPaths>
#include <QStyle>
#include <QStyleFactory>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QLatin1StringView plainTextRuleName{"batchyardPlainTextRule"};

bool isDarkPalette(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness()
        < palette.color(QPalette::WindowText).lightness();
}

QPalette paletteOf(const Colours &colours, bool dark)
{
    QPalette palette(colours.text, colours.window);
    palette.setColor(QPalette::Window, colours.window);
    palette.setColor(QPalette::WindowText, colours.text);
    palette.setColor(QPalette::Base, colours.surface);
    palette.setColor(QPalette::AlternateBase, colours.raised);
    palette.setColor(QPalette::Text, colours.text);
    palette.setColor(QPalette::PlaceholderText, colours.mutedText);
    palette.setColor(QPalette::Button, colours.surface);
    palette.setColor(QPalette::ButtonText, colours.text);
    palette.setColor(QPalette::BrightText, Qt::white);
    palette.setColor(QPalette::ToolTipBase, colours.surface);
    palette.setColor(QPalette::ToolTipText, colours.text);
    palette.setColor(QPalette::Highlight, colours.accent);
    palette.setColor(QPalette::HighlightedText, colours.accentText);
    palette.setColor(QPalette::Link, colours.link);
    palette.setColor(QPalette::LinkVisited, colours.link);
    palette.setColor(QPalette::Light, dark ? colours.raised : QColor(Qt::white));
    palette.setColor(QPalette::Midlight, colours.raised);
    palette.setColor(QPalette::Mid, colours.border);
    palette.setColor(QPalette::Dark, colours.border.darker(130));
    palette.setColor(QPalette::Shadow, QColor(0, 0, 0, dark ? 140 : 60));
    const QColor disabled = dark ? QColor(0x6b, 0x75, 0x80) : QColor(0x98, 0xa1, 0xab);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, disabled);
    return palette;
}

// Named families first, so that pictures of the window do not depend on the desktop's choice. One
// without ligatures: Inter would show a job named maze-80x20 with a multiplication sign.
QFont applicationFont()
{
    QFont font = QGuiApplication::font();
    font.setFamilies({u"Open Sans"_s, u"DejaVu Sans"_s, font.family()});
    font.setPointSizeF(10);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

void findIcons()
{
    QStringList paths = QIcon::themeSearchPaths();
    paths += QStandardPaths::locateAll(QStandardPaths::GenericDataLocation, u"icons"_s,
                                       QStandardPaths::LocateDirectory);
    paths.removeDuplicates();
    QIcon::setThemeSearchPaths(paths);
    QIcon::setThemeName(u"breeze"_s);
}

QLabel *labelOf(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setText(text);
    return label;
}

} // namespace

QString themeName(Theme theme)
{
    switch (theme) {
    case Theme::System:
        return u"system"_s;
    case Theme::Light:
        return u"light"_s;
    case Theme::Dark:
        return u"dark"_s;
    }
    return {};
}

Theme themeFromName(const QString &name)
{
    for (const Theme theme : {Theme::Light, Theme::Dark}) {
        if (name.compare(themeName(theme), Qt::CaseInsensitive) == 0)
            return theme;
    }
    return Theme::System;
}

void applyTheme(QApplication &application, Theme theme)
{
    if (!application.findChild<QObject *>(plainTextRuleName, Qt::FindDirectChildrenOnly)) {
        auto *rule = new PlainTextRule(&application);
        rule->setObjectName(plainTextRuleName);
        application.installEventFilter(rule);
        findIcons();
        QApplication::setFont(applicationFont());
    }

    QStyle *fusion = QStyleFactory::create(u"Fusion"_s);
    // Fusion's own palette follows the desktop's light or dark appearance.
    const bool dark = theme == Theme::Dark
        || (theme == Theme::System && isDarkPalette(fusion->standardPalette()));
    application.setStyleSheet({});
    QApplication::setStyle(fusion);
    QApplication::setPalette(paletteOf(coloursOf(dark), dark));
    application.setStyleSheet(styleSheet(coloursOf(dark), dark));
}

bool isDark()
{
    return isDarkPalette(QGuiApplication::palette());
}

Colours coloursOf(bool dark)
{
    if (dark) {
        return {.window = QColor(0x15, 0x18, 0x1c),
                .surface = QColor(0x1d, 0x21, 0x26),
                .raised = QColor(0x27, 0x2c, 0x33),
                .border = QColor(0x33, 0x3a, 0x42),
                .text = QColor(0xe6, 0xe9, 0xed),
                .mutedText = QColor(0xa0, 0xaa, 0xb5),
                .accent = QColor(0x34, 0x6b, 0xd4),
                .accentText = QColor(Qt::white),
                .link = QColor(0x86, 0xb4, 0xff),
                .selection = QColor(0x25, 0x38, 0x57)};
    }
    return {.window = QColor(0xf6, 0xf7, 0xf9),
            .surface = QColor(Qt::white),
            .raised = QColor(0xee, 0xf1, 0xf4),
            .border = QColor(0xdc, 0xe1, 0xe6),
            .text = QColor(0x1c, 0x21, 0x28),
            .mutedText = QColor(0x57, 0x60, 0x6c),
            .accent = QColor(0x1f, 0x5f, 0xd0),
            .accentText = QColor(Qt::white),
            .link = QColor(0x1a, 0x56, 0xbf),
            .selection = QColor(0xdf, 0xea, 0xfc)};
}

Colours colours()
{
    return coloursOf(isDark());
}

QFont fixedFont()
{
    QFont font = QGuiApplication::font();
    font.setFamilies({u"DejaVu Sans Mono"_s, u"monospace"_s});
    font.setStyleHint(QFont::Monospace);
    font.setPointSizeF(font.pointSizeF() - 0.5);
    return font;
}

QFont titleFont()
{
    QFont font = QGuiApplication::font();
    font.setPointSizeF(font.pointSizeF() * 1.7);
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont sectionFont()
{
    QFont font = QGuiApplication::font();
    font.setPointSizeF(font.pointSizeF() * 1.15);
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont smallFont()
{
    QFont font = QGuiApplication::font();
    font.setPointSizeF(font.pointSizeF() * 0.92);
    return font;
}

QIcon icon(const QString &name, const QColor &colour)
{
    return QIcon(new TintedIcon(name, colour));
}

QLabel *plainLabel(const QString &text, QWidget *parent)
{
    return labelOf(text, parent);
}

QLabel *mutedLabel(const QString &text, QWidget *parent)
{
    QLabel *label = labelOf(text, parent);
    label->setFont(smallFont());
    label->setProperty("muted", true);
    return label;
}

} // namespace batchyard::ui
