// The executor's thread as seen from another one: what is run there is waited for. An operation
// that takes long over files asks it only for what it needs of the store, piece by piece, so that
// nothing else has to wait long.
#pragma once

#include "backend/result.h"

#include <functional>
#include <optional>
#include <type_traits>

namespace batchyard::executor::api {

class ExecutorThread
{
public:
    // Returns when the function has run. Error: it has not.
    using Call = std::function<Result<void>(const std::function<void()> &)>;

    explicit ExecutorThread(Call call)
        : m_call(std::move(call))
    {
    }

    // What the function returns, which is a Result. Errors: its own, and Cancelled when the
    // executor ends before.
    template <typename Function>
    [[nodiscard]] std::invoke_result_t<Function> run(Function function) const
    {
        std::optional<std::invoke_result_t<Function>> told;
        if (const auto ran = m_call([&] { told = function(); }); !ran)
            return tl::unexpected(ran.error());
        return *std::move(told);
    }

private:
    Call m_call;
};

} // namespace batchyard::executor::api
