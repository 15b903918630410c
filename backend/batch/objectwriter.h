// Writes a value as a JSON object by the value's describe() (containermembers.h). Private to this
// folder.
#pragma once

#include "backend/batch/jsonparts.h"

#include <initializer_list>

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
                m_object[name] = written(*member, m_form);
        } else {
            m_object[name] = written(member, m_form);
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
            m_object[name] = true;
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
            m_object[name] = written(Wrapper::of(member), m_form);
    }
    void kept(std::initializer_list<const char *>) { }
    void derived(std::initializer_list<const char *>) { }

    // Once, at the end.
    [[nodiscard]] Json take(const UnknownMembers &unknown);

private:
    Form m_form;
    Json m_object = Json::object();
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
