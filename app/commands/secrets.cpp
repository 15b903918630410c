#include "app/commands/secrets.h"

#include "app/terminal.h"
#include "backend/executor/runner/secretstore.h"

#include <QFile>
#include <QStringDecoder>

#include <unistd.h>

namespace batchyard::app {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 maximumBytes = 64 * 1024; // what Secrets Manager takes

// From standard input, so that the value stands in no history and no list of processes. One newline
// at its end is the terminal's or echo's, not the value's.
Result<QString> readValue()
{
    if (isatty(STDIN_FILENO) != 0)
        complain(u"Type the value, then Ctrl+D:"_s);
    QFile input;
    if (!input.open(STDIN_FILENO, QIODevice::ReadOnly))
        return failure(ErrorCode::Io, u"Standard input cannot be read."_s);
    QByteArray value = input.read(maximumBytes + 2);
    if (value.endsWith('\n'))
        value.chop(1);
    if (value.size() > maximumBytes)
        return failure(ErrorCode::InvalidInput, u"The value has more than 65,536 bytes."_s);
    auto decoder = QStringDecoder(QStringDecoder::Utf8);
    const QString text = decoder(value);
    if (decoder.hasError())
        return failure(ErrorCode::InvalidInput, u"The value is not UTF-8."_s);
    return text;
}

int done(const Result<void> &result)
{
    return result ? 0 : fail(result.error());
}

} // namespace

int keepSecrets(const SecretsOptions &options, const Paths &paths)
{
    executor::SecretStore store(executor::SecretStore::pathFor(paths));
    switch (options.action) {
    case SecretsOptions::Action::List: {
        const Result<QStringList> names = store.names();
        if (!names)
            return fail(names.error());
        for (const QString &name : *names)
            print(forTerminal(name));
        return 0;
    }
    case SecretsOptions::Action::Set: {
        const Result<QString> value = readValue();
        if (!value)
            return fail(value.error());
        if (!paths.makeState())
            return fail(
                {ErrorCode::Io, u"The state directory %1 cannot be made."_s.arg(paths.state), {}});
        return done(store.set(options.name, *value));
    }
    case SecretsOptions::Action::Remove:
        return done(store.remove(options.name));
    }
    return 1;
}

} // namespace batchyard::app
