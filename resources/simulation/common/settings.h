// Settings from environment variables. An unset or empty variable has its default; anything else
// that is not allowed throws BadSetting, whose text names the variable, the value and what is
// allowed. Also the signal handler that ends a program at once, which a process that is PID 1 of
// its container has to install to be stoppable at all.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace simulation {

struct BadSetting : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// At most 80 bytes of foreign text on one line: control characters, quotes and bytes that are no
// ASCII as \xNN.
[[nodiscard]] std::string escaped(std::string_view text);

[[nodiscard]] std::optional<std::string> variable(const char *name);
[[nodiscard]] std::uint64_t number(const char *name, std::uint64_t standard, std::uint64_t least,
                                   std::uint64_t most);
// The seed in the variable, or one from the kernel.
[[nodiscard]] std::uint64_t seed(const char *name);

void exitOnSignals(int status);

} // namespace simulation
