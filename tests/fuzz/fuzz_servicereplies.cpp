// What a service answers to the console and the command line: a value, or an error with words. A
// job that was read is written and read again as the same.
#include "backend/client/replies.h"
#include "tests/fuzz/fuzzing.h"

#include <nlohmann/json.hpp>

namespace {

using namespace batchyard;

void readJob(const batch::Json &json)
{
    const auto job = batch::readJobDetail(json);
    if (!job.value)
        return;
    const batch::Json written = batch::toJsonValue(*job.value);
    const auto again = batch::readJobDetail(written);
    fuzz::require(again.value.has_value(), "a job that was written can be read");
    const nlohmann::json before = written; // without regard to the members' order
    const nlohmann::json after = batch::toJsonValue(*again.value);
    fuzz::require(before == after, "a job is written the same again");
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz::Input input(data, size);
    const int choice = input.choice(6);
    const net::HttpReply reply{choice == 5 ? 400 : 200, {}, input.rest()};
    static_cast<void>(client::isUnknownOperation(reply));
    const Result<batch::Json> json = client::readReply(reply);
    if (!json) {
        fuzz::require(!json.error().message.isEmpty(), "an error has words");
        return 0;
    }
    switch (choice) {
    case 0:
        readJob(*json);
        break;
    case 1:
        static_cast<void>(batch::readJobSummary(*json));
        break;
    case 2:
        static_cast<void>(batch::readJobLiveView(*json));
        static_cast<void>(batch::readEngineStatus(*json));
        break;
    case 3:
        static_cast<void>(client::readLogPage(*json));
        break;
    default:
        static_cast<void>(client::readResourceId(*json, "jobQueue"));
        static_cast<void>(client::readSubmittedJob(*json));
    }
    return 0;
}
