// What every operation of the API works on. All operations but inquiries run on the executor's
// thread; each takes the request's JSON object and returns the reply's.
#pragma once

#include "backend/executor/api/apiserver.h"
#include "backend/executor/api/arns.h"
#include "backend/executor/api/executorthread.h"
#include "backend/executor/api/jobdocuments.h"
#include "backend/executor/api/requestmembers.h"
#include "backend/executor/api/settling.h"

#include <functional>

namespace batchyard::executor::api {

struct OperationContext {
    Store &store;
    ExecutorControl &control;
    ChangeFeed &feed;
    ApiSettings settings;
    Arns arns;
    DocumentCache documents = {};
    std::unique_ptr<Settling> settling = std::make_unique<Settling>(settings.settlingTime, feed);

    bool mayHaveDeleted = true; // something may be DELETING; of another run, too

    [[nodiscard]] Timestamp now() const { return settings.clock(); }
    // After a compute environment, queue or definition has changed.
    void resourcesChanged() const
    {
        control.resourcesChanged();
        feed.add(Change::Kind::Resource);
    }
};

using Operation = std::function<Result<Json>(const Json &)>;
// An operation that only reads, so that the executor's thread has no more to do than that: what it
// returns makes the reply of what was read, in whatever thread.
using Rendering = std::function<Json()>;
using Reading = std::function<Result<Rendering>(const Json &)>;
// An operation that takes long over files: it runs on the thread that asks, and touches the
// context's store on the executor's only.
using Inquiry = std::function<Result<Json>(const Json &, const ExecutorThread &)>;

// A resource's document as JSON. Error: Protocol when the database holds something else.
[[nodiscard]] Result<Json> documentOf(const ResourceRecord &record);

} // namespace batchyard::executor::api
