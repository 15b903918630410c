#include "ui/logs/logpane.h"

#include "ui/logs/logtext.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QDateTime>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTextBoundaryFinder>
#include <QTextOption>

#include <algorithm>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::LogLine;
using models::LogModel;

namespace {

constexpr int updateIntervalMs = 16;
constexpr int sideMargin = 10;
constexpr int columnGap = 12;
constexpr int longestNameShown = 18; // characters
constexpr int tabCharacters = 8;

} // namespace

LogPane::LogPane(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setObjectName(u"logPane"_s);
    setAccessibleName(tr("Log lines"));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setBackgroundRole(QPalette::Base);
    m_updateTimer.setSingleShot(true);
    m_updateTimer.setInterval(updateIntervalMs);
    connect(&m_updateTimer, &QTimer::timeout, this, &LogPane::updateNow);
    m_scrollTimer.setInterval(40);
    connect(&m_scrollTimer, &QTimer::timeout, this, [this] {
        const bool above = m_mouse.y() < 0;
        scrollLines(above ? -2 : 2);
        m_caret = positionAt({m_mouse.x(), above ? 0 : viewport()->height() - 1});
        viewport()->update();
    });
    updateMetrics();
}

void LogPane::setModel(LogModel *model)
{
    if (m_model)
        disconnect(m_model, nullptr, this, nullptr);
    m_model = model;
    m_shown.clear();
    m_top = {};
    m_currentRow = -1;
    m_anchor = m_caret = {};
    m_widest = 0;
    if (m_model) {
        connect(m_model, &QAbstractItemModel::rowsInserted, this, &LogPane::scheduleUpdate);
        connect(m_model, &QAbstractItemModel::rowsRemoved, this,
                [this](const QModelIndex &, int first, int last) {
                    // Lines dropped at the top move all others up; rows taken from the end come
                    // back.
                    if (first == 0 && last + 1 <= m_top.row)
                        m_top.row -= last + 1;
                    dropSelectionFrom(first);
                    m_shown.clear();
                    scheduleUpdate();
                });
        connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
            dropSelectionFrom(0);
            m_currentRow = -1;
            m_shown.clear();
            scheduleUpdate();
        });
        connect(m_model, &LogModel::matchesChanged, this, &LogPane::scheduleUpdate);
        connect(m_model, &LogModel::sourcesChanged, this, [this] {
            updateMetrics();
            scheduleUpdate();
        });
        connect(m_model, &QObject::destroyed, this, [this] {
            m_model = nullptr;
            m_shown.clear();
        });
    }
    m_following = true;
    updateMetrics();
    updateNow();
    emit followingChanged(true);
    emit newLinesChanged();
}

// ---- Following and scrolling

void LogPane::setFollowing(bool following)
{
    if (following == m_following && !following)
        return;
    if (!following) {
        stopFollowing();
        return;
    }
    const bool changed = !m_following;
    m_following = true;
    updateNow();
    if (changed)
        emit followingChanged(true);
    emit newLinesChanged();
}

void LogPane::stopFollowing()
{
    if (!m_following)
        return;
    m_following = false;
    m_linesWhenStopped = m_model ? m_model->lineCount() : 0;
    emit followingChanged(false);
    emit newLinesChanged();
}

qint64 LogPane::newLines() const
{
    return m_following || !m_model ? 0 : m_model->lineCount() - m_linesWhenStopped;
}

void LogPane::setWrapping(bool wrapping)
{
    m_wrapping = wrapping;
    m_top.line = 0;
    horizontalScrollBar()->setValue(0);
    updateNow();
}

void LogPane::setTimesShown(bool shown)
{
    m_timesShown = shown;
    updateMetrics();
    updateNow();
}

void LogPane::showRow(int row)
{
    if (!m_model || row < 0 || row >= m_model->rowCount())
        return;
    m_currentRow = row;
    const bool inSight = std::any_of(m_shown.begin(), m_shown.end(), [&](const Shown &shown) {
        return shown.row == row && shown.y >= 0 && shown.y + m_lineHeight <= viewport()->height();
    });
    if (!inSight) {
        stopFollowing();
        setTop({qMax(0, row - linesInSight() / 2), 0});
    }
    layOut();
    viewport()->update();
}

int LogPane::linesInSight() const
{
    return qMax(1, viewport()->height() / m_lineHeight);
}

int LogPane::linesOf(int row) const
{
    return m_wrapping ? layOutRow(row).lines : 1;
}

LogPane::Place LogPane::lastPlace() const
{
    const int rows = m_model ? m_model->rowCount() : 0;
    int left = linesInSight();
    if (!m_wrapping)
        return {qMax(0, rows - left), 0};
    for (int row = rows - 1; row >= 0; --row) {
        const int lines = linesOf(row);
        if (lines >= left)
            return {row, lines - left};
        left -= lines;
    }
    return {};
}

void LogPane::scrollLines(int lines)
{
    if (!m_model || m_model->rowCount() == 0)
        return;
    Place place = m_top;
    if (!m_wrapping) {
        place.row += lines;
    } else {
        place.line += lines;
        while (place.line < 0 && place.row > 0)
            place.line += linesOf(--place.row);
        while (place.row < m_model->rowCount() - 1) {
            const int here = linesOf(place.row);
            if (place.line < here)
                break;
            place.line -= here;
            ++place.row;
        }
    }
    if (lines < 0)
        stopFollowing();
    setTop(place);
    updateBars();
    layOut();
    viewport()->update();
}

void LogPane::setTop(Place top)
{
    const Place last = lastPlace();
    const auto isAfter = [](const Place &a, const Place &b) {
        return a.row != b.row ? a.row > b.row : a.line > b.line;
    };
    if (top.row < 0 || top.line < 0)
        top = {qMax(0, top.row), 0};
    const bool atEnd = !isAfter(last, top);
    m_top = atEnd ? last : top;
    if (atEnd && !m_following) {
        m_following = true;
        emit followingChanged(true);
        emit newLinesChanged();
    }
}

void LogPane::updateBars()
{
    m_settingBars = true;
    const Place last = lastPlace();
    QScrollBar *bar = verticalScrollBar();
    bar->setPageStep(linesInSight());
    bar->setSingleStep(3);
    // One step more than the last row, so that a row taller than the window can be at both ends.
    bar->setRange(0, last.row + (last.line > 0 ? 1 : 0));
    bar->setValue(m_following ? bar->maximum() : m_top.row);
    QScrollBar *across = horizontalScrollBar();
    const int width = viewport()->width() - textLeft() - sideMargin;
    across->setPageStep(width);
    across->setSingleStep(20);
    across->setRange(0, m_wrapping ? 0 : qMax(0, m_widest - width));
    m_settingBars = false;
}

void LogPane::scrollContentsBy(int, int)
{
    if (m_settingBars)
        return;
    const int value = verticalScrollBar()->value();
    if (value != m_top.row || (m_following && value < verticalScrollBar()->maximum())) {
        if (value < verticalScrollBar()->maximum())
            stopFollowing();
        setTop({value, 0});
    }
    layOut();
    viewport()->update();
}

void LogPane::scheduleUpdate()
{
    if (!m_updateTimer.isActive())
        m_updateTimer.start();
}

void LogPane::updateNow()
{
    m_updateTimer.stop();
    const Place last = lastPlace();
    if (m_following || m_top.row > last.row)
        m_top = last;
    layOut();
    updateBars();
    viewport()->update();
    if (!m_following)
        emit newLinesChanged();
}

// ---- Layout

void LogPane::updateMetrics()
{
    const QFont font = fixedFont();
    const QFontMetrics metrics(font);
    m_lineHeight = metrics.height() + 3;
    m_timeWidth = m_timesShown ? metrics.horizontalAdvance(u"00:00:00.000"_s) + columnGap : 0;
    qsizetype longest = 0;
    if (m_model) {
        for (const LogModel::Source &source : m_model->sources())
            longest = qMax(longest, source.container.size());
    }
    m_nameWidth = metrics.horizontalAdvance(u'm')
        * static_cast<int>(qMin<qsizetype>(longest, longestNameShown));
}

int LogPane::textLeft() const
{
    return sideMargin + m_timeWidth + m_nameWidth + 2 * columnGap;
}

// Positions are those of the line itself.
QString LogPane::displayText(const LogModel::Line &line)
{
    QString text = harmlessText(line.text.left(shownCharacters));
    if (line.text.size() > shownCharacters)
        text += tr(" … %1 more characters").arg(line.text.size() - shownCharacters);
    return text;
}

LogPane::Shown LogPane::layOutRow(int row) const
{
    Shown shown;
    shown.row = row;
    const LogModel::Line &line = m_model->line(row);
    if (line.isDivider)
        return shown;
    shown.text = displayText(line);
    shown.layout = std::make_unique<QTextLayout>(shown.text, fixedFont());
    QTextOption option;
    option.setWrapMode(m_wrapping ? QTextOption::WrapAnywhere : QTextOption::NoWrap);
    option.setTabStopDistance(QFontMetricsF(fixedFont()).horizontalAdvance(u' ') * tabCharacters);
    shown.layout->setTextOption(option);
    shown.layout->setCacheEnabled(true);
    const qreal width = qMax(80, viewport()->width() - textLeft() - sideMargin);
    shown.layout->beginLayout();
    int lines = 0;
    for (QTextLine part = shown.layout->createLine(); part.isValid();
         part = shown.layout->createLine()) {
        part.setLineWidth(m_wrapping ? width : 1e7);
        part.setPosition({0, static_cast<qreal>(lines * m_lineHeight)});
        ++lines;
    }
    shown.layout->endLayout();
    shown.lines = qMax(1, lines);
    return shown;
}

void LogPane::layOut()
{
    std::vector<Shown> before = std::move(m_shown);
    m_shown.clear();
    if (!m_model)
        return;
    int y = -m_top.line * m_lineHeight;
    for (int row = m_top.row; row < m_model->rowCount() && y < viewport()->height(); ++row) {
        const auto kept = std::find_if(before.begin(), before.end(),
                                       [row](const Shown &shown) { return shown.row == row; });
        // Laid out again only when it was not in sight, or the text behind the row is another.
        const bool isSame = kept != before.end() && kept->layout && !m_wrapping
            && kept->text == displayText(m_model->line(row));
        Shown shown = isSame ? std::move(*kept) : layOutRow(row);
        shown.y = y;
        y += shown.lines * m_lineHeight;
        if (shown.layout && !m_wrapping)
            m_widest = qMax(m_widest, qRound(shown.layout->maximumWidth()) + columnGap);
        m_shown.push_back(std::move(shown));
    }
}

void LogPane::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateNow();
}

void LogPane::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange) {
        updateMetrics();
        m_shown.clear();
        updateNow();
    }
    QAbstractScrollArea::changeEvent(event);
}

// ---- Painting

QList<QTextLayout::FormatRange> LogPane::formatsOf(const Shown &shown) const
{
    QList<QTextLayout::FormatRange> formats;
    const auto add
        = [&formats](qsizetype start, qsizetype length, const QColor &back, const QColor &front) {
              QTextLayout::FormatRange range;
              range.start = static_cast<int>(start);
              range.length = static_cast<int>(length);
              range.format.setBackground(back);
              range.format.setForeground(front);
              formats.append(range);
          };
    const bool dark = isDark();
    const bool isCurrent = shown.row == m_currentRow;
    const QColor matchBack
        = isCurrent ? QColor(dark ? 0xffd24a : 0xffc83d) : QColor(dark ? 0x6b5713 : 0xffeeb0);
    const QColor matchFront = isCurrent || !dark ? QColor(Qt::black) : QColor(Qt::white);
    for (const auto &[start, length] : m_model->matchesIn(shown.text))
        add(start, length, matchBack, matchFront);
    const Position begin = qMin(m_anchor, m_caret);
    const Position end = qMax(m_anchor, m_caret);
    if (m_anchor.row >= 0 && begin != end && begin.row <= shown.row && shown.row <= end.row) {
        const qsizetype from = shown.row == begin.row ? begin.column : 0;
        const qsizetype to = shown.row == end.row ? end.column : shown.text.size();
        if (to > from)
            add(from, to - from, colours().accent, colours().accentText);
    }
    return formats;
}

void LogPane::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), colours().surface);
    painter.setFont(fixedFont());
    if (!m_model)
        return;
    for (const Shown &shown : m_shown) {
        if (shown.row >= m_model->rowCount())
            break;
        if (shown.layout)
            paintRow(painter, shown);
        else
            paintDivider(painter, shown);
    }
}

void LogPane::paintRow(QPainter &painter, const Shown &shown) const
{
    const LogModel::Line &line = m_model->line(shown.row);
    const Colours theme = colours();
    const int height = shown.lines * m_lineHeight;
    const bool isError = line.stream == LogLine::Stream::Stderr;
    if (shown.row == m_currentRow)
        painter.fillRect(0, shown.y, viewport()->width(), height, theme.selection);

    int x = sideMargin;
    if (m_timesShown) {
        painter.setPen(theme.mutedText);
        painter.drawText(QRect(x, shown.y, m_timeWidth, m_lineHeight), Qt::AlignVCenter,
                         QDateTime::fromMSecsSinceEpoch(line.time).toString(u"HH:mm:ss.zzz"_s));
        x += m_timeWidth;
    }
    const QColor name = containerColour(line.source);
    painter.setPen(name);
    painter.drawText(QRect(x, shown.y, m_nameWidth, m_lineHeight), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_model->sources()[line.source].container,
                                                      Qt::ElideRight, m_nameWidth));
    x += m_nameWidth + columnGap / 2;
    // Standard error has a full bar and the letter E, the other stream a thin line.
    if (isError) {
        const QRect mark(x, shown.y + 1, columnGap, m_lineHeight - 2);
        painter.fillRect(mark, toneFill(Tone::Bad));
        painter.setPen(toneColour(Tone::Bad));
        painter.drawText(mark, Qt::AlignCenter, u"E"_s);
    } else {
        painter.fillRect(x + columnGap / 2 - 1, shown.y, 2, height,
                         QColor(name.red(), name.green(), name.blue(), 110));
    }

    painter.save();
    painter.setClipRect(textLeft() - 2, shown.y, viewport()->width() - textLeft(), height);
    painter.setPen(theme.text);
    const qreal across = m_wrapping ? 0 : horizontalScrollBar()->value();
    const qreal inset = (m_lineHeight - painter.fontMetrics().height()) / 2.0;
    shown.layout->draw(&painter, QPointF(textLeft() - across, shown.y + inset), formatsOf(shown));
    painter.restore();
}

void LogPane::paintDivider(QPainter &painter, const Shown &shown) const
{
    const Colours theme = colours();
    const QString text = tr("Attempt %1").arg(m_model->line(shown.row).attempt);
    const int middle = shown.y + m_lineHeight / 2;
    const int width = painter.fontMetrics().horizontalAdvance(text);
    painter.setPen(theme.border);
    painter.drawLine(sideMargin, middle, viewport()->width() - sideMargin, middle);
    const QRect box((viewport()->width() - width) / 2 - columnGap, shown.y, width + 2 * columnGap,
                    m_lineHeight);
    painter.fillRect(box, theme.surface);
    painter.setPen(theme.mutedText);
    painter.drawText(box, Qt::AlignCenter, text);
}

} // namespace batchyard::ui
