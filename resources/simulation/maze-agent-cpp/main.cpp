// The agent: walks through the model's maze to the key and then to the exit.
// Exit status: 0 solved, 1 no moves left or a bad setting, 2 model unreachable or in error.
#include "settings.h"
#include "walker.h"

#include <csignal>
#include <cstdio>

int main()
{
    using namespace simulation;
    exitOnSignals(128 + SIGTERM); // stopped before the way was found
    try {
        const ModelUrl url = modelUrl();
        Walker::Settings settings;
        settings.stepDelay = std::chrono::milliseconds(number("AGENT_STEP_DELAY_MS", 0, 0, 60000));
        settings.seed = seed("AGENT_SEED");
        settings.printMap = number("AGENT_PRINT_MAP", 1, 0, 1) == 1;
        Client client(url);
        return Walker(client, settings).run() ? 0 : 1;
    } catch (const BadSetting &error) {
        std::fprintf(stderr, "ERROR %s\n", error.what());
        return 1;
    } catch (const AgentError &error) {
        std::fprintf(stderr, "ERROR %s: %s\n", error.name.c_str(), error.what());
        return 2;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "ERROR Exception: %s\n", error.what());
        return 2;
    }
}
