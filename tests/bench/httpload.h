// Load on the executor's API: signed requests, each over a connection of its own or one after the
// other over one that is kept, from threads that do nothing else, at a given rate or as fast as the
// answers come. Only ever sent to 127.0.0.1.
#pragma once

#include "backend/client/localconnection.h"

#include <QByteArray>

#include <functional>
#include <vector>

namespace bench {

struct ApiCall {
    QByteArray path; // "/v1/describejobs"
    QByteArray body;
};

struct LoadResult {
    double seconds = 0;
    std::vector<double> milliseconds; // of each answered request, in order of length
    int refused = 0; // answered with another status than wanted, or not at all

    [[nodiscard]] double rate() const;
    [[nodiscard]] double percentile(double part) const; // 0.5, 0.99
};

struct Load {
    int connections = 1; // at the same time
    double seconds = 1;
    double rate = 0; // requests a second of all connections; 0: each as fast as it is answered
    bool isSigned = true; // false: refused at the door, which is the floor
    bool isKept = false; // the connections
};

// `next` makes the n-th request; it is called in several threads. At a fixed rate a request's time
// counts from when it should have been sent, so that a stall is not left out.
[[nodiscard]] LoadResult putLoad(const batchyard::client::LocalConnection &connection,
                                 const Load &load, const std::function<ApiCall(int)> &next);

} // namespace bench
