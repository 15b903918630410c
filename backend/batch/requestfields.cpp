// The fields of the API's requests, from the same descriptions that read and write the documents.
#include "backend/batch/documentmembers.h"
#include "backend/batch/fidelity.h"
#include "backend/batch/jsonparts.h"

namespace batchyard::batch {

namespace {

// Goes through the members of a value of a shape as a reader would, and notes their paths.
class FieldLister
{
public:
    FieldLister(QString path, QStringList &fields)
        : m_path(std::move(path))
        , m_fields(fields)
    {
    }

    template <typename T>
    void required(const char *name, T &)
    {
        add<T>(joinedPath(name));
    }
    template <typename T>
    void optional(const char *name, T &)
    {
        add<T>(joinedPath(name));
    }
    template <typename T>
    void describeOnly(const char *, T &)
    {
    }
    void nullable(const char *name, QString &) { m_fields.append(joinedPath(name)); }
    template <typename Wrapper, typename T>
    void wrapped(const char *name, T &)
    {
        add<Wrapper>(joinedPath(name));
    }
    void kept(std::initializer_list<const char *> names)
    {
        for (const char *name : names)
            m_fields.append(joinedPath(name));
    }
    void derived(std::initializer_list<const char *>) { }

private:
    QString joinedPath(const char *name) const
    {
        const QString text = QString::fromUtf8(name);
        return m_path.isEmpty() ? text : m_path + u'.' + text;
    }

    template <typename T>
    void add(const QString &path)
    {
        if constexpr (isOptional<T>) {
            add<typename T::value_type>(path);
        } else if constexpr (isList<T> && !std::is_same_v<T, QStringList>) {
            add<typename T::value_type>(path + u"[]");
        } else if constexpr (requires(T & value, FieldLister & lister) {
                                 describe(value, lister);
                             }) {
            T value{};
            FieldLister lister(path, m_fields);
            describe(value, lister);
        } else {
            m_fields.append(path);
        }
    }

    QString m_path;
    QStringList &m_fields;
};

template <typename T>
QStringList fieldsOfShape()
{
    QStringList fields;
    FieldLister lister(QString(), fields);
    T value;
    describe(value, lister);
    return fields;
}

struct Request {
    QLatin1StringView name;
    QStringList (*fields)();
};

constexpr Request documented[] = {
    {QLatin1StringView("RegisterJobDefinition"), fieldsOfShape<JobDefinition>},
    {QLatin1StringView("SubmitJob"), fieldsOfShape<SubmitJobRequest>},
    {QLatin1StringView("CreateComputeEnvironment"), fieldsOfShape<ComputeEnvironment>},
    {QLatin1StringView("CreateJobQueue"), fieldsOfShape<JobQueue>},
    {QLatin1StringView("CreateSchedulingPolicy"), fieldsOfShape<SchedulingPolicy>},
    {QLatin1StringView("CreateConsumableResource"), fieldsOfShape<ConsumableResource>},
};

} // namespace

QStringList documentedRequests()
{
    QStringList names;
    for (const Request &request : documented)
        names.append(request.name);
    return names;
}

QStringList fieldsOf(const QString &name)
{
    for (const Request &request : documented) {
        if (request.name == name)
            return request.fields();
    }
    return {};
}

} // namespace batchyard::batch
