// Keys, mouse and selection of LogPane.
#include "ui/logs/logpane.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QTextBoundaryFinder>

#include <algorithm>

namespace batchyard::ui {

using models::LogModel;

void LogPane::wheelEvent(QWheelEvent *event)
{
    if (event->modifiers() & Qt::ShiftModifier || event->angleDelta().y() == 0) {
        QAbstractScrollArea::wheelEvent(event);
        return;
    }
    constexpr int unitsPerNotch = 120;
    constexpr int linesPerNotch = 3;
    const int lines = -event->angleDelta().y() * linesPerNotch / unitsPerNotch;
    scrollLines(lines != 0 ? lines : (event->angleDelta().y() > 0 ? -1 : 1));
    event->accept();
}

void LogPane::keyPressEvent(QKeyEvent *event)
{
    QScrollBar *across = horizontalScrollBar();
    if (event->matches(QKeySequence::Copy)) {
        if (hasSelection())
            QGuiApplication::clipboard()->setText(selectedText());
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
        return;
    }
    switch (event->key()) {
    case Qt::Key_Up:
        scrollLines(-1);
        return;
    case Qt::Key_Down:
        scrollLines(1);
        return;
    case Qt::Key_PageUp:
        scrollLines(-linesInSight());
        return;
    case Qt::Key_PageDown:
        scrollLines(linesInSight());
        return;
    case Qt::Key_Home:
        stopFollowing();
        setTop({0, 0});
        updateNow();
        return;
    case Qt::Key_End:
        setFollowing(true);
        return;
    case Qt::Key_Left:
        across->setValue(across->value() - 4 * across->singleStep());
        return;
    case Qt::Key_Right:
        across->setValue(across->value() + 4 * across->singleStep());
        return;
    case Qt::Key_Space:
        setFollowing(!m_following);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

LogPane::Position LogPane::positionAt(const QPoint &point) const
{
    if (m_shown.empty())
        return {};
    const auto hit = std::find_if(m_shown.rbegin(), m_shown.rend(),
                                  [&](const Shown &shown) { return shown.y <= point.y(); });
    const Shown &shown = hit == m_shown.rend() ? m_shown.front() : *hit;
    if (!shown.layout)
        return {shown.row, 0};
    const int line = std::clamp((point.y() - shown.y) / m_lineHeight, 0,
                                qMax(0, shown.layout->lineCount() - 1));
    if (shown.layout->lineCount() == 0)
        return {shown.row, 0};
    const qreal across = m_wrapping ? 0 : horizontalScrollBar()->value();
    const int column = shown.layout->lineAt(line).xToCursor(point.x() - textLeft() + across);
    return {shown.row, column};
}

void LogPane::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_selecting = true;
    m_caret = positionAt(event->position().toPoint());
    if (!(event->modifiers() & Qt::ShiftModifier) || m_anchor.row < 0)
        m_anchor = m_caret;
    // Text under the mouse must not run away.
    stopFollowing();
    viewport()->update();
    emit selectionChanged();
}

void LogPane::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_selecting)
        return;
    m_mouse = event->position().toPoint();
    const bool beyond = m_mouse.y() < 0 || m_mouse.y() >= viewport()->height();
    if (beyond && !m_scrollTimer.isActive())
        m_scrollTimer.start();
    else if (!beyond)
        m_scrollTimer.stop();
    m_caret = positionAt(m_mouse);
    viewport()->update();
}

void LogPane::mouseReleaseEvent(QMouseEvent *)
{
    m_selecting = false;
    m_scrollTimer.stop();
    if (hasSelection() && QGuiApplication::clipboard()->supportsSelection())
        QGuiApplication::clipboard()->setText(selectedText(), QClipboard::Selection);
    emit selectionChanged();
}

void LogPane::mouseDoubleClickEvent(QMouseEvent *event)
{
    const Position at = positionAt(event->position().toPoint());
    if (!m_model || at.row < 0)
        return;
    const QString &text = m_model->line(at.row).text;
    QTextBoundaryFinder words(QTextBoundaryFinder::Word, text);
    words.setPosition(qMin(at.column, text.size()));
    if (!words.isAtBoundary())
        words.toPreviousBoundary();
    m_anchor = {at.row, qMax<qsizetype>(0, words.position())};
    const qsizetype end = words.toNextBoundary();
    m_caret = {at.row, end < 0 ? text.size() : end};
    viewport()->update();
    emit selectionChanged();
}

bool LogPane::hasSelection() const
{
    return m_anchor.row >= 0 && m_anchor != m_caret;
}

QString LogPane::selectedText() const
{
    if (!m_model || !hasSelection())
        return {};
    const Position begin = qMin(m_anchor, m_caret);
    const Position end = qMax(m_anchor, m_caret);
    QStringList lines;
    for (int row = begin.row; row <= qMin(end.row, m_model->rowCount() - 1); ++row) {
        const LogModel::Line &line = m_model->line(row);
        if (line.isDivider) {
            lines.append(tr("---- Attempt %1 ----").arg(line.attempt));
            continue;
        }
        const qsizetype from = row == begin.row ? begin.column : 0;
        // A selection over the end of a cut line takes the whole line.
        const bool whole = row != end.row || end.column > shownCharacters;
        lines.append(whole ? line.text.mid(from) : line.text.mid(from, end.column - from));
    }
    return lines.join(u'\n');
}

void LogPane::selectAll()
{
    if (!m_model || m_model->rowCount() == 0)
        return;
    const int last = m_model->rowCount() - 1;
    m_anchor = {0, 0};
    m_caret = {last, qMin(m_model->line(last).text.size(), shownCharacters)};
    viewport()->update();
    emit selectionChanged();
}

void LogPane::dropSelectionFrom(int row)
{
    if (qMax(m_anchor.row, m_caret.row) < row)
        return;
    m_anchor = m_caret = {};
    emit selectionChanged();
}

} // namespace batchyard::ui
