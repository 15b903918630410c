#include "ui/theme/tintedicon.h"

#include <QGuiApplication>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>

namespace batchyard::ui {

TintedIcon::TintedIcon(QString name, const QColor &colour)
    : m_name(std::move(name))
    , m_colour(colour)
{
}

void TintedIcon::paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State)
{
    const qreal ratio = painter->device()->devicePixelRatio();
    QPixmap picture = render((QSizeF(rect.size()) * ratio).toSize(), mode);
    picture.setDevicePixelRatio(ratio);
    painter->drawPixmap(rect, picture);
}

QPixmap TintedIcon::pixmap(const QSize &size, QIcon::Mode mode, QIcon::State)
{
    return render(size, mode);
}

QPixmap TintedIcon::scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal)
{
    return render(size, mode);
}

QIconEngine *TintedIcon::clone() const
{
    return new TintedIcon(*this);
}

QString TintedIcon::key() const
{
    return QStringLiteral("TintedIcon");
}

bool TintedIcon::isNull()
{
    return QIcon::fromTheme(m_name).isNull();
}

QColor TintedIcon::colourOf(QIcon::Mode mode) const
{
    const QPalette palette = QGuiApplication::palette();
    if (mode == QIcon::Disabled)
        return palette.color(QPalette::Disabled, QPalette::WindowText);
    return m_colour.isValid() ? m_colour : palette.color(QPalette::Active, QPalette::WindowText);
}

QPixmap TintedIcon::render(const QSize &pixels, QIcon::Mode mode) const
{
    if (pixels.isEmpty())
        return {};
    const QColor colour = colourOf(mode);
    const QString cacheKey = QStringLiteral("batchyard/%1/%2/%3x%4")
                                 .arg(m_name, colour.name(QColor::HexArgb))
                                 .arg(pixels.width())
                                 .arg(pixels.height());
    QPixmap picture;
    if (QPixmapCache::find(cacheKey, &picture))
        return picture;

    // Drawn at its own size and centred: a 16 px picture asked for at 20 px would blur.
    picture = QPixmap(pixels);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    QIcon::fromTheme(m_name).paint(&painter, picture.rect());
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(picture.rect(), colour);
    painter.end();
    QPixmapCache::insert(cacheKey, picture);
    return picture;
}

} // namespace batchyard::ui
