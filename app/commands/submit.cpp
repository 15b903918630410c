// submit and logs.
#include "app/await.h"
#include "app/commands/commands.h"
#include "app/jobfollower.h"
#include "app/logprinter.h"
#include "app/terminal.h"
#include "backend/batch/json.h"
#include "backend/batch/permission.h"

#include <QFile>
#include <QFileInfo>

#include <nlohmann/json.hpp>

namespace batchyard::app {

using namespace Qt::Literals::StringLiterals;

namespace {

// A regular file or standard input, no larger than a document may be.
Result<QByteArray> readDocument(const QString &name)
{
    QFile file(name);
    const bool standardInput = name == "-"_L1;
    if (!standardInput && QFileInfo::exists(name) && !QFileInfo(name).isFile())
        return failure(ErrorCode::InvalidInput, u"%1 is not a regular file."_s.arg(name));
    const bool opened
        = standardInput ? file.open(stdin, QFile::ReadOnly) : file.open(QFile::ReadOnly);
    if (!opened)
        return failure(ErrorCode::Io, u"%1 cannot be read: %2."_s.arg(name, file.errorString()));
    const QByteArray text = file.read(batch::maximumDocumentBytes + 1);
    if (text.size() > batch::maximumDocumentBytes) {
        return failure(
            ErrorCode::InvalidInput,
            u"%1 is larger than %2 MiB, which no document of AWS Batch can be."_s.arg(name).arg(
                batch::maximumDocumentBytes / 1024 / 1024));
    }
    return text;
}

// Says each fault on a line of its own; warnings do not stop anything.
bool report(const QString &file, const batch::Faults &faults)
{
    for (const batch::Fault &fault : faults) {
        const bool warning = fault.severity == batch::Fault::Severity::Warning;
        complain(u"%1: %2%3%4"_s.arg(file, warning ? u"warning: "_s : QString(),
                                     fault.path.isEmpty() ? QString() : fault.path + u": "_s,
                                     fault.message));
    }
    return batch::hasErrors(faults);
}

// What the executor's policy refuses can be allowed on the command line.
Error withAdvice(const Error &error)
{
    const QStringList missing = batch::missingPermissions(error);
    if (missing.isEmpty())
        return error;
    return {error.code,
            error.message % u"\nTo allow it for this definition alone, add --allow "
                % missing.join(u',') % u'.',
            {}};
}

Result<QString> registerDefinition(const QString &file, const QStringList &allowed,
                                   batch::BatchService &service)
{
    const Result<QByteArray> text = readDocument(file);
    if (!text)
        return tl::unexpected(text.error());
    const batch::Parsed<batch::JobDefinition> parsed = batch::parseJobDefinition(*text);
    if (report(file, parsed.faults) || !parsed.value)
        return failure(ErrorCode::InvalidInput, u"%1 is no job definition."_s.arg(file));
    const Result<batch::ResourceId> id
        = await(service.registerJobDefinition(*parsed.value, allowed));
    if (!id)
        return tl::unexpected(withAdvice(id.error()));
    return u"%1:%2"_s.arg(id->name).arg(id->revision);
}

} // namespace

int submit(const SubmitOptions &options, batch::BatchService &service)
{
    const Result<QByteArray> text = readDocument(options.file);
    if (!text)
        return fail(text.error());
    batch::Parsed<batch::SubmitJobRequest> parsed = batch::parseSubmitJobRequest(*text);
    if (report(options.file, parsed.faults) || !parsed.value)
        return fail(
            {ErrorCode::InvalidInput, u"%1 is no SubmitJob request."_s.arg(options.file), {}});

    if (!options.definitionFile.isEmpty()) {
        const Result<QString> definition
            = registerDefinition(options.definitionFile, options.allowed, service);
        if (!definition)
            return fail(definition.error());
        complain(u"Registered %1."_s.arg(*definition));
        parsed.value->jobDefinition = *definition;
    }
    const Result<batch::SubmittedJob> job = await(service.submitJob(*parsed.value));
    if (!job)
        return fail(job.error());
    if (options.json) {
        const nlohmann::ordered_json reply = {{"jobArn", job->jobArn.toStdString()},
                                              {"jobName", job->jobName.toStdString()},
                                              {"jobId", job->jobId.toStdString()}};
        print(QByteArray::fromStdString(reply.dump(2)));
    } else {
        print(job->jobId.toUtf8());
    }
    if (!options.follow)
        return 0;
    return printLogs({job->jobId, {}, true, options.json}, service);
}

int printLogs(const LogsOptions &options, batch::BatchService &service)
{
    LogPrinter printer(options.json, options.containers);
    const Result<batch::JobDetail> job
        = followJob(service, options.jobId, options.follow,
                    [&](const QString &container, int attempt, const QList<batch::LogLine> &lines) {
                        printer.print(container, attempt, lines);
                    });
    if (!job)
        return fail(job.error());
    if (!options.follow)
        return 0;
    complain(u"%1: %2"_s.arg(batch::toString(job->status), job->statusReason));
    return exitStatus(*job);
}

} // namespace batchyard::app
