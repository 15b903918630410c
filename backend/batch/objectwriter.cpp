#include "backend/batch/objectwriter.h"

namespace batchyard::batch {

Json written(const QString &value, Form)
{
    return Json(utf8(value));
}

Json written(const QMap<QString, QString> &value, Form)
{
    Json object = Json::object();
    for (auto entry = value.begin(); entry != value.end(); ++entry)
        object[utf8(entry.key())] = utf8(entry.value());
    return object;
}

Json written(DependencyCondition value, Form)
{
    return Json(utf8(toString(value)));
}

Json written(JobStatus value, Form)
{
    return Json(utf8(toString(value)));
}

Json written(ContainerPhase value, Form)
{
    return Json(utf8(toString(value)));
}

Json written(Timestamp value, Form)
{
    return Json(toEpochMs(value));
}

Json written(const JobStatusCounts &value, Form)
{
    Json object = Json::object();
    for (int i = 0; i < jobStatusCount; ++i)
        object[utf8(toString(static_cast<JobStatus>(i)))] = value[static_cast<size_t>(i)];
    return object;
}

Json ObjectWriter::take(const UnknownMembers &unknown)
{
    Json object = Json::object();
    auto &members = object.get_ref<Json::object_t &>();
    members.reserve(m_members.size());
    for (auto &[name, value] : m_members)
        members.emplace_back(std::move(name), std::move(value));
    m_members.clear();
    if (!unknown.empty())
        mergeLeftOver(object, parsedUnknown(unknown));
    return object;
}

} // namespace batchyard::batch
