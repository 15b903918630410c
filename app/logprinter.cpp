#include "app/logprinter.h"

#include "app/terminal.h"

#include <nlohmann/json.hpp>

namespace batchyard::app {

namespace {

const char *streamName(batch::LogLine::Stream stream)
{
    switch (stream) {
    case batch::LogLine::Stream::Stdout:
        return "stdout";
    case batch::LogLine::Stream::Stderr:
        return "stderr";
    case batch::LogLine::Stream::Unknown:
        break;
    }
    return "unknown";
}

} // namespace

LogPrinter::LogPrinter(bool json, QStringList containers)
    : m_json(json)
    , m_containers(std::move(containers))
{
}

void LogPrinter::print(const QString &container, int attempt, const QList<batch::LogLine> &lines)
{
    if (!m_containers.isEmpty() && !m_containers.contains(container))
        return;
    if (!m_json && attempt > m_attempt) {
        app::print(QStringLiteral("---- attempt %1 ----").arg(attempt).toUtf8());
        m_attempt = attempt;
    }
    m_width = qMax(m_width, container.size());
    for (const batch::LogLine &line : lines) {
        if (m_json) {
            const nlohmann::ordered_json object = {
                {"timestamp", batch::toEpochMs(line.time)},
                {"container", container.toStdString()},
                {"attempt", attempt},
                {"stream", streamName(line.stream)},
                {"message", line.text.toStdString()},
            };
            app::print(QByteArray::fromStdString(object.dump()));
        } else {
            const bool isError = line.stream == batch::LogLine::Stream::Stderr;
            app::print(forTerminal(container.leftJustified(m_width)) + (isError ? " ! " : " | ")
                       + forTerminal(line.text));
        }
    }
}

} // namespace batchyard::app
