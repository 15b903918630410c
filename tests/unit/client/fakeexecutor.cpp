// Stands in for `batchyard executor` in the tests of ExecutorProcess: serves the API of an empty
// store, ends at once with a message, or says nothing, as its argument tells.
#include "apitesting.h"

#include "backend/client/localconnection.h"
#include "backend/paths.h"

#include <QCoreApplication>

#include <iostream>

using namespace batchyard;
using namespace Qt::Literals;

namespace {

int serve(const QString &connectionFile)
{
    auto connection = client::LocalConnection::readOrGenerate(connectionFile);
    if (!connection)
        return 1;
    test::ApiFixture fixture;
    executor::api::ApiSettings settings = fixture.settings();
    settings.credentials = connection->credentials;
    executor::api::ApiServer server(*fixture.store, fixture.control, fixture.feed, settings);
    const auto port = server.start(0);
    if (!port)
        return 1;
    connection->endpoint = u"http://127.0.0.1:%1"_s.arg(*port);
    connection->pid = QCoreApplication::applicationPid();
    if (!connection->write(connectionFile))
        return 1;
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QString mode = application.arguments().value(1);
    if (mode == u"serve"_s)
        return serve(Paths::fromEnvironment().connectionFile());
    if (mode == u"hang"_s)
        return QCoreApplication::exec();
    std::cerr << "The database is damaged.\n";
    return 3;
}
