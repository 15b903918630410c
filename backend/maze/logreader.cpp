#include "backend/maze/logreader.h"

#include "backend/maze/grammar.h"

#include <algorithm>

namespace batchyard::maze {

namespace {

constexpr qsizetype mostProblems = 50;
constexpr qint64 linesBeforeDoubt = 200;

QString toText(QPoint cell)
{
    return QStringLiteral("(%1, %2)").arg(cell.x()).arg(cell.y());
}

QString toText(const grammar::Pair &pair)
{
    return QStringLiteral("(%1, %2)").arg(pair.first).arg(pair.second);
}

QString toText(QSize size)
{
    return QStringLiteral("%1 x %2").arg(size.width()).arg(size.height());
}

// A pair of numbers too large for any maze becomes a cell outside every maze.
QPoint toCell(const grammar::Pair &pair)
{
    const auto fit
        = [](qint64 value) { return value < 0 || value >= maximumSide ? -1 : int(value); };
    return {fit(pair.first), fit(pair.second)};
}

bool looksLikeMapRow(QByteArrayView line)
{
    if (line.size() < 5 || (line.front() != '+' && line.front() != '|'))
        return false;
    return std::all_of(line.begin(), line.end(), [](char character) {
        return QByteArrayView("+-| SKE*").contains(character);
    });
}

} // namespace

LogReader::Changes LogReader::feed(const QString &name, QByteArrayView line)
{
    if (line.endsWith('\r'))
        line.chop(1);
    Container &container = m_containers[name];
    ++container.lines;
    const bool canBeRow = line.startsWith('+') || line.startsWith('|') || line.startsWith(' ');
    if (canBeRow && container.builder.addRow(line)) {
        container.hasNewRows = true;
        const bool isComplete
            = container.builder.isClosed() && container.builder.map().size() == m_declaredSize;
        return isComplete ? takeMap(name, container) : Nothing;
    }
    Changes changes = Nothing;
    if (container.hasNewRows && container.builder.isClosed()) {
        changes = takeMap(name, container);
    } else if (container.hasNewRows && !container.raggedTold && looksLikeMapRow(line)) {
        container.raggedTold = true;
        addProblem(QStringLiteral("Row %1 of the map in %2 does not fit the rows above it: "
                                  "it has %3 characters (line %4).")
                       .arg(QString::number(container.builder.rows() + 1), name,
                            QString::number(line.size()), QString::number(container.lines)));
        changes = Facts;
    }
    return changes | readLine(name, container.lines, line);
}

LogReader::Changes LogReader::finish()
{
    m_finished = true;
    Changes changes = Facts;
    for (auto it = m_containers.begin(); it != m_containers.end(); ++it) {
        if (it->hasNewRows && it->builder.isClosed())
            changes |= takeMap(it.key(), *it);
    }
    return changes;
}

LogReader::Changes LogReader::readLine(const QString &name, qint64 number, QByteArrayView line)
{
    if (line.isEmpty())
        return Nothing;
    switch (line.front()) {
    case '[':
        return readList(name, line);
    case '(':
        return readPlace(name, number, line);
    case 'S':
        if (line.startsWith("SIZE "))
            return readSize(name, number, line);
        if (line.startsWith("START "))
            return readStart(name, number, line);
        if (line.startsWith("Solution length"))
            return readLength(name, line);
        break;
    case 'N':
        if (line == QByteArrayView("No moves left"))
            return readNoMovesLeft(name);
        break;
    case 'E':
        if (line.startsWith("ERROR "))
            return readError(name, line);
        break;
    }
    if (const std::optional<double> percent = grammar::progress(line)) {
        m_progress = percent;
        return Facts;
    }
    return readAccess(name, line);
}

LogReader::Changes LogReader::readSize(const QString &name, qint64 number, QByteArrayView line)
{
    if (!takesRole(Role::Agent, name))
        return Facts;
    const std::optional<grammar::Pair> pair = grammar::dictionary(line, "SIZE", "width", "height");
    if (!pair) {
        addProblem(QStringLiteral("Line %1 of %2 is no SIZE line: \"%3\".")
                       .arg(QString::number(number), name, grammar::quoted(line)));
        return Facts;
    }
    const auto fits = [](qint64 side) { return side >= 1 && side <= maximumSide; };
    if (!fits(pair->first) || !fits(pair->second)) {
        addProblem(QStringLiteral("Line %1 of %2 says SIZE %3 x %4: width and height must be "
                                  "1 to %5.")
                       .arg(QString::number(number), name, QString::number(pair->first),
                            QString::number(pair->second), QString::number(maximumSide)));
        return Facts;
    }
    if (!m_declaredSize.isEmpty()) {
        addProblem(QStringLiteral("SIZE stands in %1 twice, in lines %2 and %3; the first counts.")
                       .arg(name, QString::number(m_sizeLine), QString::number(number)));
        return Facts;
    }
    m_declaredSize = QSize(int(pair->first), int(pair->second));
    m_sizeLine = number;
    const bool hadMap = !m_map.isEmpty();
    checkMapSize();
    checkPlaces();
    if (m_listRead)
        checkWalk();
    return Facts | (hadMap ? MapRead : Nothing) | (m_listRead ? WalkReplaced : Nothing);
}

LogReader::Changes LogReader::readStart(const QString &name, qint64 number, QByteArrayView line)
{
    if (!takesRole(Role::Agent, name))
        return Facts;
    const std::optional<grammar::Pair> pair = grammar::dictionary(line, "START", "x", "y");
    if (!pair) {
        addProblem(QStringLiteral("Line %1 of %2 is no START line: \"%3\".")
                       .arg(QString::number(number), name, grammar::quoted(line)));
    } else if (!isInside(toCell(*pair))) {
        addProblem(QStringLiteral("Line %1 of %2 says START %3, which is outside the maze of %4.")
                       .arg(QString::number(number), name, toText(*pair), toText(size())));
    } else {
        m_start = toCell(*pair);
        m_shortest.reset();
    }
    return Facts;
}

LogReader::Changes LogReader::readPlace(const QString &name, qint64 number, QByteArrayView line)
{
    const std::optional<grammar::Pair> key = grammar::place(line, "key found");
    const std::optional<grammar::Pair> exit = grammar::place(line, "exit");
    if ((!key && !exit) || !takesRole(Role::Agent, name))
        return Nothing;
    const grammar::Pair pair = key ? *key : *exit;
    const QString what = key ? QStringLiteral("key found") : QStringLiteral("exit");
    if (!isInside(toCell(pair))) {
        addProblem(QStringLiteral("Line %1 of %2 says %3 at %4, which is outside the maze of %5.")
                       .arg(QString::number(number), name, what, toText(pair), toText(size())));
    } else if (key && !m_keyFound) {
        m_keyFound = toCell(pair);
    } else if (exit && !m_keyFound) {
        addProblem(QStringLiteral("Line %1 of %2 says exit at %3 before any key was found.")
                       .arg(QString::number(number), name, toText(pair)));
    } else if (exit && !m_exitReached) {
        m_exitReached = toCell(pair);
    } else {
        addProblem(QStringLiteral("Line %1 of %2 says %3 a second time; the first counts.")
                       .arg(QString::number(number), name, what));
    }
    m_shortest.reset();
    locateEvents(0);
    return Facts;
}

LogReader::Changes LogReader::readLength(const QString &name, QByteArrayView line)
{
    const std::optional<qint64> length = grammar::length(line);
    if (!length || !takesRole(Role::Agent, name))
        return Nothing;
    m_declaredLength = length;
    return Facts;
}

LogReader::Changes LogReader::readList(const QString &name, QByteArrayView line)
{
    if (!line.startsWith("[(") || !takesRole(Role::Agent, name))
        return Nothing;
    if (m_listRead) {
        addProblem(QStringLiteral("%1 prints a second list of moves; the first counts.").arg(name));
        return Facts;
    }
    grammar::Walk list = grammar::walk(line);
    if (!list.error.isEmpty()) {
        addProblem(
            QStringLiteral("The list of moves breaks off: %1; the walk is drawn up to there.")
                .arg(list.error));
    }
    m_listRead = true;
    m_listLength = list.cells.size();
    m_walk = std::move(list.cells);
    if (m_declaredLength && *m_declaredLength != m_listLength) {
        addProblem(QStringLiteral("Solution length says %1, but the list has %2 cells.")
                       .arg(*m_declaredLength)
                       .arg(m_listLength));
    }
    if (m_start && !m_walk.isEmpty() && m_walk.first() != *m_start) {
        addProblem(QStringLiteral("The list of moves begins at %1, but START says %2.")
                       .arg(toText(m_walk.first()), toText(*m_start)));
    }
    if (m_exitReached && !m_walk.isEmpty() && m_walk.last() != *m_exitReached) {
        addProblem(QStringLiteral("The list of moves ends at %1, but the exit was reached at %2.")
                       .arg(toText(m_walk.last()), toText(*m_exitReached)));
    }
    checkWalk();
    return Facts | WalkReplaced;
}

LogReader::Changes LogReader::readNoMovesLeft(const QString &name)
{
    if (!takesRole(Role::Agent, name))
        return Nothing;
    m_noMovesLeft = true;
    return Facts;
}

LogReader::Changes LogReader::readError(const QString &name, QByteArrayView line)
{
    const bool isAgent = name == m_agent;
    // The agent's own words count most, then the first of anyone.
    if (m_error.isEmpty() || (isAgent && !m_errorOfAgent)) {
        constexpr qsizetype longest = 300;
        const QByteArrayView said = line.sliced(QByteArrayView("ERROR ").size());
        m_error = QString::fromUtf8(said.first(qMin(said.size(), longest))).simplified();
        m_errorOfAgent = isAgent;
    }
    return Facts;
}

LogReader::Changes LogReader::readAccess(const QString &name, QByteArrayView line)
{
    const std::optional<grammar::Access> access = grammar::access(line);
    if (!access || !takesRole(Role::Model, name))
        return Nothing;
    if (!access->position || m_listRead)
        return Nothing;
    return step(toCell(*access->position));
}

LogReader::Changes LogReader::step(QPoint cell)
{
    // A question asked again is no step.
    if (!isInside(cell) || (!m_walk.isEmpty() && m_walk.last() == cell))
        return Nothing;
    Changes changes = Steps;
    const QSize bounds = m_walkBounds.expandedTo(QSize(cell.x() + 1, cell.y() + 1));
    if (bounds != m_walkBounds && m_declaredSize.isEmpty() && m_map.isEmpty())
        changes |= Facts;
    m_walkBounds = bounds;
    m_walk.append(cell);
    const bool hadKey = m_keyStep.has_value();
    const bool hadExit = m_exitStep.has_value();
    locateEvents(m_walk.size() - 1);
    if (hadKey != m_keyStep.has_value() || hadExit != m_exitStep.has_value())
        changes |= Facts;
    return changes;
}

LogReader::Changes LogReader::takeMap(const QString &name, Container &container)
{
    container.hasNewRows = false;
    const bool isAgents = name == m_agent && name != m_model;
    if (isAgents ? m_mapFromModel : !takesRole(Role::Model, name))
        return Nothing;
    m_map = container.builder.map();
    m_mapFromModel = !isAgents;
    m_shortest.reset();
    checkMapSize();
    if (m_listRead)
        checkWalk();
    else
        locateEvents(0);
    return Facts | MapRead | (m_listRead ? Changes(WalkReplaced) : Changes(Nothing));
}

void LogReader::checkMapSize()
{
    if (m_map.isEmpty() || m_declaredSize.isEmpty() || m_map.size() == m_declaredSize)
        return;
    addProblem(QStringLiteral("The map has %1 cells, but SIZE says %2; the map is left out.")
                   .arg(toText(m_map.size()), toText(m_declaredSize)));
    m_map = {};
    m_mapFromModel = false;
    m_shortest.reset();
}

// What was said before the size was known.
void LogReader::checkPlaces()
{
    for (const auto &[place, what] : {std::pair(&m_start, QStringLiteral("START")),
                                      std::pair(&m_keyFound, QStringLiteral("key found")),
                                      std::pair(&m_exitReached, QStringLiteral("exit"))}) {
        if (!*place || isInside(**place))
            continue;
        addProblem(QStringLiteral("%1 at %2 is outside the maze of %3 that SIZE says later.")
                       .arg(what, toText(**place), toText(m_declaredSize)));
        place->reset();
    }
    m_shortest.reset();
    locateEvents(0);
}

bool LogReader::takesRole(Role role, const QString &name)
{
    QString &holder = role == Role::Agent ? m_agent : m_model;
    if (holder.isEmpty())
        holder = name;
    if (holder == name)
        return true;
    addProblem(role == Role::Agent
                   ? QStringLiteral("%1 and %2 both write an agent's log; the walk of %1 is shown.")
                         .arg(holder, name)
                   : QStringLiteral("%1 and %2 both write a model's log; the maze of %1 is shown.")
                         .arg(holder, name));
    return false;
}

bool LogReader::isInside(QPoint cell) const
{
    const QSize known = !m_declaredSize.isEmpty() ? m_declaredSize : m_map.size();
    const QSize limit = known.isEmpty() ? QSize(maximumSide, maximumSide) : known;
    return cell.x() >= 0 && cell.y() >= 0 && cell.x() < limit.width() && cell.y() < limit.height();
}

QString LogReader::whyNotStep(qsizetype index) const
{
    const QPoint there = m_walk[index];
    if (!isInside(there))
        return QStringLiteral("it is outside the maze of %1").arg(toText(size()));
    if (index == 0)
        return {};
    const QPoint from = m_walk[index - 1];
    const QPoint move = there - from;
    if (move.manhattanLength() != 1) {
        return QStringLiteral("%1 before it is %2 cells away")
            .arg(toText(from))
            .arg(move.manhattanLength());
    }
    if (m_map.isEmpty())
        return {};
    const Side side = move.x() == 1 ? Side::Right
        : move.x() == -1            ? Side::Left
        : move.y() == 1             ? Side::Down
                                    : Side::Up;
    if (m_map.isOpen(from, side))
        return {};
    return QStringLiteral("there is a wall between it and %1 before it").arg(toText(from));
}

void LogReader::checkWalk()
{
    m_walkBounds = {};
    for (qsizetype i = 0; i < m_walk.size(); ++i) {
        if (const QString why = whyNotStep(i); !why.isEmpty()) {
            addProblem(QStringLiteral("Cell %1 of the list of moves cannot be %2: %3; the walk is "
                                      "drawn up to there.")
                           .arg(QString::number(i + 1), toText(m_walk[i]), why));
            m_walk.resize(i);
            break;
        }
        m_walkBounds = m_walkBounds.expandedTo(QSize(m_walk[i].x() + 1, m_walk[i].y() + 1));
    }
    locateEvents(0);
}

void LogReader::locateEvents(qsizetype from)
{
    if (from == 0) {
        m_keyStep.reset();
        m_exitStep.reset();
    }
    const std::optional<QPoint> keyCell = key();
    const std::optional<QPoint> exitCell = exit();
    for (qsizetype i = from; i < m_walk.size(); ++i) {
        if (!m_keyStep && keyCell == m_walk[i])
            m_keyStep = i;
        else if (m_keyStep && !m_exitStep && exitCell == m_walk[i])
            m_exitStep = i;
    }
}

void LogReader::addProblem(const QString &problem)
{
    if (m_problems.size() < mostProblems && !m_problems.contains(problem))
        m_problems.append(problem);
}

QSize LogReader::size() const
{
    if (!m_declaredSize.isEmpty())
        return m_declaredSize;
    return m_map.isEmpty() ? m_walkBounds : m_map.size();
}

std::optional<QPoint> LogReader::start() const
{
    if (m_start)
        return m_start;
    if (m_map.start())
        return m_map.start();
    return m_walk.isEmpty() ? std::nullopt : std::optional(m_walk.first());
}

std::optional<QPoint> LogReader::key() const
{
    return m_keyFound ? m_keyFound : m_map.key();
}

std::optional<QPoint> LogReader::exit() const
{
    return m_exitReached ? m_exitReached : m_map.exit();
}

std::optional<qint64> LogReader::shortestWay() const
{
    if (!m_shortest) {
        m_shortest.emplace(std::nullopt);
        if (start() && key() && exit()) {
            const std::optional<qint64> toKey = m_map.distance(*start(), *key());
            const std::optional<qint64> toExit = m_map.distance(*key(), *exit());
            if (toKey && toExit)
                m_shortest.emplace(*toKey + *toExit);
        }
    }
    return *m_shortest;
}

Verdict LogReader::verdict() const
{
    Verdict verdict;
    verdict.keyFound = m_keyStep.has_value() || m_keyFound;
    // Both count the cells stood on; a list that was cut off still tells how long the walk was.
    const qint64 cells = m_listRead ? qMax<qint64>(m_listLength, m_declaredLength.value_or(0))
                                    : m_declaredLength.value_or(m_walk.size());
    verdict.steps = cells > 0 ? cells - 1 : 0; // logs can declare any number
    const bool isSeenByModel = m_agent.isEmpty() && m_exitStep; // no agent's log to go by
    if (m_exitReached || isSeenByModel) {
        verdict.outcome = Verdict::Outcome::Solved;
        verdict.shortest = shortestWay();
    } else if (m_noMovesLeft) {
        verdict.outcome = Verdict::Outcome::NoMovesLeft;
    } else if (!m_error.isEmpty() && (m_errorOfAgent || m_finished)) {
        verdict.outcome = Verdict::Outcome::Failed;
        verdict.reason = m_error;
    } else if (m_agent.isEmpty() && m_walk.isEmpty() && m_map.isEmpty() && !m_progress) {
        verdict.outcome = Verdict::Outcome::NoMaze;
        const bool isOdd = m_finished
            || std::any_of(m_containers.begin(), m_containers.end(),
                           [](const Container &c) { return c.lines >= linesBeforeDoubt; });
        if (isOdd)
            verdict.reason
                = QStringLiteral("no SIZE line in the first %1 lines").arg(linesBeforeDoubt);
    } else if (m_finished) {
        verdict.outcome = Verdict::Outcome::Ended;
    } else if (m_agent.isEmpty() && m_walk.isEmpty()) {
        verdict.outcome = Verdict::Outcome::Building;
        verdict.reason = m_progress ? QString::number(*m_progress, 'f', 0) : QString();
    } else {
        verdict.outcome = Verdict::Outcome::Walking;
    }
    return verdict;
}

} // namespace batchyard::maze
