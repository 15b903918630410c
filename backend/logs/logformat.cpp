#include "backend/logs/logformat.h"

#include <charconv>

namespace batchyard::logs {

namespace {

constexpr qsizetype timeLength = 24; // 2026-11-24T05:38:46.123Z

void putNumber(char *at, int value, int digits)
{
    for (int i = digits - 1; i >= 0; --i) {
        at[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

std::optional<int> takeNumber(QByteArrayView text, qsizetype at, qsizetype digits)
{
    int value = 0;
    const char *begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + digits, value);
    if (error != std::errc() || end != begin + digits || *begin == '-')
        return std::nullopt;
    return value;
}

std::optional<Timestamp> parseTime(QByteArrayView text)
{
    static constexpr std::pair<int, char> marks[]
        = {{4, '-'}, {7, '-'}, {10, 'T'}, {13, ':'}, {16, ':'}, {19, '.'}, {23, 'Z'}};
    for (const auto &[at, mark] : marks) {
        if (text[at] != mark)
            return std::nullopt;
    }
    const auto year = takeNumber(text, 0, 4);
    const auto month = takeNumber(text, 5, 2);
    const auto day = takeNumber(text, 8, 2);
    const auto hour = takeNumber(text, 11, 2);
    const auto minute = takeNumber(text, 14, 2);
    const auto second = takeNumber(text, 17, 2);
    const auto millisecond = takeNumber(text, 20, 3);
    if (!year || !month || !day || !hour || !minute || !second || !millisecond)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59)
        return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute)
        + std::chrono::seconds(*second) + std::chrono::milliseconds(*millisecond);
}

} // namespace

QByteArray formatHead(Stream stream, Timestamp time)
{
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    QByteArray head = QByteArrayLiteral("0000-00-00T00:00:00.000Z out ");
    char *at = head.data();
    putNumber(at, static_cast<int>(date.year()), 4);
    putNumber(at + 5, static_cast<int>(static_cast<unsigned>(date.month())), 2);
    putNumber(at + 8, static_cast<int>(static_cast<unsigned>(date.day())), 2);
    putNumber(at + 11, static_cast<int>(clock.hours().count()), 2);
    putNumber(at + 14, static_cast<int>(clock.minutes().count()), 2);
    putNumber(at + 17, static_cast<int>(clock.seconds().count()), 2);
    putNumber(at + 20, static_cast<int>(clock.subseconds().count()), 3);
    if (stream == Stream::Stderr)
        std::copy_n("err", 3, at + timeLength + 1);
    return head;
}

QByteArray formatLine(const RawLine &line)
{
    return formatHead(line.stream, line.time) + line.text + '\n';
}

std::optional<RawLine> parseLine(QByteArrayView line)
{
    if (line.endsWith('\n'))
        line.chop(1);
    if (line.size() < headBytes || line[timeLength] != ' ' || line[headBytes - 1] != ' ')
        return std::nullopt;
    const auto time = parseTime(line.first(timeLength));
    const QByteArrayView stream = line.sliced(timeLength + 1, 3);
    if (!time || (stream != "out" && stream != "err"))
        return std::nullopt;
    return RawLine{*time, stream == "out" ? Stream::Stdout : Stream::Stderr,
                   line.sliced(headBytes).toByteArray()};
}

} // namespace batchyard::logs
