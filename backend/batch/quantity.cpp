#include "backend/batch/quantity.h"

#include <QString>

#include <array>
#include <cmath>

namespace batchyard::batch {

namespace {

struct Suffix {
    QLatin1StringView text;
    double factor;
};

constexpr double kibi = 1024;
constexpr std::array<Suffix, 15> suffixes{{
    {QLatin1StringView("Ki"), kibi},
    {QLatin1StringView("Mi"), kibi *kibi},
    {QLatin1StringView("Gi"), kibi *kibi *kibi},
    {QLatin1StringView("Ti"), kibi *kibi *kibi *kibi},
    {QLatin1StringView("Pi"), kibi *kibi *kibi *kibi *kibi},
    {QLatin1StringView("Ei"), kibi *kibi *kibi *kibi *kibi *kibi},
    {QLatin1StringView("n"), 1e-9},
    {QLatin1StringView("u"), 1e-6},
    {QLatin1StringView("m"), 1e-3},
    {QLatin1StringView("k"), 1e3},
    {QLatin1StringView("M"), 1e6},
    {QLatin1StringView("G"), 1e9},
    {QLatin1StringView("T"), 1e12},
    {QLatin1StringView("P"), 1e15},
    {QLatin1StringView("E"), 1e18},
}};

bool isDigitOrPoint(QChar c)
{
    return (c >= u'0' && c <= u'9') || c == u'.';
}

// What stands behind the number: one of the suffixes, or an exponent. E alone is exa.
std::optional<double> factorOf(QStringView rest)
{
    if (rest.isEmpty())
        return 1;
    for (const Suffix &suffix : suffixes) {
        if (rest == suffix.text)
            return suffix.factor;
    }
    if (rest.front() != u'e' && rest.front() != u'E')
        return {};
    constexpr int largestExponent = 18;
    bool isNumber = false;
    const int exponent = rest.mid(1).toInt(&isNumber);
    if (!isNumber || std::abs(exponent) > largestExponent)
        return {};
    return std::pow(10.0, exponent);
}

} // namespace

std::optional<double> quantity(QStringView text)
{
    constexpr qsizetype longest = 40; // ours: more digits than a double has
    const auto end = std::find_if_not(text.begin(), text.end(), isDigitOrPoint);
    const QStringView number = text.left(end - text.begin());
    const std::optional<double> factor = factorOf(text.mid(number.size()));
    bool isNumber = false;
    const double value = number.toDouble(&isNumber);
    if (text.size() > longest || !isNumber || !factor)
        return {};
    return value * *factor;
}

} // namespace batchyard::batch
