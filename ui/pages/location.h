// A place in the window: what back and forward step through, and what the breadcrumb names.
#pragma once

#include <QString>

namespace batchyard::ui {

struct Location {
    QString page; // home, jobs, job, definitions, queues, environments
    QString object; // a job's id, or the name to select
    QString tab; // of the job's page: overview, logs, replay, attempts, json
    friend bool operator==(const Location &, const Location &) = default;
};

} // namespace batchyard::ui
