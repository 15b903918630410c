#include "backend/executor/api/logcondition.h"
#include "backend/executor/api/logpatterns.h"

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

using LogJson = nlohmann::json;

struct AllOfThem {
};
using SelectorStep = std::variant<std::string, size_t, AllOfThem>; // member, element
using Selector = std::vector<SelectorStep>;

// Behind the `[`.
Result<SelectorStep> readBracket(PatternReader &reader)
{
    std::optional<SelectorStep> step;
    const QChar first = reader.next();
    if (first == u'"') {
        const auto name = reader.quoted();
        if (!name)
            return tl::unexpected(name.error());
        step = name->toStdString();
    } else if (reader.take(u"'")) {
        const QString name = reader.word(u" .-@$:/#");
        if (!name.isEmpty() && reader.take(u"'"))
            step = name.toStdString();
    } else if (reader.take(u"*")) {
        step = AllOfThem{};
    } else {
        bool isNumber = false;
        const uint number = reader.word().toUInt(&isNumber);
        if (isNumber)
            step = size_t{number};
    }
    if (!step || !reader.take(u"]"))
        return tl::unexpected(invalidPattern());
    return *step;
}

Result<SelectorStep> readStep(PatternReader &reader)
{
    if (reader.take(u"["))
        return readBracket(reader);
    if (!reader.take(u"."))
        return tl::unexpected(invalidPattern());
    if (reader.take(u"["))
        return readBracket(reader);
    if (reader.take(u"*"))
        return SelectorStep(AllOfThem{});
    const QString name = reader.word(u"-");
    if (name.isEmpty())
        return tl::unexpected(invalidTerm(reader.rest()));
    return SelectorStep(name.toStdString());
}

Result<Selector> readSelector(PatternReader &reader)
{
    if (!reader.take(u"$"))
        return tl::unexpected(invalidTerm(reader.rest()));
    Selector selector;
    int wildcards = 0;
    do {
        auto step = readStep(reader);
        if (!step)
            return tl::unexpected(step.error());
        if (std::holds_alternative<AllOfThem>(*step) && ++wildcards > 1)
            return tl::unexpected(invalidPattern(u"a selector may have one wildcard"_s));
        selector.push_back(*std::move(step));
    } while (reader.next() == u'.' || reader.next() == u'[');
    return selector;
}

LogValue valueOf(const LogJson &node)
{
    if (node.is_structured())
        return {LogValue::Kind::Nested, {}, {}};
    if (node.is_null())
        return {LogValue::Kind::Null, {}, {}};
    if (node.is_string())
        return {
            LogValue::Kind::Text, QString::fromStdString(node.get_ref<const std::string &>()), {}};
    const QString text = QString::fromStdString(node.dump());
    if (node.is_boolean())
        return {node.get<bool>() ? LogValue::Kind::True : LogValue::Kind::False, text, {}};
    return {LogValue::Kind::Text, text, node.get<double>()};
}

QList<LogValue> valuesOf(const LogJson &document, const Selector &selector)
{
    std::vector<const LogJson *> nodes{&document};
    for (const SelectorStep &step : selector) {
        std::vector<const LogJson *> next;
        for (const LogJson *node : nodes) {
            if (const auto *name = std::get_if<std::string>(&step)) {
                if (const auto member = node->find(*name); member != node->end())
                    next.push_back(&*member);
            } else if (const auto *index = std::get_if<size_t>(&step)) {
                if (node->is_array() && *index < node->size())
                    next.push_back(&(*node)[*index]);
            } else if (node->is_structured()) {
                for (const LogJson &child : *node)
                    next.push_back(&child);
            }
        }
        nodes = std::move(next);
    }
    QList<LogValue> values;
    for (const LogJson *node : nodes)
        values.append(valueOf(*node));
    return values;
}

} // namespace

Result<LineTest> jsonPattern(const QString &pattern)
{
    PatternReader reader(pattern);
    if (!reader.take(u"{") || !pattern.endsWith(u'}'))
        return tl::unexpected(
            invalidPattern(u"If a filter pattern starts with '{' it must end with '}'"_s));
    std::vector<Selector> selectors;
    auto condition = LogCondition::read(reader, [&selectors](PatternReader &at) -> Result<int> {
        auto selector = readSelector(at);
        if (!selector)
            return tl::unexpected(selector.error());
        selectors.push_back(*std::move(selector));
        return static_cast<int>(selectors.size()) - 1;
    });
    if (!condition)
        return tl::unexpected(condition.error());
    if (!reader.take(u"}") || !reader.atEnd())
        return tl::unexpected(invalidTerm(reader.rest()));
    return
        [condition = *std::move(condition), selectors = std::move(selectors)](QByteArrayView line) {
            const LogJson document = LogJson::parse(line.begin(), line.end(), nullptr, false);
            return document.is_object() && condition.holds([&](int subject) {
                return valuesOf(document, selectors[static_cast<size_t>(subject)]);
            });
        };
}

} // namespace batchyard::executor::api
