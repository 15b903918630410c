#include "backend/client/samplemaze.h"

#include "backend/async.h"
#include "backend/batch/json.h"

#include <QFile>

#include <memory>

namespace batchyard::client {

using namespace Qt::Literals::StringLiterals;

namespace {

Result<QByteArray> readFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QFile::ReadOnly))
        return failure(
            ErrorCode::Io,
            u"The sample document %1 cannot be read: %2."_s.arg(path, file.errorString()));
    return file.readAll();
}

template <typename Value>
Result<Value> valueOf(const batch::Parsed<Value> &parsed, const QString &path)
{
    if (parsed.value && !batch::hasErrors(parsed.faults))
        return *parsed.value;
    return failure(
        ErrorCode::Io,
        u"The sample document %1 is not valid: %2"_s.arg(path, batch::toText(parsed.faults)));
}

// The two languages of one definition are its images; other pairs get definitions of their own.
QString definitionName(const MazeOptions &options)
{
    if (options.model == "cpp"_L1 && options.agent == "cpp"_L1)
        return u"maze"_s;
    return u"maze-%1-model-%2-agent"_s.arg(options.model, options.agent);
}

QString imageOf(const QString &role, const QString &language)
{
    return "batchyard/maze-"_L1 + role + ':'_L1 + language;
}

struct Documents {
    batch::ComputeEnvironment environment;
    batch::JobQueue queue;
    batch::JobDefinition definition;
};

Result<Documents> readDocuments(const QString &directory, const MazeOptions &options)
{
    Documents documents;
    const QString environmentPath = directory + "/compute-environment.json"_L1;
    const QString queuePath = directory + "/job-queue.json"_L1;
    const QString definitionPath = directory + "/job-definition.json"_L1;

    auto environment = readFile(environmentPath).and_then([&](const QByteArray &text) {
        return valueOf(batch::parseComputeEnvironment(text), environmentPath);
    });
    if (!environment)
        return tl::unexpected(environment.error());
    auto queue = readFile(queuePath).and_then(
        [&](const QByteArray &text) { return valueOf(batch::parseJobQueue(text), queuePath); });
    if (!queue)
        return tl::unexpected(queue.error());
    auto definition = readFile(definitionPath).and_then([&](const QByteArray &text) {
        return valueOf(batch::parseJobDefinition(text), definitionPath);
    });
    if (!definition)
        return tl::unexpected(definition.error());

    definition->jobDefinitionName = definitionName(options);
    if (definition->ecsProperties) {
        for (batch::TaskContainerProperties &container : definition->ecsProperties->containers)
            container.image = imageOf(container.name,
                                      container.name == "model"_L1 ? options.model : options.agent);
    }
    return Documents{*environment, *queue, *definition};
}

// Runs one step after the other and reports the first failure. Each step creates a resource when
// the look-up says that it is missing.
class Ensuring : public std::enable_shared_from_this<Ensuring>
{
public:
    Ensuring(batch::BatchService &service, Documents documents)
        : m_service(service)
        , m_documents(std::move(documents))
    {
        m_promise.start();
    }

    QFuture<Result<void>> start()
    {
        environment();
        return m_promise.future();
    }

private:
    void finish(Result<void> result)
    {
        m_promise.addResult(std::move(result));
        m_promise.finish();
    }

    // then(): called with the answer, or the whole sequence ends with the error.
    template <typename Value, typename Then>
    void after(const QFuture<Result<Value>> &future, Then then)
    {
        onFinished(future, &m_service,
                   [self = shared_from_this(), then](const Result<Value> &result) {
                       // Somebody else created it between our look and our call.
                       const bool exists = !result && result.error().code == ErrorCode::Conflict;
                       if (!result && !exists)
                           self->finish(tl::unexpected(result.error()));
                       else
                           then(result);
                   });
    }

    void environment()
    {
        const auto &wanted = m_documents.environment;
        after(m_service.describeComputeEnvironments({wanted.computeEnvironmentName}),
              [this](const Result<QList<batch::ComputeEnvironment>> &found) {
                  if (found && !found->isEmpty())
                      return queue();
                  after(m_service.createComputeEnvironment(m_documents.environment),
                        [this](const Result<batch::ResourceId> &) { queue(); });
              });
    }

    void queue()
    {
        after(m_service.describeJobQueues({m_documents.queue.jobQueueName}),
              [this](const Result<QList<batch::JobQueue>> &found) {
                  if (found && !found->isEmpty())
                      return definition();
                  after(m_service.createJobQueue(m_documents.queue),
                        [this](const Result<batch::ResourceId> &) { definition(); });
              });
    }

    void definition()
    {
        after(
            m_service.describeJobDefinitions(u"ACTIVE"_s, m_documents.definition.jobDefinitionName),
            [this](const Result<QList<batch::JobDefinition>> &found) {
                if (found && !found->isEmpty())
                    return finish({});
                after(m_service.registerJobDefinition(m_documents.definition),
                      [this](const Result<batch::ResourceId> &) { finish({}); });
            });
    }

    batch::BatchService &m_service;
    Documents m_documents;
    QPromise<Result<void>> m_promise;
};

batch::KeyValuePair variable(const QString &name, const QString &value)
{
    return {name, value, {}};
}

} // namespace

SampleMaze::SampleMaze(QString samplesDirectory)
    : m_directory(std::move(samplesDirectory))
{
}

batch::SubmitJobRequest SampleMaze::request(const MazeOptions &options) const
{
    batch::TaskContainerOverrides model;
    model.name = u"model"_s;
    model.environment = {variable(u"MAZE_WIDTH"_s, QString::number(options.width)),
                         variable(u"MAZE_HEIGHT"_s, QString::number(options.height))};
    if (options.seed)
        model.environment.append(variable(u"MAZE_SEED"_s, QString::number(*options.seed)));

    batch::SubmitJobRequest request;
    request.jobName = u"maze-%1x%2"_s.arg(options.width).arg(options.height);
    request.jobQueue = u"simulations"_s;
    request.jobDefinition = definitionName(options);
    request.ecsPropertiesOverride = {model};
    if (options.stepDelayMs > 0) {
        batch::TaskContainerOverrides agent;
        agent.name = u"agent"_s;
        agent.environment
            = {variable(u"AGENT_STEP_DELAY_MS"_s, QString::number(options.stepDelayMs))};
        request.ecsPropertiesOverride.append(agent);
    }
    return request;
}

QFuture<Result<void>> SampleMaze::ensureResources(batch::BatchService &service,
                                                  const MazeOptions &options) const
{
    auto documents = readDocuments(m_directory, options);
    if (!documents)
        return finished<void>(tl::unexpected(documents.error()));
    return std::make_shared<Ensuring>(service, std::move(*documents))->start();
}

QFuture<Result<batch::SubmittedJob>> SampleMaze::run(batch::BatchService &service,
                                                     const MazeOptions &options) const
{
    auto promise = std::make_shared<QPromise<Result<batch::SubmittedJob>>>();
    promise->start();
    const batch::SubmitJobRequest toSubmit = request(options);
    onFinished(ensureResources(service, options), &service,
               [promise, &service, toSubmit](const Result<void> &ensured) {
                   if (!ensured) {
                       promise->addResult(tl::unexpected(ensured.error()));
                       promise->finish();
                       return;
                   }
                   onFinished(service.submitJob(toSubmit), &service,
                              [promise](const Result<batch::SubmittedJob> &submitted) {
                                  promise->addResult(submitted);
                                  promise->finish();
                              });
               });
    return promise->future();
}

} // namespace batchyard::client
