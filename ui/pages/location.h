// A place in the window: what back and forward step through, and what the breadcrumb names.
#pragma once

#include <QString>

namespace batchyard::ui {

struct Location {
    QString page; // home, jobs, job, definitions, queues, environments
    QString object; // a job's id, or the name to select
    // Of the job's page: overview, logs, replay, attempts, json. Empty: the overview, until the
    // logs of a running job turn out to be a maze's.
    QString tab;
    friend bool operator==(const Location &, const Location &) = default;
};

} // namespace batchyard::ui
