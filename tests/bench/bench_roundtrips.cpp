// Round trips of the sample's C++ agent and model against the floor: a bare client and server of
// the same library (Boost.Beast) on loopback, in the same run, pair by pair. Prints the ratio;
// the aim is at most 1.5.
#include "tests/bench/report.h"
#include "tests/simulation/programs.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <QCoreApplication>

#include <cstdio>
#include <thread>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr int roundTrips = 5000;
constexpr int pairs = 9;

void answer(tcp::socket socket)
{
    socket.set_option(tcp::no_delay(true));
    boost::beast::flat_buffer buffer;
    boost::system::error_code ended;
    for (;;) {
        http::request<http::string_body> request;
        http::read(socket, buffer, request, ended);
        if (ended)
            return;
        http::response<http::string_body> response(http::status::ok, request.version());
        response.set(http::field::content_type, "application/json");
        response.keep_alive(true);
        response.body() = R"({"here": " ", "up": 1, "right": 0, "down": 0, "left": 1})";
        response.prepare_payload();
        http::write(socket, response, ended);
    }
}

// Microseconds a round trip.
double bareClientAndServer()
{
    asio::io_context context;
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    const tcp::endpoint endpoint = acceptor.local_endpoint();
    std::thread server([&] { answer(acceptor.accept()); });

    tcp::socket socket(context);
    socket.connect(endpoint);
    socket.set_option(tcp::no_delay(true));
    boost::beast::flat_buffer buffer;
    const double begun = bench::seconds();
    for (int i = 0; i < roundTrips; ++i) {
        http::request<http::empty_body> request(http::verb::get, "/maze/pos/10/38", 11);
        request.set(http::field::host, "127.0.0.1");
        http::write(socket, request);
        http::response<http::string_body> response;
        http::read(socket, buffer, response);
    }
    const double each = (bench::seconds() - begun) / roundTrips * 1e6;
    socket.close();
    server.join();
    return each;
}

// The agent's whole walk, from its START line to its length line, over the requests it made.
double agentAndModel(simulation::Model &model, int walk)
{
    simulation::Program agent(QStringLiteral("agent"), QStringLiteral("cpp"),
                              {{QStringLiteral("MODEL_URL"), model.url()},
                               {QStringLiteral("AGENT_SEED"), QString::number(walk)},
                               {QStringLiteral("AGENT_PRINT_MAP"), QStringLiteral("0")}});
    if (!agent.waitForOutput("START"))
        return 0;
    const double begun = bench::seconds();
    if (!agent.waitForOutput("Solution length: "))
        return 0;
    const double took = bench::seconds() - begun;
    static_cast<void>(agent.waitForEnd());
    const QByteArray output = agent.output();
    const qsizetype at = output.indexOf("Solution length: ") + 17;
    const int requests = output.mid(at, output.indexOf('\n', at) - at).toInt();
    return requests > 0 ? took / requests * 1e6 : 0;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    simulation::Model model(QStringLiteral("cpp"),
                            {{QStringLiteral("MAZE_WIDTH"), QStringLiteral("150")},
                             {QStringLiteral("MAZE_HEIGHT"), QStringLiteral("100")},
                             {QStringLiteral("MAZE_SEED"), QStringLiteral("7")}});
    if (!model.waitUntilReady()) {
        std::fprintf(stderr, "The model did not start: %s\n", model.errors().constData());
        return 1;
    }
    bench::Ratios ratios("agent and model, one round trip", "bare Beast", "us");
    for (int pair = 0; pair < pairs; ++pair) {
        const double floor = bareClientAndServer();
        const double ours = agentAndModel(model, pair);
        if (ours == 0) {
            std::fprintf(stderr, "The agent did not solve walk %d.\n", pair);
            return 1;
        }
        ratios.add(ours, floor);
    }
    ratios.print(1.5);
    return 0;
}
