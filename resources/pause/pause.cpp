// The first process of every job's network namespace: does nothing until it is told to end, and
// collects the children it inherits when containers share its process namespace.
#include <csignal>
#include <initializer_list>
#include <sys/wait.h>

int main()
{
    sigset_t signals;
    sigemptyset(&signals);
    for (const int each : {SIGTERM, SIGINT, SIGCHLD})
        sigaddset(&signals, each);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    for (;;) {
        int received = 0;
        if (sigwait(&signals, &received) != 0)
            continue;
        if (received != SIGCHLD)
            return 0;
        while (waitpid(-1, nullptr, WNOHANG) > 0) { }
    }
}
