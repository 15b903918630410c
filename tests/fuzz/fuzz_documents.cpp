// The documents of AWS Batch. What has been read can be written, reads again without a fault, and
// writes the same once more; rules, drafts and the effective task take whatever has been read.
#include "backend/batch/draftjson.h"
#include "backend/batch/json.h"
#include "backend/batch/validation.h"
#include "tests/fuzz/fuzzing.h"

namespace {

using namespace batchyard;
using batch::JsonStyle;

template <typename Value>
std::optional<Value> read(const QByteArray &json, batch::Parsed<Value> (*parse)(const QByteArray &),
                          batch::Parsed<Value> (*parseDraft)(const QByteArray &))
{
    const batch::Parsed<Value> parsed = parse(json);
    const batch::Parsed<Value> draft = parseDraft(json);
    if (!parsed.value) {
        fuzz::require(!parsed.faults.isEmpty(), "what is refused is told why");
        if (draft.value)
            static_cast<void>(validate(*draft.value));
        return {};
    }
    fuzz::require(draft.value.has_value(), "a whole document is a draft too");
    const QByteArray written = toJson(*parsed.value);
    const batch::Parsed<Value> again = parse(written);
    fuzz::require(again.value.has_value(), "what was written can be read");
    fuzz::require(toJson(*again.value) == written, "what was read again is written the same");
    const batch::Parsed<Value> compact = parse(toJson(*parsed.value, JsonStyle::Compact));
    fuzz::require(compact.value == again.value, "both styles mean the same");
    static_cast<void>(validate(*parsed.value));
    return parsed.value;
}

// Two documents, a request and its definition, stand behind each other with a line of "--" between.
void submit(const QByteArray &text)
{
    const qsizetype cut = text.indexOf("\n--\n");
    const auto request = read(text.left(cut < 0 ? text.size() : cut), batch::parseSubmitJobRequest,
                              batch::parseSubmitJobRequestDraft);
    if (cut < 0 || !request)
        return;
    const auto definition = batch::parseJobDefinition(text.mid(cut + 4));
    if (!definition.value)
        return;
    if (!hasErrors(validate(*definition.value))
        && !hasErrors(validate(*request, *definition.value)))
        static_cast<void>(effectiveTask(*request, *definition.value));
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz::Input input(data, size);
    switch (input.choice(4)) {
    case 0:
        static_cast<void>(read(input.rest(), batch::parseComputeEnvironment,
                               batch::parseComputeEnvironmentDraft));
        break;
    case 1:
        static_cast<void>(read(input.rest(), batch::parseJobQueue, batch::parseJobQueueDraft));
        break;
    case 2:
        static_cast<void>(
            read(input.rest(), batch::parseJobDefinition, batch::parseJobDefinitionDraft));
        break;
    default:
        submit(input.rest());
    }
    return 0;
}
