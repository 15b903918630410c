// Paints merged log lines: time, container, text. Only what is in sight is laid out, so a million
// lines cost no more than a screenful. Follows the end until the person scrolls up.
#pragma once

#include "models/console/logmodel.h"

#include <QAbstractScrollArea>
#include <QTextLayout>
#include <QTimer>

#include <memory>

namespace batchyard::ui {

class LogPane final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    // Characters of one line that are shown; the rest is counted.
    static constexpr qsizetype shownCharacters = 64 * 1024;

    explicit LogPane(QWidget *parent = nullptr);

    void setModel(models::LogModel *model); // nullptr is allowed

    [[nodiscard]] bool isFollowing() const { return m_following; }
    void setFollowing(bool following); // true goes to the end
    [[nodiscard]] qint64 newLines() const; // that came since following stopped
    void setWrapping(bool wrapping);
    [[nodiscard]] bool isWrapping() const { return m_wrapping; }
    void setTimesShown(bool shown);

    // Puts the row into sight and marks it as the match that is stood on.
    void showRow(int row);
    [[nodiscard]] int currentRow() const { return m_currentRow; }
    [[nodiscard]] int firstRow() const { return m_top.row; }

    [[nodiscard]] bool hasSelection() const;
    [[nodiscard]] QString selectedText() const;
    void selectAll();

signals:
    void followingChanged(bool following);
    void newLinesChanged();
    void selectionChanged();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void changeEvent(QEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    // A row and, while wrapping, a line within it.
    struct Place {
        int row = 0;
        int line = 0;
    };
    struct Position {
        int row = -1;
        qsizetype column = 0;
        friend auto operator<=>(const Position &, const Position &) = default;
    };
    struct Shown {
        int row = 0;
        int y = 0;
        int lines = 1;
        QString text;
        std::unique_ptr<QTextLayout> layout; // nullptr for a divider
    };

    void scheduleUpdate();
    void updateNow();
    void updateMetrics();
    void layOut();
    [[nodiscard]] Shown layOutRow(int row) const;
    [[nodiscard]] int linesOf(int row) const;
    [[nodiscard]] Place lastPlace() const; // the top place at which the end is in sight
    [[nodiscard]] int linesInSight() const;
    [[nodiscard]] int textLeft() const;
    void scrollLines(int lines);
    void setTop(Place top);
    void updateBars();
    void stopFollowing();
    void paintRow(QPainter &painter, const Shown &shown) const;
    void paintDivider(QPainter &painter, const Shown &shown) const;
    [[nodiscard]] QList<QTextLayout::FormatRange> formatsOf(const Shown &shown) const;
    [[nodiscard]] Position positionAt(const QPoint &point) const;
    [[nodiscard]] static QString displayText(const models::LogModel::Line &line);
    void dropSelectionFrom(int row);

    models::LogModel *m_model = nullptr;
    Place m_top;
    bool m_following = true;
    qint64 m_linesWhenStopped = 0;
    bool m_wrapping = false;
    bool m_timesShown = true;
    int m_currentRow = -1;
    Position m_anchor;
    Position m_caret;
    bool m_selecting = false;

    int m_lineHeight = 16;
    int m_timeWidth = 0;
    int m_nameWidth = 0;
    int m_widest = 0; // of the lines laid out so far, without wrapping
    std::vector<Shown> m_shown;
    bool m_settingBars = false;
    QTimer m_updateTimer;
    QTimer m_scrollTimer; // while the mouse is held beyond an edge
    QPoint m_mouse;
};

} // namespace batchyard::ui
