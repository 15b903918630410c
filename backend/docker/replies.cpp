#include "backend/docker/replies.h"

#include "backend/docker/demultiplexer.h"

#include <QStringBuilder>

#include <nlohmann/json.hpp>

#include <array>
#include <limits>

namespace batchyard::docker {

namespace {

using Json = nlohmann::json;

constexpr int depthLimit = 64;
constexpr int valueLimit = 300'000; // a list of 5,000 containers
constexpr qsizetype lineLimit = 1024 * 1024;
constexpr qsizetype textLimit = 4096; // of the daemon's text in an error

// What a parser makes of a reply takes many times its size, so nesting and number of values are
// bounded before parsing. Empty: it may be parsed.
QString excessOf(QByteArrayView text)
{
    int depth = 0;
    int values = 0;
    bool inString = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            if (++depth > depthLimit)
                return QStringLiteral("it is nested deeper than %1 levels").arg(depthLimit);
            ++values;
        } else if (c == '}' || c == ']') {
            --depth;
        } else if (c == ',') {
            ++values;
        }
        if (values > valueLimit)
            return QStringLiteral("it has more than %1 values").arg(valueLimit);
    }
    return {};
}

// Reads members and remembers the first fault, so that a reader is one straight list.
class Reader
{
public:
    explicit Reader(QByteArrayView body)
    {
        m_fault = excessOf(body);
        if (!m_fault.isEmpty())
            return;
        m_json = Json::parse(body.begin(), body.end(), nullptr, false);
        if (m_json.is_discarded())
            m_fault = QStringLiteral("it is not JSON");
    }

    [[nodiscard]] const Json &document() const { return m_json; }

    // A missing or null member is as good as an empty one, except where `required` says not so.
    [[nodiscard]] const Json *member(const Json *object, const char *name)
    {
        if (object == nullptr)
            return nullptr;
        if (!object->is_object()) {
            fault(QStringLiteral("an object with \"%1\" was expected").arg(QLatin1String(name)));
            return nullptr;
        }
        const auto it = object->find(name);
        return it == object->end() || it->is_null() ? nullptr : &*it;
    }
    [[nodiscard]] const Json *object(const Json *parent, const char *name)
    {
        const Json *value = member(parent, name);
        if (value != nullptr && !value->is_object())
            wrongType(name, "an object");
        return value != nullptr && value->is_object() ? value : nullptr;
    }
    [[nodiscard]] QString string(const Json *parent, const char *name)
    {
        const Json *value = member(parent, name);
        if (value == nullptr)
            return {};
        if (value->is_string())
            return QString::fromStdString(value->get_ref<const std::string &>());
        wrongType(name, "a string");
        return {};
    }
    [[nodiscard]] qint64 integer(const Json *parent, const char *name, qint64 least, qint64 most)
    {
        const Json *value = member(parent, name);
        if (value == nullptr)
            return std::max<qint64>(least, 0);
        if (!value->is_number_integer()) {
            wrongType(name, "an integer");
            return 0;
        }
        const bool tooLarge = value->is_number_unsigned()
            && value->get<quint64>() > quint64{std::numeric_limits<qint64>::max()};
        const qint64 number = tooLarge ? 0 : value->get<qint64>();
        if (tooLarge || number < least || number > most)
            fault(QStringLiteral("\"%1\" is out of range").arg(QLatin1String(name)));
        return number;
    }
    [[nodiscard]] bool boolean(const Json *parent, const char *name)
    {
        const Json *value = member(parent, name);
        if (value != nullptr && !value->is_boolean())
            wrongType(name, "true or false");
        return value != nullptr && value->is_boolean() && value->get<bool>();
    }
    [[nodiscard]] QMap<QString, QString> map(const Json *parent, const char *name)
    {
        QMap<QString, QString> result;
        const Json *value = object(parent, name);
        if (value == nullptr)
            return result;
        for (const auto &[key, entry] : value->items()) {
            if (entry.is_string())
                result[QString::fromStdString(key)]
                    = QString::fromStdString(entry.get_ref<const std::string &>());
            else
                wrongType(name, "an object of strings");
        }
        return result;
    }
    [[nodiscard]] QStringList strings(const Json *parent, const char *name)
    {
        QStringList result;
        const Json *value = member(parent, name);
        if (value == nullptr)
            return result;
        if (!value->is_array())
            wrongType(name, "a list");
        else
            for (const Json &entry : *value) {
                if (entry.is_string())
                    result.append(QString::fromStdString(entry.get_ref<const std::string &>()));
                else
                    wrongType(name, "a list of strings");
            }
        return result;
    }
    // The daemon's date of year 1 means: never.
    [[nodiscard]] std::optional<Timestamp> time(const Json *parent, const char *name)
    {
        const QByteArray text = string(parent, name).toLatin1();
        if (text.isEmpty() || text.startsWith("0001-01-01T00:00:00"))
            return std::nullopt;
        const auto parsed = parseTimestamp(text);
        if (!parsed)
            fault(QStringLiteral("\"%1\" is no date").arg(QLatin1String(name)));
        return parsed;
    }
    [[nodiscard]] QString requiredString(const Json *parent, const char *name)
    {
        const QString text = string(parent, name);
        if (text.isEmpty())
            fault(QStringLiteral("\"%1\" is missing").arg(QLatin1String(name)));
        return text;
    }

    void fault(const QString &what)
    {
        if (m_fault.isEmpty())
            m_fault = what;
    }
    template <typename T>
    [[nodiscard]] Result<T> result(T value) const
    {
        if (!m_fault.isEmpty())
            return tl::unexpected(invalidReply(m_fault));
        return value;
    }

private:
    void wrongType(const char *name, const char *wanted)
    {
        fault(QStringLiteral("\"%1\" is not %2").arg(QLatin1String(name), QLatin1String(wanted)));
    }

    Json m_json;
    QString m_fault;
};

std::optional<ContainerState::Status> statusOf(const QString &text)
{
    using Status = ContainerState::Status;
    static const std::array<std::pair<QLatin1String, Status>, 10> names{{
        {QLatin1String("created"), Status::Created},
        {QLatin1String("running"), Status::Running},
        {QLatin1String("paused"), Status::Paused},
        {QLatin1String("restarting"), Status::Restarting},
        {QLatin1String("removing"), Status::Removing},
        {QLatin1String("exited"), Status::Exited},
        {QLatin1String("dead"), Status::Dead},
        // Podman's further words.
        {QLatin1String("configured"), Status::Created},
        {QLatin1String("initialized"), Status::Created},
        {QLatin1String("stopped"), Status::Exited},
    }};
    for (const auto &[name, status] : names)
        if (text == name)
            return status;
    return std::nullopt;
}

QString withoutSlash(const QString &name)
{
    return name.startsWith(u'/') ? name.mid(1) : name;
}

QString firstAddress(Reader &reader, const Json *settings)
{
    const Json *networks = reader.object(settings, "Networks");
    if (networks != nullptr)
        for (const auto &[name, network] : networks->items())
            if (const QString address = reader.string(&network, "IPAddress"); !address.isEmpty())
                return address;
    return {};
}

QString megabytes(qint64 bytes)
{
    return QString::number(static_cast<double>(bytes) / 1e6, 'f', 1) + QStringLiteral(" MB");
}

Error refusal(int status, const QString &message)
{
    const QString detail = QStringLiteral("HTTP %1").arg(status);
    if (message == QStringLiteral("page not found"))
        return {ErrorCode::Unsupported,
                QStringLiteral("The engine does not know this call: it is too old."), detail};
    switch (status) {
    case 400:
        return {ErrorCode::InvalidInput, message, detail};
    case 401:
    case 403:
        return {ErrorCode::AccessDenied, message, detail};
    case 404:
        return {ErrorCode::NotFound, message, detail};
    case 409:
        return {ErrorCode::Conflict, message, detail};
    default:
        return {status >= 500 ? ErrorCode::Io : ErrorCode::Protocol, message, detail};
    }
}

constexpr qint64 anyInt = std::numeric_limits<int>::max();
constexpr qint64 anyLong = std::numeric_limits<qint64>::max();

} // namespace

Error invalidReply(const QString &what, const QString &detail)
{
    return {ErrorCode::Protocol, QStringLiteral("The engine sent an invalid reply: %1.").arg(what),
            detail};
}

Result<ContainerState> readContainer(QByteArrayView body)
{
    Reader reader(body);
    const Json *root = &reader.document();
    ContainerState container;
    container.id = reader.requiredString(root, "Id");
    container.name = withoutSlash(reader.string(root, "Name"));
    const Json *config = reader.object(root, "Config");
    container.image = reader.string(config, "Image");
    container.labels = reader.map(config, "Labels");
    const Json *state = reader.object(root, "State");
    const QString status = reader.requiredString(state, "Status");
    if (const auto known = statusOf(status))
        container.status = *known;
    else
        reader.fault(state == nullptr ? QStringLiteral("\"State\" is missing")
                                      : QStringLiteral("the container's status is unknown"));
    container.pid = static_cast<int>(reader.integer(state, "Pid", 0, anyInt));
    container.exitCode = static_cast<int>(reader.integer(state, "ExitCode", 0, anyInt));
    container.error = reader.string(state, "Error");
    container.oomKilled = reader.boolean(state, "OOMKilled");
    container.startedAt = reader.time(state, "StartedAt");
    container.finishedAt = reader.time(state, "FinishedAt");
    container.ipAddress = firstAddress(reader, reader.object(root, "NetworkSettings"));
    return reader.result(std::move(container));
}

Result<QList<ContainerListEntry>> readContainerList(QByteArrayView body)
{
    Reader reader(body);
    QList<ContainerListEntry> list;
    if (!reader.document().is_array()) {
        reader.fault(QStringLiteral("a list was expected"));
        return reader.result(std::move(list));
    }
    for (const Json &each : reader.document()) {
        ContainerListEntry entry;
        entry.id = reader.requiredString(&each, "Id");
        entry.name = withoutSlash(reader.strings(&each, "Names").value(0));
        entry.state = reader.string(&each, "State");
        entry.labels = reader.map(&each, "Labels");
        list.append(std::move(entry));
    }
    return reader.result(std::move(list));
}

Result<QList<NetworkListEntry>> readNetworkList(QByteArrayView body)
{
    Reader reader(body);
    QList<NetworkListEntry> list;
    if (!reader.document().is_array()) {
        reader.fault(QStringLiteral("a list was expected"));
        return reader.result(std::move(list));
    }
    for (const Json &each : reader.document()) {
        NetworkListEntry entry;
        entry.id = reader.requiredString(&each, "Id");
        entry.name = reader.string(&each, "Name");
        entry.labels = reader.map(&each, "Labels");
        list.append(std::move(entry));
    }
    return reader.result(std::move(list));
}

Result<ImageInfo> readImage(QByteArrayView body)
{
    Reader reader(body);
    const Json *root = &reader.document();
    ImageInfo image;
    image.id = reader.requiredString(root, "Id");
    image.repoTags = reader.strings(root, "RepoTags");
    const Json *config = reader.object(root, "Config");
    image.labels = reader.map(config, "Labels");
    image.user = reader.string(config, "User");
    image.architecture = reader.string(root, "Architecture");
    image.sizeBytes = reader.integer(root, "Size", 0, anyLong);
    return reader.result(std::move(image));
}

Result<EngineInfo> readInfo(QByteArrayView body)
{
    Reader reader(body);
    const Json *root = &reader.document();
    EngineInfo info;
    info.version = reader.string(root, "ServerVersion");
    info.operatingSystem = reader.string(root, "OperatingSystem");
    info.architecture = reader.string(root, "Architecture");
    info.cpus = static_cast<int>(reader.integer(root, "NCPU", 0, anyInt));
    info.memoryBytes = reader.integer(root, "MemTotal", 0, anyLong);
    info.liveRestore = reader.boolean(root, "LiveRestoreEnabled");
    const Json *runtimes = reader.object(root, "Runtimes");
    info.hasGpuRuntime = runtimes != nullptr && runtimes->contains("nvidia");
    return reader.result(std::move(info));
}

Result<WaitResult> readWait(QByteArrayView body)
{
    Reader reader(body);
    const Json *root = &reader.document();
    WaitResult wait;
    if (reader.member(root, "StatusCode") == nullptr)
        reader.fault(QStringLiteral("\"StatusCode\" is missing"));
    wait.exitCode = static_cast<int>(reader.integer(root, "StatusCode", 0, anyInt));
    wait.error = reader.string(reader.object(root, "Error"), "Message");
    return reader.result(std::move(wait));
}

Result<QString> readId(QByteArrayView body)
{
    Reader reader(body);
    return reader.result(reader.requiredString(&reader.document(), "Id"));
}

Result<Event> readEvent(QByteArrayView line)
{
    Reader reader(line);
    const Json *root = &reader.document();
    Event event;
    event.type = reader.string(root, "Type");
    event.action = reader.requiredString(root, "Action");
    const Json *actor = reader.object(root, "Actor");
    event.id = reader.string(actor, "ID");
    event.attributes = reader.map(actor, "Attributes");
    event.time = Timestamp(std::chrono::nanoseconds(reader.integer(root, "timeNano", 0, anyLong)));
    return reader.result(std::move(event));
}

Result<ProgressLine> readProgress(QByteArrayView line)
{
    Reader reader(line);
    const Json *root = &reader.document();
    ProgressLine progress;
    const QString message = reader.string(reader.object(root, "errorDetail"), "message");
    const QString error = message.isEmpty() ? reader.string(root, "error") : message;
    if (!error.isEmpty())
        progress.error = error.left(textLimit);
    progress.text = reader.string(root, "stream").trimmed();
    if (const QString status = reader.string(root, "status"); !status.isEmpty()) {
        const QString id = reader.string(root, "id");
        progress.text = id.isEmpty() ? status : id + QStringLiteral(": ") + status;
        const Json *detail = reader.object(root, "progressDetail");
        const qint64 current = reader.integer(detail, "current", 0, anyLong);
        const qint64 total = reader.integer(detail, "total", -1, anyLong);
        if (total > 0 && status == u"Downloading")
            progress.download = LayerProgress{id, current, total};
        else if (status == u"Download complete")
            progress.download = LayerProgress{id, 0, 0};
        if (current > 0 && total > 0)
            progress.text += u' ' + megabytes(current) + QStringLiteral(" / ") + megabytes(total);
    }
    return reader.result(std::move(progress));
}

QString PullProgress::after(const ProgressLine &line)
{
    QString text = line.text;
    if (line.download) {
        LayerProgress &layer = m_layers[line.download->layer];
        if (line.download->total > 0)
            layer = *line.download;
        else
            layer.current = layer.total; // complete
        qint64 current = 0;
        qint64 total = 0;
        for (const LayerProgress &each : std::as_const(m_layers)) {
            current += each.current;
            total += each.total;
        }
        constexpr qint64 megabyte = 1'000'000;
        if (total > 0)
            text = QStringLiteral("%1 of %2 MB")
                       .arg(current / megabyte)
                       .arg((total + megabyte - 1) / megabyte);
    }
    return text == std::exchange(m_told, text) ? QString() : text;
}

Error readError(int status, QByteArrayView body)
{
    Reader reader(body);
    const QString message = reader.string(&reader.document(), "message").left(textLimit);
    // A refusal in other words than the daemon's is not the daemon's: nobody must take it for
    // "no such container".
    if (!reader.result(true) || message.isEmpty())
        return invalidReply(QStringLiteral("status %1 without the engine's message").arg(status),
                            QString::fromUtf8(body.first(qMin(body.size(), textLimit))));
    return refusal(status, message);
}

Error readAttachError(int status, QByteArrayView body)
{
    const QString text = QString::fromUtf8(body.first(qMin(body.size(), textLimit))).trimmed();
    if (text.isEmpty() || text.startsWith(u'{') || text.startsWith(u'<'))
        return readError(status, body);
    return refusal(status, text);
}

Error progressError(const QString &text)
{
    const auto says = [&text](const char *words) {
        return text.contains(QLatin1String(words), Qt::CaseInsensitive);
    };
    ErrorCode code = ErrorCode::Io;
    if (says("unauthorized") || says("denied"))
        code = ErrorCode::AccessDenied;
    else if (says("manifest unknown") || says("not found") || says("does not exist"))
        code = ErrorCode::NotFound;
    return {code, text, {}};
}

Result<QList<QByteArray>> LineSplitter::feed(const QByteArray &bytes)
{
    QList<QByteArray> lines;
    qsizetype from = 0;
    for (qsizetype end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', from)) {
        m_rest.append(bytes.constData() + from, end - from);
        if (const QByteArray line = std::exchange(m_rest, {}).trimmed(); !line.isEmpty())
            lines.append(line);
        from = end + 1;
    }
    m_rest.append(bytes.constData() + from, bytes.size() - from);
    if (m_rest.size() > lineLimit)
        return tl::unexpected(
            invalidReply(QStringLiteral("a line is longer than %1 bytes").arg(lineLimit)));
    return lines;
}

} // namespace batchyard::docker
