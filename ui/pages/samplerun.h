// The sample maze as the window starts it: the request to review, and the call that makes sure its
// resources exist and submits it.
#pragma once

#include "backend/batch/batchservice.h"

#include <functional>

namespace batchyard::ui {

struct SampleRun {
    batch::SubmitJobRequest request;
    std::function<QFuture<Result<batch::SubmittedJob>>()> run;
};

} // namespace batchyard::ui
