// What the tests of HttpEngine against a real daemon share: a daemon of the test's own, on which
// nothing is left between two functions.
#pragma once

#include "backend/docker/httpengine.h"
#include "tests/support/engine/await.h"
#include "tests/support/engine/privateengine.h"

#include <QTest>

// Evaluates to nothing but fails the test with the error's texts.
#define VERIFY_RESULT(result)                                                                      \
    do {                                                                                           \
        const auto &verified = (result);                                                           \
        QVERIFY2(verified.has_value(),                                                             \
                 verified ? "" : qPrintable(verified.error().message + verified.error().detail));  \
    } while (false)

namespace batchyard::test {

class EngineTest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanup();

protected:
    [[nodiscard]] docker::ContainerSpec shell(const QString &script) const;
    [[nodiscard]] QString create(const docker::ContainerSpec &spec);
    [[nodiscard]] int run(const QString &id); // its exit code, -1 on an error

    std::unique_ptr<PrivateEngine> m_daemon;
    std::unique_ptr<docker::HttpEngine> m_engine;
};

} // namespace batchyard::test
