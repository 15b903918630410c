// The connection file, which other programs may have written: read or refused, and what was read
// can be written and read as the same.
#include "backend/client/localconnection.h"
#include "tests/fuzz/fuzzing.h"

#include <QTemporaryDir>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace batchyard;
    using client::LocalConnection;
    static const QTemporaryDir directory;
    const fuzz::MemoryFile file(
        QByteArray(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)));
    const Result<LocalConnection> connection = LocalConnection::read(file.path());
    if (!connection) {
        fuzz::require(connection.error().code == ErrorCode::Protocol, "a bad file is damaged");
        return 0;
    }
    static_cast<void>(connection->port());
    static_cast<void>(connectionAsEnvironment(*connection));
    static_cast<void>(connectionAsJson(*connection));
    const QString path = directory.filePath(QStringLiteral("connection.json"));
    fuzz::require(connection->write(path).has_value(), "what was read can be written");
    const Result<LocalConnection> again = LocalConnection::read(path);
    fuzz::require(again && *again == *connection, "what was written is read as the same");
    return 0;
}
