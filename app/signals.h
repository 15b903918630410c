// Unix signals as calls in the event loop, for as long as the object lives.
#pragma once

#include <QSocketNotifier>

#include <functional>
#include <initializer_list>
#include <memory>
#include <vector>

namespace batchyard::app {

class Signals
{
public:
    // One object at a time: signal dispositions belong to the process.
    Signals(std::initializer_list<int> numbers, std::function<void(int)> received);
    ~Signals(); // restores the default dispositions
    Signals(const Signals &) = delete;
    Signals &operator=(const Signals &) = delete;

private:
    std::vector<int> m_numbers;
    int m_pipe[2] = {-1, -1};
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace batchyard::app
