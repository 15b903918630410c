// The colours of both themes: contrast, and that states can be told apart, also by deuteranopes;
// that every icon named in the tables exists.
#include "ui/theme/presentation.h"
#include "ui/theme/settings.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QLabel>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <cmath>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::ui;

namespace {

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

std::array<double, 3> linearRgb(const QColor &colour)
{
    return {linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())};
}

// WCAG 2: relative luminance and contrast.
double luminance(const QColor &colour)
{
    const auto [r, g, b] = linearRgb(colour);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

double contrast(const QColor &a, const QColor &b)
{
    const double high = qMax(luminance(a), luminance(b));
    const double low = qMin(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

struct Lab {
    double l, a, b;
};

Lab toLab(const std::array<double, 3> &rgb)
{
    const auto [r, g, b] = rgb;
    const auto f
        = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
    const double x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    const double y = f(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    const double z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

// Machado, Oliveira and Fernandes 2009, severity 1.
std::array<double, 3> deuteranope(const std::array<double, 3> &rgb)
{
    const auto [r, g, b] = rgb;
    const auto clamp = [](double v) { return qBound(0.0, v, 1.0); };
    return {clamp(0.367322 * r + 0.860646 * g - 0.227968 * b),
            clamp(0.280085 * r + 0.672501 * g + 0.047413 * b),
            clamp(-0.011820 * r + 0.042940 * g + 0.968881 * b)};
}

// CIEDE2000 (Sharma, Wu and Dalal 2005).
double difference(const Lab &one, const Lab &two)
{
    const auto radians = [](double degrees) { return degrees * M_PI / 180; };
    const double meanC = (std::hypot(one.a, one.b) + std::hypot(two.a, two.b)) / 2;
    const double g
        = 0.5 * (1 - std::sqrt(std::pow(meanC, 7) / (std::pow(meanC, 7) + std::pow(25, 7))));
    const double a1 = (1 + g) * one.a;
    const double a2 = (1 + g) * two.a;
    const double c1 = std::hypot(a1, one.b);
    const double c2 = std::hypot(a2, two.b);
    const auto hue = [](double a, double b) {
        const double h = std::atan2(b, a) * 180 / M_PI;
        return h < 0 ? h + 360 : h;
    };
    const double h1 = hue(a1, one.b);
    const double h2 = hue(a2, two.b);
    double dh = h2 - h1;
    if (dh > 180)
        dh -= 360;
    if (dh < -180)
        dh += 360;
    const double dH = 2 * std::sqrt(c1 * c2) * std::sin(radians(dh / 2));
    const double l = (one.l + two.l) / 2;
    const double c = (c1 + c2) / 2;
    double h = (h1 + h2) / 2;
    if (std::abs(h1 - h2) > 180)
        h += h1 + h2 < 360 ? 180 : -180;
    const double t = 1 - 0.17 * std::cos(radians(h - 30)) + 0.24 * std::cos(radians(2 * h))
        + 0.32 * std::cos(radians(3 * h + 6)) - 0.20 * std::cos(radians(4 * h - 63));
    const double turn = 30 * std::exp(-std::pow((h - 275) / 25, 2));
    const double rc = 2 * std::sqrt(std::pow(c, 7) / (std::pow(c, 7) + std::pow(25, 7)));
    const double sl = 1 + 0.015 * std::pow(l - 50, 2) / std::sqrt(20 + std::pow(l - 50, 2));
    const double sc = 1 + 0.045 * c;
    const double sh = 1 + 0.015 * c * t;
    const double dl = (two.l - one.l) / sl;
    const double dc = (c2 - c1) / sc;
    return std::sqrt(dl * dl + dc * dc + dH / sh * (dH / sh)
                     - std::sin(radians(2 * turn)) * rc * dc * (dH / sh));
}

QList<Presentation> allPresentations()
{
    QList<Presentation> all;
    for (int i = 0; i < batch::jobStatusCount; ++i)
        all.append(presentation(static_cast<batch::JobStatus>(i)));
    for (int i = 0; i <= static_cast<int>(batch::ContainerPhase::Stopped); ++i)
        all.append(presentation(static_cast<batch::ContainerPhase>(i)));
    batch::ContainerLiveState state;
    state.phase = batch::ContainerPhase::Stopped;
    for (const auto code : {std::optional<int>(), std::optional<int>(0), std::optional<int>(7)}) {
        for (const bool asked : {false, true}) {
            state.exitCode = code;
            state.stoppedByBatch = asked;
            all.append(presentation(state));
        }
    }
    for (const char16_t *word : {u"ENABLED", u"DISABLED", u"VALID", u"INVALID", u"ACTIVE",
                                 u"INACTIVE", u"CREATING", u"UPDATING", u"DELETING", u"OTHER"})
        all.append(resourcePresentation(QString::fromUtf16(word)));
    batch::EngineStatus engine;
    all.append(presentation(engine));
    engine.reachable = true;
    all.append(presentation(engine));
    return all;
}

} // namespace

class tst_Theme : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { applyTheme(*qApp, Theme::Light); }

    void ciede2000MatchesPublishedPairs()
    {
        // Rows 1, 7 and 25 of Sharma's table.
        QVERIFY(qAbs(difference({50, 2.6772, -79.7751}, {50, 0, -82.7485}) - 2.0425) < 1e-4);
        QVERIFY(qAbs(difference({50, 0, 0}, {50, -1, 2}) - 2.3669) < 1e-4);
        QVERIFY(
            qAbs(difference({60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}) - 1.2644)
            < 1e-4);
    }

    void textCanBeRead_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void textCanBeRead()
    {
        QFETCH(const bool, dark);
        const Colours theme = coloursOf(dark);
        constexpr double enough = 4.5;
        for (const QColor &back : {theme.window, theme.surface, theme.raised, theme.selection}) {
            QVERIFY(contrast(theme.text, back) >= 7);
            QVERIFY2(
                contrast(theme.mutedText, back) >= enough,
                qPrintable(back.name() % u' ' % QString::number(contrast(theme.mutedText, back))));
            QVERIFY2(contrast(theme.link, back) >= enough, qPrintable(back.name()));
        }
        QVERIFY(contrast(theme.accentText, theme.accent) >= enough);
        for (int i = 0; i < toneCount; ++i) {
            const Tone tone = static_cast<Tone>(i);
            for (const QColor &back : {theme.window, theme.surface, toneFill(tone, dark)})
                QVERIFY2(contrast(toneColour(tone, dark), back) >= enough,
                         qPrintable(u"tone %1 on %2"_s.arg(i).arg(back.name())));
        }
        for (int i = 0; i < 10; ++i)
            QVERIFY2(contrast(containerColour(i, dark), theme.surface) >= enough,
                     qPrintable(u"container %1"_s.arg(i)));
    }

    void statesCanBeToldApart_data() { textCanBeRead_data(); }

    void statesCanBeToldApart()
    {
        QFETCH(const bool, dark);
        for (int i = 0; i < toneCount; ++i) {
            for (int j = 0; j < i; ++j) {
                const auto one = linearRgb(toneColour(static_cast<Tone>(i), dark));
                const auto two = linearRgb(toneColour(static_cast<Tone>(j), dark));
                const double normal = difference(toLab(one), toLab(two));
                const double deuteran
                    = difference(toLab(deuteranope(one)), toLab(deuteranope(two)));
                QVERIFY2(
                    normal >= 10 && deuteran >= 10,
                    qPrintable(u"%1 and %2: %3, %4"_s.arg(i).arg(j).arg(normal).arg(deuteran)));
            }
        }
    }

    void everyStateHasIconWordAndColour()
    {
        for (const Presentation &each : allPresentations()) {
            QVERIFY(!each.word.isEmpty());
            QVERIFY2(!each.icon().isNull(), qPrintable(each.iconName));
            const QImage picture = each.icon().pixmap(32, 32).toImage();
            int drawn = 0;
            for (int y = 0; y < picture.height(); ++y) {
                for (int x = 0; x < picture.width(); ++x) {
                    drawn += picture.pixelColor(x, y).alpha() > 60 ? 1 : 0;
                    // Half transparent edges lose some of their colour's bits.
                    if (picture.pixelColor(x, y).alpha() == 255)
                        QCOMPARE(picture.pixelColor(x, y).rgb(), each.colour().rgb());
                }
            }
            QVERIFY2(drawn > 0, qPrintable(each.iconName));
        }
    }

    void statesOfAJobHaveDifferentIcons()
    {
        QSet<QString> icons;
        for (int i = 0; i < batch::jobStatusCount; ++i)
            icons.insert(presentation(static_cast<batch::JobStatus>(i)).iconName);
        QCOMPARE(icons.size(), batch::jobStatusCount);
    }

    void iconsFollowTheTheme()
    {
        const QIcon plain = icon(u"go-home"_s);
        const auto colourOf = [&plain] {
            const QImage picture = plain.pixmap(32, 32).toImage();
            for (int y = 0; y < picture.height(); ++y) {
                for (int x = 0; x < picture.width(); ++x) {
                    if (picture.pixelColor(x, y).alpha() == 255)
                        return picture.pixelColor(x, y);
                }
            }
            return QColor();
        };
        applyTheme(*qApp, Theme::Dark);
        QCOMPARE(colourOf().rgb(), coloursOf(true).text.rgb());
        applyTheme(*qApp, Theme::Light);
        QCOMPARE(colourOf().rgb(), coloursOf(false).text.rgb());
    }

    void everyLabelIsPlain()
    {
        QLabel label(u"<b>x</b>"_s);
        QCOMPARE(label.textFormat(), Qt::AutoText);
        label.show();
        QCOMPARE(label.textFormat(), Qt::PlainText);
    }

    void namesOfThemes()
    {
        for (const Theme theme : {Theme::System, Theme::Light, Theme::Dark})
            QCOMPARE(themeFromName(themeName(theme)), theme);
        QCOMPARE(themeFromName(u"no such theme"_s), Theme::System);
    }

    void settingsAreKept()
    {
        QTemporaryDir directory;
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, directory.path());
        {
            Settings settings;
            QCOMPARE(settings.theme(), Theme::System);
            QVERIFY(settings.flag(u"log/wrap"_s, true));
            settings.setTheme(Theme::Dark);
            settings.setFlag(u"log/wrap"_s, false);
            settings.setFilterValues(u"jobs"_s, {u"failed"_s, u"running"_s});
            settings.setPage(u"queues"_s);
        }
        const Settings settings;
        QCOMPARE(settings.theme(), Theme::Dark);
        QVERIFY(!settings.flag(u"log/wrap"_s, true));
        QCOMPARE(settings.filterValues(u"jobs"_s), (QStringList{u"failed"_s, u"running"_s}));
        QCOMPARE(settings.page(), u"queues"_s);
    }
};

QTEST_MAIN(tst_Theme)
#include "tst_theme.moc"
