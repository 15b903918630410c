// Changes of jobs' states as the events that AWS Batch sends to Amazon EventBridge ("Batch Job
// State Change"), numbered by the store's history: each change once, in order, also after a
// restart.
#pragma once

#include "backend/executor/api/operationcontext.h"

namespace batchyard::executor::api {

// {"events": […], "sequence": number to pass next time}: the events after the one with number
// `since`, oldest first. As on AWS, the submission itself is none. `detail` is the job as it is
// now, with the status and its reason as they became with the change.
[[nodiscard]] Result<Json> stateEvents(const OperationContext &context, qint64 since);

} // namespace batchyard::executor::api
