#include "ui/replay/replaypicture.h"

#include "models/replay/replaymodel.h"
#include "ui/replay/mazepainter.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QLocale>
#include <QPainter>

namespace batchyard::ui {

namespace {

constexpr int pictureMargin = 16;
constexpr int largestCell = 48;

QString tr(const char *text)
{
    return QCoreApplication::translate("ReplayPicture", text);
}

// "80 x 20 cells · start (0, 18) · key (32, 2) · exit (79, 16) · step 214 of 388"
QString factsOf(const models::ReplayModel &model)
{
    const maze::LogReader &log = model.log();
    const QLocale locale;
    QStringList facts;
    if (model.hasMaze())
        facts << tr("%1 × %2 cells").arg(log.size().width()).arg(log.size().height());
    const auto add = [&facts](const QString &text, std::optional<QPoint> cell) {
        if (cell)
            facts << text.arg(cell->x()).arg(cell->y());
    };
    add(tr("start (%1, %2)"), log.start());
    add(tr("key (%1, %2)"), log.key());
    add(tr("exit (%1, %2)"), log.exit());
    if (model.stepCount() > 0) {
        facts << tr("step %1 of %2")
                     .arg(locale.toString(qlonglong(model.currentStep())),
                          locale.toString(qlonglong(model.stepCount())));
    }
    return facts.join(QStringLiteral(" · "));
}

} // namespace

QImage renderReplay(const models::ReplayModel &model, QSize size, const QPalette &palette)
{
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    if (image.isNull())
        return image;
    const ReplayColours colours = ReplayColours::of(palette);
    image.fill(colours.background);
    QPainter painter(&image);
    QFont bold = painter.font();
    bold.setPixelSize(17);
    bold.setBold(true);
    QFont small = painter.font();
    small.setPixelSize(13);

    const int width = size.width() - 2 * pictureMargin;
    const int captionHeight = 24 + 20;
    const QRect caption(pictureMargin, size.height() - pictureMargin - captionHeight, width,
                        captionHeight);
    const auto write
        = [&](const QFont &font, const QColor &colour, const QRect &rect, const QString &text) {
              painter.setFont(font);
              painter.setPen(colour);
              painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                               QFontMetrics(font).elidedText(text, Qt::ElideRight, rect.width()));
          };
    write(bold, colours.text, QRect(caption.topLeft(), QSize(width, 24)), model.verdict());
    write(small, colours.mutedText, QRect(caption.left(), caption.top() + 24, width, 20),
          factsOf(model));

    const QRectF area(pictureMargin, pictureMargin, width, caption.top() - 2 * pictureMargin);
    const QSize maze = model.log().size();
    if (!maze.isEmpty() && !area.isEmpty()) {
        double cell = std::min(
            {area.width() / maze.width(), area.height() / maze.height(), double(largestCell)});
        if (cell > 4)
            cell = std::floor(cell); // whole pixels keep the walls of one width
        const QPointF origin(std::round(area.center().x() - cell * maze.width() / 2),
                             std::round(area.center().y() - cell * maze.height() / 2));
        MazePainter().paint(painter, model, colours, origin, cell, QRectF(image.rect()));
    }
    return image;
}

} // namespace batchyard::ui
