// What the Docker daemon answers: read or refused as Protocol with a reason, never more out than
// came in.
#include "backend/docker/demultiplexer.h"
#include "backend/docker/replies.h"
#include "tests/fuzz/fuzzing.h"

namespace {

using namespace batchyard;

template <typename T>
void judge(const Result<T> &result)
{
    if (!result)
        fuzz::require(result.error().code == ErrorCode::Protocol
                          && !result.error().message.isEmpty(),
                      "what is refused is told why");
}

void judgeError(const Error &error)
{
    constexpr qsizetype longest = 8 * 1024;
    fuzz::require(!error.message.isEmpty() && error.message.size() < longest,
                  "an error has words, and not too many");
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz::Input input(data, size);
    const int choice = input.choice(11);
    const QByteArray &body = input.rest();
    switch (choice) {
    case 0:
        judge(docker::readContainer(body));
        break;
    case 1:
        judge(docker::readContainerList(body));
        break;
    case 2:
        judge(docker::readImage(body));
        break;
    case 3:
        judge(docker::readInfo(body));
        break;
    case 4:
        judge(docker::readWait(body));
        break;
    case 5:
        judge(docker::readId(body));
        break;
    case 6:
        judge(docker::readEvent(body));
        break;
    case 7:
        judge(docker::readProgress(body));
        break;
    case 8:
        for (const int status : {304, 400, 404, 409, 500})
            judgeError(docker::readError(status, body));
        break;
    case 9:
        judgeError(docker::readAttachError(400, body));
        static_cast<void>(docker::progressError(QString::fromUtf8(body)));
        break;
    default:
        static_cast<void>(docker::parseTimestamp(body));
    }
    return 0;
}
