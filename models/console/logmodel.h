// The lines of one job's containers, merged by time within each attempt, with what is hidden and
// what matches. Rows are the lines in sight; a divider row stands before each attempt after the
// first. Holds a million lines: a filter is worked off in slices that keep the event loop free, and
// shows what it has found so far.
#pragma once

#include "backend/batch/liveview.h"
#include "models/console/logexport.h"

#include <QAbstractListModel>
#include <QRegularExpression>
#include <QTimer>

#include <vector>

namespace batchyard::models {

struct LogFilter {
    QString text;
    bool isRegex = false;
    bool isCaseSensitive = false;
    bool isInverse = false; // matching lines are those that do not contain it
    bool hidesOthers = false; // only matching lines are rows
    friend bool operator==(const LogFilter &, const LogFilter &) = default;
};

class LogModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        TimeRole = Qt::UserRole, // ms since the epoch
        ContainerRole,
        AttemptRole,
        StreamRole, // batch::LogLine::Stream as int
        IsDividerRole,
        IsMatchRole,
    };

    struct Line {
        QString text; // of a divider: empty
        qint64 time = 0; // ms since the epoch; never before that of the stream's line before
        quint16 source = 0; // index into sources()
        quint16 attempt = 1;
        batch::LogLine::Stream stream = batch::LogLine::Stream::Unknown;
        bool isDivider = false;
        bool isMatch = false;
    };

    struct Source {
        QString container;
        bool isVisible = true;
        qint64 lineCount = 0;
    };

    // Beyond so many lines the oldest are dropped here (never from the log files).
    static constexpr std::size_t maximumLines = 2'000'000;

    explicit LogModel(QObject *parent = nullptr);

    void append(const QString &container, int attempt, const QList<batch::LogLine> &lines);
    void clear();
    // Names of all containers of the job, so that they keep their place and colour.
    void declareSources(const QStringList &containers);

    [[nodiscard]] const std::vector<Source> &sources() const { return m_sources; }
    void setSourceVisible(int source, bool visible);

    void setFilter(const LogFilter &filter);
    [[nodiscard]] const LogFilter &filter() const { return m_filter; }
    [[nodiscard]] QString filterError() const; // why the regular expression is wrong, else empty
    [[nodiscard]] bool isSearching() const { return m_searched < m_lines.size(); }
    // Matching lines of visible containers, as far as searched.
    [[nodiscard]] int matchCount() const { return m_matchCount; }
    // The next row that matches, after (or before) the row, round the end; -1 when none does.
    [[nodiscard]] int nextMatch(int row, bool forward) const;
    // Begin and length of each match within the first characters of the text; empty for inverse.
    [[nodiscard]] QList<std::pair<qsizetype, qsizetype>> matchesIn(QStringView text) const;

    [[nodiscard]] const Line &line(int row) const;
    // Rows that can be saved or copied while the model goes on; shares the texts.
    [[nodiscard]] QList<LogRecord> records(int firstRow, int lastRow) const;
    [[nodiscard]] qint64 lineCount() const
    {
        return m_lineCount;
    } // of all containers, dividers not
    [[nodiscard]] qint64 droppedLines() const { return m_dropped; }
    // The last lines of a container on a stream, oldest first.
    [[nodiscard]] QStringList lastLines(const QString &container, batch::LogLine::Stream stream,
                                        int count) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

signals:
    void sourcesChanged(); // a container more, or its visibility
    void matchesChanged();

private:
    [[nodiscard]] int sourceOf(const QString &container);
    [[nodiscard]] std::vector<Line> makeLines(int source, int attempt,
                                              const QList<batch::LogLine> &lines);
    void merge(std::vector<Line> lines);
    [[nodiscard]] bool contains(const QString &text) const;
    [[nodiscard]] bool isInSight(const Line &line) const;
    void rebuildRows();
    void appendRows(std::size_t fromLine, std::size_t toLine);
    void truncateRows(std::size_t fromLine);
    void searchSlice();
    void search(std::size_t from, std::size_t to);
    void dropOldest();
    [[nodiscard]] int countMatches(std::size_t from, std::size_t to) const;

    std::vector<Line> m_lines; // by attempt, then time, then arrival
    std::vector<int> m_rows; // indices into m_lines, rising
    std::vector<Source> m_sources;
    QHash<QString, qint64> m_lastTimes; // by "attempt/container"
    quint16 m_lastAttempt = 0; // the highest seen; it has its divider
    qint64 m_lineCount = 0;
    qint64 m_dropped = 0;

    LogFilter m_filter;
    QRegularExpression m_regex;
    std::size_t m_searched = 0; // lines before this index have a valid isMatch
    int m_matchCount = 0;
    QTimer m_searchTimer;
};

} // namespace batchyard::models
