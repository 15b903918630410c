#include "ui/theme/stylesheet.h"

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

// $name stands for a colour of the theme. Sizes that change with focus or state keep the sum of
// border and padding, so that nothing moves.
constexpr QLatin1StringView frames{R"(
QToolTip { background: $surface; color: $text; border: 1px solid $border; padding: 4px; }
QLabel[muted="true"] { color: $muted; }
QLabel { background: transparent; }
QFrame[card="true"] { background: $surface; border: 1px solid $border; border-radius: 10px; }
QFrame[card="true"][focused="true"] { border: 1px solid $accent; }
QFrame[banner="true"] { background: $badFill; border: 1px solid $bad; border-radius: 8px; }
QFrame[bar="true"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[rule="true"] { background: $border; border: none; max-height: 1px; min-height: 1px; }
QGroupBox { border: 1px solid $border; border-radius: 8px; margin-top: 26px; padding: 10px; background: $surface; }
QGroupBox::title { subcontrol-origin: margin; subcontrol-position: top left; padding: 4px 2px; color: $text; }
QSplitter::handle { background: transparent; }
QSplitter::handle:horizontal { width: 12px; }
QSplitter::handle:vertical { height: 12px; }
QSplitter::handle:hover { background: $raised; }
QStatusBar { background: $surface; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QScrollArea { border: none; background: transparent; }
QScrollArea > QWidget > QWidget[page="true"] { background: $window; }
QMenu { background: $surface; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $border; margin: 4px 6px; }
QProgressBar { border: none; border-radius: 4px; background: $raised; min-height: 8px; max-height: 8px; }
QProgressBar::chunk { border-radius: 4px; background: $accent; }
)"};

constexpr QLatin1StringView buttons{R"(
QPushButton { background: $surface; color: $text; border: 1px solid $border; border-radius: 6px; padding: 5px 13px; min-height: 20px; }
QPushButton:hover { background: $raised; }
QPushButton:pressed { background: $border; }
QPushButton:checked { background: $selection; border-color: $accent; }
QPushButton:focus { border: 2px solid $accent; padding: 4px 12px; }
QPushButton:disabled { color: $disabled; }
QPushButton[primary="true"], QPushButton:default { background: $accent; color: $accentText; border: 1px solid $accent; }
QPushButton[primary="true"]:hover, QPushButton:default:hover { background: $accentHover; }
QPushButton[primary="true"]:focus, QPushButton:default:focus { border: 2px solid $text; }
QPushButton[primary="true"]:disabled, QPushButton:default:disabled { background: $raised; color: $disabled; border: 1px solid $border; }
QPushButton[danger="true"] { color: $bad; }
QPushButton[danger="true"]:default { background: $bad; border-color: $bad; color: $onBad; }
QPushButton[danger="true"]:default:hover { background: $bad; }
QPushButton[danger="true"]:disabled { color: $disabled; }
QPushButton[link="true"] { background: transparent; border: 1px solid transparent; color: $link; padding: 5px 6px; text-align: left; }
QPushButton[link="true"]:hover { background: $raised; }
QPushButton[link="true"]:focus { border: 2px solid $accent; padding: 4px 5px; }
QPushButton[chip="true"] { border-radius: 13px; padding: 2px 11px; min-height: 20px; }
QPushButton[chip="true"]:focus { padding: 1px 10px; }
QPushButton[container="true"], QPushButton[container="true"]:checked { background: $surface; border: 1px solid $border; }
QPushButton[container="true"]:!checked { background: transparent; color: $muted; }
QPushButton[container="true"]:focus { border: 2px solid $accent; }
QPushButton[nav="true"] { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 6px 10px; text-align: left; color: $text; }
QPushButton[nav="true"]:hover { background: $raised; }
QPushButton[nav="true"]:checked { background: $selection; border-color: transparent; }
QPushButton[nav="true"]:focus { border: 2px solid $accent; padding: 5px 9px; }
QPushButton[crumb="true"] { background: transparent; border: 1px solid transparent; padding: 3px 6px; color: $muted; }
QPushButton[crumb="true"]:hover { background: $raised; color: $text; }
QPushButton[crumb="true"]:focus { border: 2px solid $accent; padding: 2px 5px; }
QPushButton[search="true"] { background: $window; color: $muted; border: 1px solid $border; text-align: left; }
QPushButton[search="true"]:focus { border: 2px solid $accent; }
QFrame[navigation="true"] { background: $surface; border: none; border-right: 1px solid $border; }
QFrame[popup="true"] { background: $surface; border: 1px solid $control; border-radius: 10px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px; color: $text; }
QToolButton:hover { background: $raised; }
QToolButton:checked { background: $selection; }
QToolButton:focus { border: 1px solid $accent; }
QToolButton:disabled { color: $disabled; }
QToolButton::menu-indicator { image: none; }
QCheckBox, QRadioButton { spacing: 8px; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $control; background: $surface; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url(:/theme/controls/check.svg); }
QCheckBox::indicator:indeterminate { background: $selection; border-color: $accent; }
QRadioButton::indicator:checked { background: $accentText; border: 5px solid $accent; width: 6px; height: 6px; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $border; }
QCheckBox:focus, QRadioButton:focus { color: $link; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accent; }
)"};

constexpr QLatin1StringView fields{R"(
QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox { background: $surface; color: $text; border: 1px solid $control; border-radius: 6px; selection-background-color: $accent; selection-color: $accentText; }
QLineEdit, QAbstractSpinBox, QComboBox { padding: 4px 8px; min-height: 20px; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus { border: 2px solid $accent; padding: 3px 7px; }
QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid $accent; }
QLineEdit:read-only, QPlainTextEdit:read-only { background: $window; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { color: $disabled; background: $window; border-color: $border; }
QLineEdit[invalid="true"], QComboBox[invalid="true"], QAbstractSpinBox[invalid="true"], QPlainTextEdit[invalid="true"] { border-color: $bad; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(:/theme/controls/down-$theme.svg); width: 14px; height: 14px; }
QComboBox QAbstractItemView { border-radius: 0; padding: 2px; }
QAbstractSpinBox { padding-right: 22px; }
QAbstractSpinBox:focus { padding-right: 21px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 20px; border: none; background: transparent; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $raised; }
QAbstractSpinBox::up-arrow { image: url(:/theme/controls/up-$theme.svg); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url(:/theme/controls/down-$theme.svg); width: 10px; height: 10px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; background: $surface; border: 2px solid $accent; }
QSlider::handle:horizontal:focus { background: $accent; }
QSlider::handle:horizontal:disabled { border-color: $border; }
)"};

constexpr QLatin1StringView views{R"(
QAbstractItemView { background: $surface; color: $text; border: 1px solid $border; border-radius: 8px; outline: none; selection-background-color: $selection; selection-color: $text; }
QAbstractItemView:focus { border-color: $accent; }
QFrame[card="true"] QAbstractItemView { border: 1px solid transparent; border-radius: 6px; }
QFrame[card="true"] QAbstractItemView:focus { border-color: $accent; }
QGraphicsView { background: $surface; border: 1px solid $border; border-radius: 8px; }
QGraphicsView:focus { border-color: $accent; }
QFrame[card="true"] QGraphicsView { border: 1px solid transparent; }
QFrame[card="true"] QGraphicsView:focus { border-color: $accent; }
QTableView::item, QTreeView::item, QListView::item { padding: 5px 8px; border: none; }
QTableView::item:hover, QTreeView::item:hover, QListView::item:hover { background: $raised; }
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected { background: $selection; color: $text; }
QHeaderView { background: $surface; border: none; border-radius: 8px; }
QHeaderView::section { background: $surface; color: $muted; border: none; border-bottom: 1px solid $border; padding: 7px 8px 7px 11px; }
QTableCornerButton::section { background: $surface; border: none; }
QTabWidget::pane { border: none; border-top: 1px solid $border; top: -1px; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 8px 14px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; background: $raised; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { color: $link; }
QTabBar::tab:disabled { color: $disabled; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $control; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
)"};

} // namespace

QString styleSheet(const Colours &colours, bool dark)
{
    const QString bad = dark ? u"#ff887a"_s : u"#920017"_s;
    const QList<std::pair<QString, QString>> names{
        {u"$accentText"_s, colours.accentText.name()},
        {u"$accentHover"_s,
         (dark ? colours.accent.lighter(108) : colours.accent.darker(112)).name()},
        {u"$accent"_s, colours.accent.name()},
        {u"$selection"_s, colours.selection.name()},
        {u"$badFill"_s, dark ? u"#38292c"_s : u"#fbeff0"_s},
        {u"$bad"_s, bad},
        {u"$onBad"_s, dark ? colours.window.name() : u"#ffffff"_s},
        {u"$border"_s, colours.border.name()},
        {u"$control"_s, dark ? u"#4b545f"_s : u"#b9c1ca"_s},
        {u"$disabled"_s, dark ? u"#6b7580"_s : u"#98a1ab"_s},
        {u"$link"_s, colours.link.name()},
        {u"$muted"_s, colours.mutedText.name()},
        {u"$raised"_s, colours.raised.name()},
        {u"$surface"_s, colours.surface.name()},
        {u"$text"_s, colours.text.name()},
        {u"$theme"_s, dark ? u"dark"_s : u"light"_s},
        {u"$window"_s, colours.window.name()},
    };
    QString sheet = frames % buttons % views % fields;
    for (const auto &[name, value] : names)
        sheet.replace(name, value);
    return sheet;
}

} // namespace batchyard::ui
