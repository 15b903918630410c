#include "app/signals.h"

#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace batchyard::app {

namespace {

// A handler may do next to nothing: it passes the number through a pipe.
volatile std::sig_atomic_t writeEnd = -1;

void handle(int number)
{
    const auto byte = static_cast<unsigned char>(number);
    [[maybe_unused]] const ssize_t written = write(writeEnd, &byte, 1);
}

} // namespace

Signals::Signals(std::initializer_list<int> numbers, std::function<void(int)> received)
    : m_numbers(numbers)
{
    if (pipe2(m_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    writeEnd = m_pipe[1];
    m_notifier = std::make_unique<QSocketNotifier>(m_pipe[0], QSocketNotifier::Read);
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(),
                     [this, received = std::move(received)] {
                         unsigned char byte = 0;
                         while (read(m_pipe[0], &byte, 1) == 1)
                             received(byte);
                     });
    for (const int number : m_numbers)
        std::signal(number, handle);
}

Signals::~Signals()
{
    for (const int number : m_numbers)
        std::signal(number, SIG_DFL);
    writeEnd = -1;
    m_notifier.reset();
    close(m_pipe[0]);
    close(m_pipe[1]);
}

} // namespace batchyard::app
