#include "tests/bench/rawdocker.h"

#include "backend/async.h"
#include "tests/bench/benchexecutor.h"
#include "tests/bench/report.h"

#include <QEventLoop>

namespace bench {

using namespace Qt::Literals::StringLiterals;

namespace {

void setNetwork(docker::ContainerSpec &spec, const QString &network)
{
    spec.networkDisabled = network == "none"_L1;
    spec.networkMode = spec.networkDisabled ? u"none"_s : u"batchyard"_s;
}

// One container after the other until none is left to begin.
class Lane
{
public:
    Lane(docker::Engine &engine, const docker::ContainerSpec &spec, int &left, QEventLoop &loop,
         int &ended)
        : m_engine(engine)
        , m_spec(spec)
        , m_left(left)
        , m_loop(loop)
        , m_ended(ended)
    {
    }

    void next()
    {
        if (m_left == 0)
            return;
        --m_left;
        onFinished(m_engine.createContainer(m_spec), &m_loop, [this](const Result<QString> &id) {
            m_id = must(id);
            onFinished(m_engine.startContainer(m_id), &m_loop, [this](const Result<void> &done) {
                must(done);
                wait();
            });
        });
    }

private:
    void wait()
    {
        onFinished(m_engine.waitContainer(m_id), &m_loop,
                   [this](const Result<docker::WaitResult> &waited) {
                       must(waited);
                       onFinished(m_engine.removeContainer(m_id, false), &m_loop,
                                  [this](const Result<void> &removed) {
                                      must(removed);
                                      if (--m_ended == 0)
                                          m_loop.quit();
                                      next();
                                  });
                   });
    }

    docker::Engine &m_engine;
    const docker::ContainerSpec &m_spec;
    int &m_left;
    QEventLoop &m_loop;
    int &m_ended;
    QString m_id;
};

} // namespace

docker::ContainerSpec rawMember(const QString &joins)
{
    docker::ContainerSpec spec;
    spec.image = u"tiny:1"_s;
    spec.cmd = QStringList{u"true"_s};
    spec.memoryBytes = 64 * 1024 * 1024;
    spec.logDriver = u"json-file"_s;
    spec.networkMode = "container:"_L1 + joins;
    return spec;
}

docker::ContainerSpec rawAlone(const QString &network)
{
    docker::ContainerSpec spec = rawMember({});
    setNetwork(spec, network);
    return spec;
}

docker::ContainerSpec rawPause(const QString &network)
{
    docker::ContainerSpec spec;
    spec.image = u"batchyard/pause:1"_s;
    setNetwork(spec, network);
    return spec;
}

double rawPair(docker::Engine &engine, const QString &network)
{
    const double begun = seconds();
    const QString pauseId = must(test::await(engine.createContainer(rawPause(network))));
    must(test::await(engine.startContainer(pauseId)));
    QStringList ids;
    for (int i = 0; i < 2; ++i) {
        ids.append(must(test::await(engine.createContainer(rawMember(pauseId)))));
        must(test::await(engine.startContainer(ids.last())));
    }
    for (const QString &id : std::as_const(ids))
        must(test::await(engine.waitContainer(id)));
    const double took = (seconds() - begun) * 1000;
    for (const QString &id : ids + QStringList{pauseId})
        must(test::await(engine.removeContainer(id, true)));
    return took;
}

double rawSingles(docker::Engine &engine, const QString &network, int count, int concurrency)
{
    const docker::ContainerSpec spec = rawAlone(network);
    QEventLoop loop;
    int left = count;
    int running = count;
    const double begun = seconds();
    std::vector<std::unique_ptr<Lane>> lanes;
    for (int i = 0; i < concurrency; ++i) {
        lanes.push_back(std::make_unique<Lane>(engine, spec, left, loop, running));
        lanes.back()->next();
    }
    loop.exec();
    return seconds() - begun;
}

} // namespace bench
