#include "settings.h"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <limits>

#include <sys/random.h>
#include <unistd.h>

namespace simulation {

namespace {

volatile std::sig_atomic_t s_exitStatus = 0;

extern "C" void exitNow(int)
{
    _exit(s_exitStatus);
}

} // namespace

std::string escaped(std::string_view text)
{
    constexpr std::size_t longest = 80;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result;
    for (const char character : text.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte < 0x20 || byte > 0x7e || byte == '"' || byte == '\\') {
            result += "\\x";
            result += digits[byte >> 4U];
            result += digits[byte & 15U];
        } else {
            result += character;
        }
    }
    return text.size() > longest ? result + "..." : result;
}

std::optional<std::string> variable(const char *name)
{
    const char *value = std::getenv(name);
    if (value == nullptr || *value == '\0')
        return std::nullopt;
    return std::string(value);
}

std::uint64_t number(const char *name, std::uint64_t standard, std::uint64_t least,
                     std::uint64_t most)
{
    const std::optional<std::string> text = variable(name);
    if (!text)
        return standard;
    std::uint64_t value = 0;
    const char *end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, value);
    if (error != std::errc() || rest != end || value < least || value > most) {
        throw BadSetting(std::string(name) + " is \"" + escaped(*text)
                         + "\": allowed is a whole number from " + std::to_string(least) + " to "
                         + std::to_string(most) + ".");
    }
    return value;
}

std::uint64_t seed(const char *name)
{
    std::uint64_t random = 0;
    if (getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random))
        throw std::runtime_error("the kernel gives no random numbers");
    return number(name, random, 0, std::numeric_limits<std::uint64_t>::max());
}

void exitOnSignals(int status)
{
    s_exitStatus = status;
    struct sigaction action = {};
    action.sa_handler = exitNow;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

} // namespace simulation
