#include "tests/docker/enginetest.h"

namespace batchyard::test {

using namespace docker;

void EngineTest::initTestCase()
{
    m_daemon = std::make_unique<PrivateEngine>();
    VERIFY_RESULT(m_daemon->start());
    VERIFY_RESULT(m_daemon->importTiny());
    m_engine = std::make_unique<HttpEngine>(m_daemon->socketPath());
}

void EngineTest::cleanup()
{
    const auto containers = await(m_engine->listContainers({}));
    VERIFY_RESULT(containers);
    for (const ContainerListEntry &container : *containers)
        VERIFY_RESULT(await(m_engine->removeContainer(container.id, true)));
}

ContainerSpec EngineTest::shell(const QString &script) const
{
    ContainerSpec spec;
    spec.image = QStringLiteral("tiny:1");
    spec.cmd = {QStringLiteral("sh"), QStringLiteral("-c"), script};
    spec.networkMode = QStringLiteral("none");
    spec.networkDisabled = true;
    spec.labels = {{QStringLiteral("test"), QStringLiteral("engine")}};
    return spec;
}

QString EngineTest::create(const ContainerSpec &spec)
{
    const auto id = await(m_engine->createContainer(spec));
    if (!id)
        qWarning("%s", qPrintable(id.error().message));
    return id.value_or(QString());
}

int EngineTest::run(const QString &id)
{
    if (const auto started = await(m_engine->startContainer(id)); !started) {
        qWarning("%s", qPrintable(started.error().message));
        return -1;
    }
    const auto ended = await(m_engine->waitContainer(id));
    if (!ended)
        qWarning("%s", qPrintable(ended.error().message));
    return ended ? ended->exitCode : -1;
}

} // namespace batchyard::test
