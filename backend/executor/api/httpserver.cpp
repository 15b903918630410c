#include "backend/executor/api/httpserver.h"

#include "backend/executor/api/waitingroom.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

class HttpServer::Private
{
public:
    Private(Handler requestHandler, const HttpLimits &limits)
        : handler(std::move(requestHandler))
        , threadCount(limits.threads)
        , room(limits, [this](WaitingRoom::Visit visit) { admit(std::move(visit)); })
    {
    }

    void startThreads();
    void endThreads();

    Handler handler;
    int threadCount;
    std::mutex mutex;
    std::condition_variable arrived;
    std::deque<WaitingRoom::Visit> visits; // the room limits them
    bool isEnding = false;
    std::vector<std::thread> threads;
    WaitingRoom room;

private:
    void admit(WaitingRoom::Visit visit);
    void serve();
};

void HttpServer::Private::admit(WaitingRoom::Visit visit)
{
    const std::lock_guard lock(mutex);
    visits.push_back(std::move(visit));
    arrived.notify_one();
}

void HttpServer::Private::serve()
{
    for (;;) {
        std::unique_lock lock(mutex);
        arrived.wait(lock, [this] { return !visits.empty() || isEnding; });
        if (visits.empty())
            return;
        WaitingRoom::Visit visit = std::move(visits.front());
        visits.pop_front();
        lock.unlock();
        visit.answer(handler(visit.request()));
    }
}

void HttpServer::Private::startThreads()
{
    for (int i = 0; i < threadCount; ++i)
        threads.emplace_back([this] { serve(); });
}

void HttpServer::Private::endThreads()
{
    {
        const std::lock_guard lock(mutex);
        isEnding = true;
    }
    arrived.notify_all();
    for (std::thread &thread : threads)
        thread.join();
    threads.clear();
}

HttpServer::HttpServer(Handler handler, const HttpLimits &limits)
    : d(std::make_unique<Private>(std::move(handler), limits))
{
}

HttpServer::~HttpServer()
{
    stop();
}

Result<quint16> HttpServer::start(quint16 port)
{
    const auto opened = d->room.open(port);
    if (!opened)
        return failure(ErrorCode::Io,
                       u"The executor cannot listen on 127.0.0.1:%1. Another program uses the "
                       "port; choose another one."_s.arg(port));
    d->startThreads();
    return *opened;
}

void HttpServer::stop()
{
    d->room.close();
    d->endThreads();
}

} // namespace batchyard::executor::api
