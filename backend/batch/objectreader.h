// Reads a JSON object into a value by the value's describe() (containermembers.h). Private to this
// folder. Every fault goes into the list handed over, with its path.
#pragma once

#include "backend/batch/jsonparts.h"
#include "backend/batch/objectwriter.h"

#include <initializer_list>
#include <vector>

namespace batchyard::batch {

struct ReadOptions {
    bool required = true; // off for update calls, which send only what changes
    // Keep members with an empty value among the unknown ones, so that a document is exported as
    // it was read. Off for job replies, where AWS adds empty collections of its own.
    bool keepEmpty = true;
};

class ReadContext
{
public:
    ReadContext(Faults &faults, ReadOptions options)
        : m_faults(faults)
        , m_options(options)
    {
    }

    [[nodiscard]] ReadOptions options() const { return m_options; }
    void error(const QString &path, const QString &message);
    void warning(const QString &path, const QString &message);
    void wrongType(const QString &path, const QString &expected, const Json &value);

private:
    Faults &m_faults;
    ReadOptions m_options;
};

[[nodiscard]] QString memberPath(const QString &path, const std::string &name);
[[nodiscard]] QString memberPath(const QString &path, const char *name);

void readValue(const Json &json, const QString &path, ReadContext &context, QString &value);
void readValue(const Json &json, const QString &path, ReadContext &context, bool &value);
void readValue(const Json &json, const QString &path, ReadContext &context, int &value);
void readValue(const Json &json, const QString &path, ReadContext &context, qint64 &value);
void readValue(const Json &json, const QString &path, ReadContext &context, double &value);
void readValue(const Json &json, const QString &path, ReadContext &context,
               DependencyCondition &value);
void readValue(const Json &json, const QString &path, ReadContext &context, JobStatus &value);
void readValue(const Json &json, const QString &path, ReadContext &context, ContainerPhase &value);
void readValue(const Json &json, const QString &path, ReadContext &context, Timestamp &value);
void readValue(const Json &json, const QString &path, ReadContext &context,
               QMap<QString, QString> &value);
void readValue(const Json &json, const QString &path, ReadContext &context, JobStatusCounts &value);

class ObjectReader
{
public:
    ObjectReader(const Json &object, const QString &path, ReadContext &context)
        : m_object(object)
        , m_path(path)
        , m_context(context)
    {
    }

    template <typename T>
    void required(const char *name, T &member);
    template <typename T>
    void optional(const char *name, T &member);
    template <typename T>
    void always(const char *name, T &member)
    {
        optional(name, member);
    }
    template <typename T>
    void describeOnly(const char *name, T &member)
    {
        optional(name, member);
    }
    // A flag that is told only when it holds.
    void onlyTrue(const char *name, bool &member) { optional(name, member); }
    // A string whose absence and emptiness are told apart by QString::isNull().
    void nullable(const char *name, QString &member);
    // A member whose content lies in another object: Wrapper::content().
    template <typename Wrapper, typename T>
    void wrapped(const char *name, T &member);
    // Members of AWS's shape that this build has no field for: kept, without a warning.
    void kept(std::initializer_list<const char *> names);
    // Members that describe adds and that follow from the others: not kept.
    void derived(std::initializer_list<const char *> names);

    // What was not taken up, after describe(); warns of names that AWS does not have.
    [[nodiscard]] UnknownMembers unknown();

private:
    // nullptr when the member is absent or null.
    const Json *find(const char *name);

    const Json &m_object;
    const QString &m_path;
    ReadContext &m_context;
    std::vector<const char *> m_names;
    Json m_left = Json::object();
};

template <typename T>
void readValue(const Json &json, const QString &path, ReadContext &context, QList<T> &value);
template <typename T>
void readValue(const Json &json, const QString &path, ReadContext &context, std::optional<T> &value)
{
    readValue(json, path, context, value.emplace());
}

template <typename T>
requires requires(T &value, ObjectReader &reader)
{
    describe(value, reader);
}
void readValue(const Json &json, const QString &path, ReadContext &context, T &value)
{
    if (!json.is_object()) {
        context.wrongType(path, QStringLiteral("an object"), json);
        return;
    }
    ObjectReader reader(json, path, context);
    describe(value, reader);
    UnknownMembers unknown = reader.unknown();
    if constexpr (requires { value.unknown; })
        value.unknown = std::move(unknown);
}

template <typename T>
void readValue(const Json &json, const QString &path, ReadContext &context, QList<T> &value)
{
    constexpr bool ofStrings = std::is_same_v<T, QString>;
    if (!json.is_array()) {
        context.wrongType(path,
                          ofStrings ? QStringLiteral("a list of strings")
                                    : QStringLiteral("a list of objects"),
                          json);
        return;
    }
    value.reserve(static_cast<qsizetype>(json.size()));
    for (size_t i = 0; i < json.size(); ++i)
        readValue(json[i], path + u'[' + QString::number(i) + u']', context, value.emplaceBack());
}

template <typename T>
void ObjectReader::required(const char *name, T &member)
{
    m_names.push_back(name);
    const auto json = m_object.find(name);
    if (json == m_object.end()) {
        if (m_context.options().required)
            m_context.error(memberPath(m_path, name),
                            QStringLiteral("%1 is required.").arg(QLatin1StringView(name)));
        return;
    }
    if (json->is_null()) {
        m_context.error(
            memberPath(m_path, name),
            QStringLiteral("%1 is required and cannot be null.").arg(QLatin1StringView(name)));
        return;
    }
    readValue(*json, memberPath(m_path, name), m_context, member);
}

template <typename T>
void ObjectReader::optional(const char *name, T &member)
{
    const Json *json = find(name);
    if (!json)
        return;
    readValue(*json, memberPath(m_path, name), m_context, member);
    if (m_context.options().keepEmpty && isEmptyValue(member))
        m_left[name] = *json;
}

template <typename Wrapper, typename T>
void ObjectReader::wrapped(const char *name, T &member)
{
    const Json *json = find(name);
    if (!json)
        return;
    const QString path = memberPath(m_path, name);
    Wrapper wrapper;
    readValue(*json, path, m_context, wrapper);
    if constexpr (requires { wrapper.taskProperties; }) {
        const qsizetype count = wrapper.taskProperties.size();
        if (count < Wrapper::minimumTasks || count > 1) {
            m_context.error(path + u".taskProperties",
                            QStringLiteral("taskProperties has %1 elements; AWS Batch allows "
                                           "exactly 1 task per job.")
                                .arg(count));
            return;
        }
    }
    member = wrapper.content();
    if (!m_context.options().keepEmpty)
        return;
    // The wrapper itself has no place for unknown members, so they stand with its parent's.
    Json left = isEmptyValue(member) ? *json : leftOver(*json, written(Wrapper::of(member)));
    if (!left.is_null())
        m_left[name] = std::move(left);
}

// The whole way from an object to a value; nullopt when there is an error.
template <typename T>
[[nodiscard]] Parsed<T> readObject(const Json &json, const QString &path, ReadOptions options = {})
{
    Parsed<T> result;
    ReadContext context(result.faults, options);
    T value;
    readValue(json, path, context, value);
    if (!hasErrors(result.faults))
        result.value = std::move(value);
    return result;
}

} // namespace batchyard::batch
