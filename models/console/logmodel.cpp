#include "models/console/logmodel.h"

#include <QElapsedTimer>

#include <algorithm>
#include <iterator>
#include <tuple>

namespace batchyard::models {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 sliceMs = 12;
constexpr std::size_t linesPerStep = 1'000; // between two looks at the clock
constexpr int maximumMatchesPerLine = 200;

bool isBefore(const LogModel::Line &a, const LogModel::Line &b)
{
    return std::tuple(a.attempt, !a.isDivider, a.time)
        < std::tuple(b.attempt, !b.isDivider, b.time);
}

} // namespace

LogModel::LogModel(QObject *parent)
    : QAbstractListModel(parent)
{
    m_searchTimer.setInterval(0);
    connect(&m_searchTimer, &QTimer::timeout, this, &LogModel::searchSlice);
}

// ---- Lines

void LogModel::append(const QString &container, int attempt, const QList<batch::LogLine> &lines)
{
    if (lines.isEmpty())
        return;
    const int source = sourceOf(container);
    merge(makeLines(source, attempt, lines));
    m_lineCount += lines.size();
    m_sources.at(static_cast<std::size_t>(source)).lineCount += lines.size();
    if (m_lines.size() > maximumLines)
        dropOldest();
    if (!m_filter.text.isEmpty())
        emit matchesChanged();
}

void LogModel::clear()
{
    beginResetModel();
    m_searchTimer.stop();
    m_lines.clear();
    m_rows.clear();
    m_sources.clear();
    m_lastTimes.clear();
    m_lastAttempt = 0;
    m_lineCount = 0;
    m_dropped = 0;
    m_searched = 0;
    m_matchCount = 0;
    endResetModel();
    emit sourcesChanged();
    emit matchesChanged();
}

void LogModel::declareSources(const QStringList &containers)
{
    for (const QString &container : containers)
        static_cast<void>(sourceOf(container));
}

int LogModel::sourceOf(const QString &container)
{
    const auto found = std::find_if(m_sources.begin(), m_sources.end(), [&](const Source &source) {
        return source.container == container;
    });
    if (found != m_sources.end())
        return static_cast<int>(found - m_sources.begin());
    m_sources.push_back({container});
    emit sourcesChanged();
    return static_cast<int>(m_sources.size()) - 1;
}

std::vector<LogModel::Line> LogModel::makeLines(int source, int attempt,
                                                const QList<batch::LogLine> &lines)
{
    std::vector<Line> made;
    made.reserve(static_cast<std::size_t>(lines.size()) + 1);
    const auto attemptNumber = static_cast<quint16>(qBound(1, attempt, 0xffff));
    if (attemptNumber > m_lastAttempt) {
        for (quint16 number = qMax<quint16>(2, static_cast<quint16>(m_lastAttempt + 1));
             number <= attemptNumber; ++number) {
            Line divider;
            divider.attempt = number;
            divider.isDivider = true;
            made.push_back(divider);
        }
        m_lastAttempt = attemptNumber;
    }
    qint64 &last = m_lastTimes[QString::number(attempt) % u'/'
                               % m_sources.at(static_cast<std::size_t>(source)).container];
    for (const batch::LogLine &line : lines) {
        last = qMax(last, batch::toEpochMs(line.time));
        Line entry;
        entry.text = line.text;
        entry.time = last;
        entry.source = static_cast<quint16>(source);
        entry.attempt = attemptNumber;
        entry.stream = line.stream;
        made.push_back(std::move(entry));
    }
    return made;
}

void LogModel::merge(std::vector<Line> lines)
{
    const bool wasSearched = !isSearching();
    const auto place = std::upper_bound(m_lines.begin(), m_lines.end(), lines.front(), isBefore);
    const auto from = static_cast<std::size_t>(place - m_lines.begin());
    // Rows from there on are taken out and come back in their new order: other containers' lines of
    // the same moment, so rarely more than a screenful.
    truncateRows(from);
    const auto middle = static_cast<std::ptrdiff_t>(m_lines.size());
    m_lines.insert(m_lines.end(), std::make_move_iterator(lines.begin()),
                   std::make_move_iterator(lines.end()));
    std::inplace_merge(m_lines.begin() + static_cast<std::ptrdiff_t>(from),
                       m_lines.begin() + middle, m_lines.end(), isBefore);
    if (wasSearched)
        search(from, m_lines.size());
    if (wasSearched || !m_filter.hidesOthers)
        appendRows(from, m_lines.size());
}

void LogModel::dropOldest()
{
    const std::size_t count = maximumLines / 10;
    const int rows = static_cast<int>(
        std::lower_bound(m_rows.begin(), m_rows.end(), static_cast<int>(count)) - m_rows.begin());
    m_matchCount -= countMatches(0, qMin(count, m_searched));
    if (rows > 0)
        beginRemoveRows({}, 0, rows - 1);
    m_rows.erase(m_rows.begin(), m_rows.begin() + rows);
    for (int &row : m_rows)
        row -= static_cast<int>(count);
    m_lines.erase(m_lines.begin(), m_lines.begin() + static_cast<std::ptrdiff_t>(count));
    m_searched -= qMin(count, m_searched);
    m_dropped += static_cast<qint64>(count);
    if (rows > 0)
        endRemoveRows();
}

const LogModel::Line &LogModel::line(int row) const
{
    return m_lines.at(static_cast<std::size_t>(m_rows.at(static_cast<std::size_t>(row))));
}

QList<LogRecord> LogModel::records(int firstRow, int lastRow) const
{
    QList<LogRecord> found;
    found.reserve(lastRow - firstRow + 1);
    for (int row = firstRow; row <= lastRow; ++row) {
        const Line &entry = line(row);
        if (!entry.isDivider)
            found.append({m_sources[entry.source].container,
                          entry.attempt,
                          {batch::fromEpochMs(entry.time), entry.stream, entry.text}});
    }
    return found;
}

QStringList LogModel::lastLines(const QString &container, batch::LogLine::Stream stream,
                                int count) const
{
    QStringList found;
    for (auto line = m_lines.rbegin(); line != m_lines.rend() && found.size() < count; ++line) {
        if (!line->isDivider && line->stream == stream
            && m_sources.at(line->source).container == container)
            found.prepend(line->text);
    }
    return found;
}

// ---- What is in sight

void LogModel::setSourceVisible(int source, bool visible)
{
    Source &entry = m_sources.at(static_cast<std::size_t>(source));
    if (entry.isVisible == visible)
        return;
    entry.isVisible = visible;
    m_matchCount = countMatches(0, m_searched);
    rebuildRows();
    emit sourcesChanged();
    emit matchesChanged();
}

bool LogModel::isInSight(const Line &line) const
{
    if (line.isDivider)
        return true;
    return m_sources[line.source].isVisible && (!m_filter.hidesOthers || line.isMatch);
}

void LogModel::rebuildRows()
{
    beginResetModel();
    m_rows.clear();
    const std::size_t end = m_filter.hidesOthers ? m_searched : m_lines.size();
    for (std::size_t i = 0; i < end; ++i) {
        if (isInSight(m_lines[i]))
            m_rows.push_back(static_cast<int>(i));
    }
    endResetModel();
}

void LogModel::truncateRows(std::size_t fromLine)
{
    const auto row = std::lower_bound(m_rows.begin(), m_rows.end(), static_cast<int>(fromLine));
    if (row != m_rows.end()) {
        beginRemoveRows({}, static_cast<int>(row - m_rows.begin()), rowCount() - 1);
        m_rows.erase(row, m_rows.end());
        endRemoveRows();
    }
    if (m_searched > fromLine) {
        m_matchCount -= countMatches(fromLine, m_searched);
        m_searched = fromLine;
    }
}

void LogModel::appendRows(std::size_t fromLine, std::size_t toLine)
{
    std::vector<int> fresh;
    for (std::size_t i = fromLine; i < toLine; ++i) {
        if (isInSight(m_lines[i]))
            fresh.push_back(static_cast<int>(i));
    }
    if (fresh.empty())
        return;
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(fresh.size()) - 1);
    m_rows.insert(m_rows.end(), fresh.begin(), fresh.end());
    endInsertRows();
}

// ---- Searching

void LogModel::setFilter(const LogFilter &filter)
{
    if (filter == m_filter)
        return;
    const bool rowsChange = filter.hidesOthers || m_filter.hidesOthers;
    m_filter = filter;
    if (m_filter.text.isEmpty() || !filterError().isEmpty())
        m_filter.hidesOthers = false;
    QRegularExpression::PatternOptions options;
    if (!m_filter.isCaseSensitive)
        options |= QRegularExpression::CaseInsensitiveOption;
    // PCRE's just-in-time code is the fastest search at hand, so plain text goes through it too.
    m_regex = QRegularExpression(
        m_filter.isRegex ? m_filter.text : QRegularExpression::escape(m_filter.text), options);
    m_regex.optimize();
    m_searched = 0;
    m_matchCount = 0;
    if (rowsChange)
        rebuildRows();
    searchSlice();
    if (isSearching())
        m_searchTimer.start();
}

QString LogModel::filterError() const
{
    if (!m_filter.isRegex || m_filter.text.isEmpty())
        return {};
    const QRegularExpression regex(m_filter.text);
    if (regex.isValid())
        return {};
    return tr("The regular expression is wrong at character %1: %2.")
        .arg(regex.patternErrorOffset() + 1)
        .arg(regex.errorString());
}

bool LogModel::contains(const QString &text) const
{
    return m_regex.match(text).hasMatch();
}

// Marks the lines; the caller shows them.
void LogModel::search(std::size_t from, std::size_t to)
{
    const bool active = !m_filter.text.isEmpty() && m_regex.isValid();
    for (std::size_t i = from; i < to; ++i) {
        Line &line = m_lines[i];
        line.isMatch = active && !line.isDivider && contains(line.text) != m_filter.isInverse;
    }
    m_searched = to;
    m_matchCount += countMatches(from, to);
}

void LogModel::searchSlice()
{
    QElapsedTimer clock;
    clock.start();
    const std::size_t from = m_searched;
    while (isSearching() && clock.elapsed() < sliceMs)
        search(m_searched, qMin(m_searched + linesPerStep, m_lines.size()));
    // Without hiding, the rows are there already.
    if (m_filter.hidesOthers)
        appendRows(from, m_searched);
    if (!isSearching())
        m_searchTimer.stop();
    emit matchesChanged();
}

int LogModel::countMatches(std::size_t from, std::size_t to) const
{
    int count = 0;
    for (std::size_t i = from; i < to; ++i) {
        if (m_lines[i].isMatch && m_sources[m_lines[i].source].isVisible)
            ++count;
    }
    return count;
}

int LogModel::nextMatch(int row, bool forward) const
{
    const int count = rowCount();
    for (int step = 1; step <= count; ++step) {
        const int candidate = ((forward ? row + step : row - step) % count + count) % count;
        const auto index = static_cast<std::size_t>(m_rows[static_cast<std::size_t>(candidate)]);
        if (index < m_searched && m_lines[index].isMatch)
            return candidate;
    }
    return -1;
}

QList<std::pair<qsizetype, qsizetype>> LogModel::matchesIn(QStringView text) const
{
    QList<std::pair<qsizetype, qsizetype>> found;
    if (m_filter.text.isEmpty() || m_filter.isInverse || !m_regex.isValid())
        return found;
    auto match = m_regex.globalMatch(text);
    while (match.hasNext() && found.size() < maximumMatchesPerLine) {
        const QRegularExpressionMatch hit = match.next();
        if (hit.capturedLength() > 0)
            found.append({hit.capturedStart(), hit.capturedLength()});
    }
    return found;
}

// ---- Item model

int LogModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant LogModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Line &entry = line(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return entry.isDivider ? tr("Attempt %1").arg(entry.attempt) : entry.text;
    case TimeRole:
        return entry.time;
    case ContainerRole:
        return entry.isDivider ? QString() : m_sources.at(entry.source).container;
    case AttemptRole:
        return entry.attempt;
    case StreamRole:
        return static_cast<int>(entry.stream);
    case IsDividerRole:
        return entry.isDivider;
    case IsMatchRole:
        return entry.isMatch;
    }
    return {};
}

} // namespace batchyard::models
