// A %regular expression% of a filter pattern, in the part of the syntax that AWS takes: characters,
// classes, `.`, `?`, `*`, `+`, `{m,n}`, `|` between whole alternatives, `^` and `$` at their ends;
// ASCII only and no groups. All ways to match are followed at once, so that a line takes as long as
// it and the expression are, whatever they are.
#pragma once

#include <QList>
#include <QString>

#include <bitset>
#include <optional>
#include <vector>

namespace batchyard::executor::api {

class LogExpression
{
public:
    // Without the percent signs. nullopt: it is none, or too large when its counts are written out.
    [[nodiscard]] static std::optional<LogExpression> parse(QStringView text);
    [[nodiscard]] bool occursIn(const QString &text) const;

    struct Characters {
        std::bitset<128> ascii;
        bool others = false; // all that are not ASCII
        [[nodiscard]] bool contain(char32_t c) const { return c < 128 ? ascii[c] : others; }
    };
    struct Element {
        Characters characters;
        bool canBeSkipped = false;
        bool canRepeat = false;
    };
    struct Alternative {
        std::vector<Element> elements;
        bool fromBegin = false;
        bool toEnd = false;
    };

private:
    std::vector<Alternative> m_alternatives;
};

} // namespace batchyard::executor::api
