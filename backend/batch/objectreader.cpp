#include "backend/batch/objectreader.h"

#include "backend/batch/wording.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace batchyard::batch {

namespace {

// A whole number of JSON within the bounds; 1.0 counts as one, as it does for AWS.
template <typename Number>
std::optional<Number> wholeNumber(const Json &json)
{
    if (json.is_number_unsigned()) {
        const auto value = json.get<quint64>();
        if (value <= static_cast<quint64>(std::numeric_limits<Number>::max()))
            return static_cast<Number>(value);
    } else if (json.is_number_integer()) {
        const auto value = json.get<qint64>();
        if (value >= std::numeric_limits<Number>::min()
            && value <= std::numeric_limits<Number>::max())
            return static_cast<Number>(value);
    } else if (json.is_number_float()) {
        const auto value = json.get<double>();
        constexpr double exactlyRepresentable = 9007199254740992.0; // 2^53
        if (value == std::trunc(value) && std::abs(value) <= exactlyRepresentable
            && value >= static_cast<double>(std::numeric_limits<Number>::min())
            && value <= static_cast<double>(std::numeric_limits<Number>::max()))
            return static_cast<Number>(value);
    }
    return {};
}

template <typename Number>
void readWholeNumber(const Json &json, const QString &path, ReadContext &context, Number &value)
{
    if (const auto number = wholeNumber<Number>(json))
        value = *number;
    else
        context.wrongType(path,
                          QStringLiteral("a whole number from %1 to %2")
                              .arg(std::numeric_limits<Number>::min())
                              .arg(std::numeric_limits<Number>::max()),
                          json);
}

// A string that names one of a few values.
template <typename Enum, typename Parse>
void readName(const Json &json, const QString &path, ReadContext &context, const QStringList &names,
              Enum &value, Parse parse)
{
    const auto parsed
        = json.is_string() ? parse(fromUtf8(json.get_ref<const std::string &>())) : std::nullopt;
    if (parsed)
        value = *parsed;
    else
        context.wrongType(path, alternatives(names), json);
}

bool contains(const std::vector<const char *> &names, const std::string &name)
{
    return std::ranges::find(names, name) != names.end();
}

} // namespace

void ReadContext::error(const QString &path, const QString &message)
{
    m_faults.append({path, message, Fault::Severity::Error});
}

void ReadContext::warning(const QString &path, const QString &message)
{
    m_faults.append({path, message, Fault::Severity::Warning});
}

void ReadContext::wrongType(const QString &path, const QString &expected, const Json &value)
{
    error(path, QStringLiteral("Expected %1, found %2.").arg(expected, found(value)));
}

QString memberPath(const QString &path, const std::string &name)
{
    return memberPath(path, fromUtf8(name));
}

QString memberPath(const QString &path, const char *name)
{
    return memberPath(path, QString::fromUtf8(name));
}

void readValue(const Json &json, const QString &path, ReadContext &context, QString &value)
{
    if (!json.is_string()) {
        context.wrongType(path, QStringLiteral("a string"), json);
        return;
    }
    const auto &text = json.get_ref<const std::string &>();
    if (text.find('\0') != std::string::npos)
        context.error(path,
                      QStringLiteral("The text holds a NUL character, which is not allowed."));
    else
        value = text.empty() ? QStringLiteral("") : fromUtf8(text);
}

void readValue(const Json &json, const QString &path, ReadContext &context, bool &value)
{
    if (json.is_boolean())
        value = json.get<bool>();
    else
        context.wrongType(path, QStringLiteral("true or false"), json);
}

void readValue(const Json &json, const QString &path, ReadContext &context, int &value)
{
    readWholeNumber(json, path, context, value);
}

void readValue(const Json &json, const QString &path, ReadContext &context, qint64 &value)
{
    readWholeNumber(json, path, context, value);
}

void readValue(const Json &json, const QString &path, ReadContext &context, double &value)
{
    if (json.is_number())
        value = json.get<double>();
    else
        context.wrongType(path, QStringLiteral("a number"), json);
}

void readValue(const Json &json, const QString &path, ReadContext &context,
               DependencyCondition &value)
{
    readName(json, path, context,
             {QStringLiteral("START"), QStringLiteral("COMPLETE"), QStringLiteral("SUCCESS")},
             value, [](const QString &text) { return dependencyCondition(text); });
}

void readValue(const Json &json, const QString &path, ReadContext &context, JobStatus &value)
{
    QStringList names;
    for (int i = 0; i < jobStatusCount; ++i)
        names.append(toString(static_cast<JobStatus>(i)));
    readName(json, path, context, names, value,
             [](const QString &text) { return jobStatus(text); });
}

void readValue(const Json &json, const QString &path, ReadContext &context, ContainerPhase &value)
{
    QStringList names;
    for (int i = 0; i <= static_cast<int>(ContainerPhase::Stopped); ++i)
        names.append(toString(static_cast<ContainerPhase>(i)));
    readName(json, path, context, names, value,
             [](const QString &text) { return containerPhase(text); });
}

void readValue(const Json &json, const QString &path, ReadContext &context, Timestamp &value)
{
    qint64 milliseconds = 0;
    readWholeNumber(json, path, context, milliseconds);
    value = fromEpochMs(milliseconds);
}

void readValue(const Json &json, const QString &path, ReadContext &context,
               QMap<QString, QString> &value)
{
    if (!json.is_object()) {
        context.wrongType(path, QStringLiteral("an object of strings"), json);
        return;
    }
    for (const auto &[name, text] : json.items()) {
        QString content;
        readValue(text, memberPath(path, name), context, content);
        if (name.find('\0') == std::string::npos)
            value.insert(fromUtf8(name), content);
        else
            context.error(path,
                          QStringLiteral("A key holds a NUL character, which is not allowed."));
    }
}

void readValue(const Json &json, const QString &path, ReadContext &context, JobStatusCounts &value)
{
    if (!json.is_object()) {
        context.wrongType(path, QStringLiteral("an object of numbers"), json);
        return;
    }
    for (const auto &[name, count] : json.items()) {
        if (const auto status = jobStatus(fromUtf8(name)))
            readValue(count, memberPath(path, name), context, value[static_cast<size_t>(*status)]);
    }
}

const Json *ObjectReader::find(const char *name)
{
    m_names.push_back(name);
    const auto json = m_object.find(name);
    if (json == m_object.end())
        return nullptr;
    if (!json->is_null())
        return &*json;
    if (m_context.options().keepEmpty)
        m_left[name] = nullptr;
    return nullptr;
}

void ObjectReader::nullable(const char *name, QString &member)
{
    if (const Json *json = find(name))
        readValue(*json, memberPath(m_path, name), m_context, member);
}

void ObjectReader::kept(std::initializer_list<const char *> names)
{
    for (const char *name : names) {
        m_names.push_back(name);
        if (const auto json = m_object.find(name); json != m_object.end())
            m_left[name] = *json;
    }
}

void ObjectReader::derived(std::initializer_list<const char *> names)
{
    m_names.insert(m_names.end(), names);
}

UnknownMembers ObjectReader::unknown()
{
    for (const auto &[name, json] : m_object.items()) {
        if (contains(m_names, name))
            continue;
        m_left[name] = json;
        QStringList known;
        for (const char *candidate : m_names)
            known.append(QString::fromUtf8(candidate));
        const QString shownName = shown(fromUtf8(name));
        const QString near = nearest(fromUtf8(name), known);
        m_context.warning(
            memberPath(m_path, name),
            near.isEmpty()
                ? QStringLiteral("%1 is unknown; it is kept but has no effect.").arg(shownName)
                : QStringLiteral("%1 is unknown; did you mean %2?").arg(shownName, shown(near)));
    }
    return unknownText(m_left);
}

} // namespace batchyard::batch
