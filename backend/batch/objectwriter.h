// Writes a value as a JSON object by the value's describe() (containermembers.h). Private to this
// folder.
#pragma once

#include "backend/batch/jsonparts.h"

#include <initializer_list>
#include <utility>
#include <vector>

namespace batchyard::batch {

[[nodiscard]] Json written(const QString &value, Form form = Form::Request);
[[nodiscard]] Json written(const QMap<QString, QString> &value, Form form = Form::Request);
[[nodiscard]] Json written(DependencyCondition value, Form form = Form::Request);
[[nodiscard]] Json written(JobStatus value, Form form = Form::Request);
[[nodiscard]] Json written(ContainerPhase value, Form form = Form::Request);
[[nodiscard]] Json written(Timestamp value, Form form = Form::Request);
[[nodiscard]] Json written(const JobStatusCounts &value, Form form = Form::Request);
template <typename T>
requires std::is_arithmetic_v<T>
[[nodiscard]] Json written(T value, Form = Form::Request)
{
    return Json(value);
}

template <typename T>
[[nodiscard]] Json written(const QList<T> &value, Form form = Form::Request);

class ObjectWriter
{
public:
    explicit ObjectWriter(Form form)
        : m_form(form)
    {
    }

    template <typename T>
    void required(const char *name, const T &member)
    {
        if constexpr (isOptional<T>) {
            if (member)
                add(name, written(*member, m_form));
        } else {
            add(name, written(member, m_form));
        }
    }
    template <typename T>
    void always(const char *name, const T &member)
    {
        required(name, member);
    }
    template <typename T>
    void optional(const char *name, const T &member)
    {
        if (!isEmptyValue(member))
            required(name, member);
    }
    template <typename T>
    void describeOnly(const char *name, const T &member)
    {
        if (m_form == Form::Describe)
            optional(name, member);
    }
    void onlyTrue(const char *name, bool member)
    {
        if (member)
            add(name, true);
    }
    void nullable(const char *name, const QString &member)
    {
        if (!member.isNull())
            required(name, member);
    }
    template <typename Wrapper, typename T>
    void wrapped(const char *name, const T &member)
    {
        if (!isEmptyValue(member))
            add(name, written(Wrapper::of(member), m_form));
    }
    void kept(std::initializer_list<const char *>) { }
    void derived(std::initializer_list<const char *>) { }

    // Once, at the end.
    [[nodiscard]] Json take(const UnknownMembers &unknown);

private:
    void add(const char *name, Json value) { m_members.emplace_back(name, std::move(value)); }

    Form m_form;
    // Becomes an object at the end, of the right size at once: an ordered object that grows copies
    // all that is in it, at each level of a document.
    std::vector<std::pair<std::string, Json>> m_members;
};

template <typename T>
requires requires(const T &value, ObjectWriter &writer)
{
    describe(value, writer);
}
[[nodiscard]] Json written(const T &value, Form form = Form::Request)
{
    ObjectWriter writer(form);
    describe(value, writer);
    if constexpr (requires { value.unknown; })
        return writer.take(value.unknown);
    else
        return writer.take({});
}

template <typename T>
Json written(const QList<T> &value, Form form)
{
    Json list = Json::array();
    for (const T &element : value)
        list.push_back(written(element, form));
    return list;
}

} // namespace batchyard::batch
