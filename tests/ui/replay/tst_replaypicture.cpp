#include "ui/replay/replaypicture.h"

#include "mazesample.h"

#include "models/replay/replaymodel.h"
#include "ui/replay/mazepainter.h"

#include <QElapsedTimer>
#include <QGuiApplication>
#include <QPainter>
#include <QTest>

using namespace batchyard;
using models::ReplayModel;

namespace {

QPalette lightPalette()
{
    QPalette palette(QColor(0xf0, 0xf0, 0xf2));
    palette.setColor(QPalette::Base, Qt::white);
    palette.setColor(QPalette::Text, QColor(0x20, 0x20, 0x24));
    return palette;
}

QPalette darkPalette()
{
    QPalette palette(QColor(0x24, 0x24, 0x2a));
    palette.setColor(QPalette::Base, QColor(0x1a, 0x1a, 0x1f));
    palette.setColor(QPalette::Text, QColor(0xe8, 0xe8, 0xec));
    palette.setColor(QPalette::WindowText, QColor(0xe8, 0xe8, 0xec));
    return palette;
}

qsizetype countPixels(const QImage &image, const QColor &colour)
{
    qsizetype count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            count += image.pixelColor(x, y) == colour ? 1 : 0;
    }
    return count;
}

QImage painted(ui::MazePainter &painter, const ReplayModel &model, double cell,
               const ui::ReplayColours &colours)
{
    QImage image(600, 400, QImage::Format_RGB32);
    image.fill(colours.background);
    QPainter device(&image);
    painter.paint(device, model, colours, QPointF(3, 5), cell, QRectF(image.rect()));
    return image;
}

void keep(const QImage &image, const QString &name)
{
    if (const QString folder = qEnvironmentVariable("BATCHYARD_TEST_PICTURES"); !folder.isEmpty())
        QVERIFY(image.save(folder + u'/' + name));
}

} // namespace

class TestReplayPicture : public QObject
{
    Q_OBJECT

private slots:
    void drawsTheMaze_data()
    {
        QTest::addColumn<QPalette>("palette");
        QTest::addColumn<QSize>("mazeSize");
        for (const QSize size : {QSize(2, 2), QSize(80, 20), QSize(300, 300), QSize(3, 200)}) {
            QTest::addRow("light, %d x %d", size.width(), size.height()) << lightPalette() << size;
            QTest::addRow("dark, %d x %d", size.width(), size.height()) << darkPalette() << size;
        }
    }

    void drawsTheMaze()
    {
        QFETCH(QPalette, palette);
        QFETCH(QSize, mazeSize);
        ReplayModel model;
        feedAll(model, mazeSample(mazeSize, 2));
        const QImage image = ui::renderReplay(model, QSize(1280, 800), palette);
        QCOMPARE(image.size(), QSize(1280, 800));
        const ui::ReplayColours colours = ui::ReplayColours::of(palette);
        QVERIFY(countPixels(image, colours.background) > 1000);
        QVERIFY(countPixels(image, colours.exit) > 20);
        QVERIFY(countPixels(image, colours.recentWalk) > 20);
        keep(image, QStringLiteral("%1.png").arg(QString::fromLatin1(QTest::currentDataTag())));
    }

    void drawsWithoutAMap()
    {
        ReplayModel model;
        MazeSample sample = mazeSample({40, 25}, 2);
        sample.modelLines.clear();
        feedAll(model, sample);
        const QImage image = ui::renderReplay(model, QSize(1280, 800), lightPalette());
        QVERIFY(countPixels(image, ui::ReplayColours::of(lightPalette()).unknown) > 1000);
        keep(image, QStringLiteral("without a map.png"));
    }

    void drawsNothingWithoutALog()
    {
        const ReplayModel model;
        QVERIFY(!ui::renderReplay(model, QSize(200, 100), lightPalette()).isNull());
        QVERIFY(ui::renderReplay(model, QSize(), lightPalette()).isNull());
        QVERIFY(!ui::renderReplay(model, QSize(1, 1), lightPalette()).isNull());
    }

    // What is kept between two paintings never shows: every step looks as if painted afresh.
    void incrementalIsLikeAfresh_data()
    {
        QTest::addColumn<double>("cell");
        QTest::addColumn<bool>("hasMap");
        for (const double cell : {0.4, 1.0, 2.5, 4.9, 5.0, 11.0}) {
            QTest::addRow("%g pixels a cell", cell) << cell << true;
            QTest::addRow("%g pixels a cell, no map", cell) << cell << false;
        }
    }

    void incrementalIsLikeAfresh()
    {
        QFETCH(double, cell);
        QFETCH(bool, hasMap);
        ReplayModel model;
        MazeSample sample = mazeSample({150, 90}, 4);
        if (!hasMap)
            sample.modelLines.clear();
        feedAll(model, sample);
        const ui::ReplayColours colours = ui::ReplayColours::of(lightPalette());
        ui::MazePainter kept;
        for (const qsizetype step : {0, 1, 2, 50, 49, 500, 3, 2000, 1999, 100000, 0}) {
            model.seek(step);
            ui::MazePainter fresh;
            QVERIFY(painted(kept, model, cell, colours) == painted(fresh, model, cell, colours));
        }
        const ui::ReplayColours dark = ui::ReplayColours::of(darkPalette());
        ui::MazePainter fresh;
        QVERIFY(painted(kept, model, cell, dark) == painted(fresh, model, cell, dark));
    }

    void largeMazesStayFluid()
    {
        ReplayModel model;
        // Larger by hand: 2001 takes minutes in a debug build.
        bool isSet = false;
        const int wanted = qEnvironmentVariableIntValue("BATCHYARD_TEST_MAZE_SIDE", &isSet);
        const int side = isSet ? wanted : 401;
        feedAll(model, mazeSample({side, side}, 1));
        QVERIFY(model.stepCount() > 100'000);
        const ui::ReplayColours colours = ui::ReplayColours::of(lightPalette());
        ui::MazePainter painter;
        model.seek(0);
        QElapsedTimer timer;
        const auto measure = [&](const char *what, double cell) {
            timer.start();
            (void)painted(painter, model, cell, colours);
            qInfo("%s: %.1f ms", what, double(timer.nsecsElapsed()) / 1e6);
            return timer.elapsed();
        };
        const double whole = 400.0 / side;
        measure("first picture", whole);
        qint64 slowest = 0;
        for (int frame = 1; frame <= 10; ++frame) {
            model.seek(frame * 10'000);
            slowest = std::max(slowest, measure("10,000 steps further", whole));
        }
        QVERIFY2(slowest < 500,
                 "a frame of 10,000 steps"); // generous: a debug build, a busy machine
        model.seek(model.stepCount());
        measure("seek to the end", whole);
        measure("4.5 pixels a cell", 4.5);
        measure("8 pixels a cell", 8);
    }
};

// No QApplication: the picture is drawn without any widget.
QTEST_MAIN_WRAPPER(TestReplayPicture, QTEST_QAPP_SETUP(QGuiApplication))

#include "tst_replaypicture.moc"
