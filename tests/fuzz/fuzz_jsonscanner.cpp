// The strict scan in front of the JSON parser: what it passes is JSON, and nlohmann and we agree on
// what the text says.
#include "backend/batch/jsonscanner.h"
#include "backend/batch/jsonvalues.h"
#include "tests/fuzz/fuzzing.h"

#include <nlohmann/json.hpp>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace batchyard;
    const QByteArray text(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    static_cast<void>(batch::JsonScanner(text).scan()); // also of what is no UTF-8
    const Result<batch::Json> json = batch::parseJson(text, 1024 * 1024);
    if (!json) {
        fuzz::require(!json.error().message.isEmpty(), "what is refused is told why");
        fuzz::require(json.error().detail.isEmpty(), "nlohmann takes what the scanner passes");
        return 0;
    }
    fuzz::require(!batch::JsonScanner(text.startsWith("\xEF\xBB\xBF") ? text.mid(3) : text).scan(),
                  "what was parsed is sound");
    const QByteArray dumped = QByteArray::fromStdString(json->dump());
    const Result<batch::Json> again = batch::parseJson(dumped, 16 * 1024 * 1024);
    fuzz::require(again.has_value(), "what was dumped can be parsed");
    fuzz::require(*again == *json, "what was dumped means the same");
    return 0;
}
