// Prints a job's log lines as they come: "agent | text", standard error's marked, or JSON lines.
#pragma once

#include "backend/batch/liveview.h"

#include <QStringList>

namespace batchyard::app {

class LogPrinter
{
public:
    explicit LogPrinter(bool json, QStringList containers = {});

    void print(const QString &container, int attempt, const QList<batch::LogLine> &lines);

private:
    bool m_json = false;
    QStringList m_containers; // empty: all
    qsizetype m_width = 5; // of the name column; grows with the longest name seen
    int m_attempt = 1; // the last one printed, for the divider between two
};

} // namespace batchyard::app
