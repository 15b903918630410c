// What all attempts of an executor share. The references outlive every attempt.
#pragma once

#include "backend/executor/runner/imageprovider.h"
#include "backend/executor/runner/loglimiter.h"
#include "backend/executor/runner/runnersettings.h"
#include "backend/executor/runner/startgate.h"
#include "backend/executor/runner/tasknetwork.h"
#include "backend/executor/store/store.h"

namespace batchyard::executor {

struct AttemptServices {
    Store &store;
    docker::Engine &engine;
    ImageProvider &images;
    TaskNetwork &network;
    StartGate &gate;
    const RunnerSettings &settings;
    const Paths &paths;
    LogLimiter *logLimiter = nullptr; // nullptr: the log files together have no limit
};

} // namespace batchyard::executor
