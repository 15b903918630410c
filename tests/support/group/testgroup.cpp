#include "tests/support/group/testgroup.h"

#include <QFileInfo>

#include <cstdio>
#include <map>

namespace batchyard::tests {

namespace {

std::map<QString, TestMain> &entries()
{
    static std::map<QString, TestMain> list;
    return list;
}

} // namespace

bool enterTest(const char *file, TestMain main)
{
    return entries().emplace(QFileInfo(QString::fromUtf8(file)).completeBaseName(), main).second;
}

} // namespace batchyard::tests

// The test's name stays out of the arguments that it sees, so Qt Test's own options work as ever.
int main(int argc, char **argv)
{
    const auto &tests = batchyard::tests::entries();
    const auto test = argc < 2 ? tests.end() : tests.find(QString::fromLocal8Bit(argv[1]));
    if (test == tests.end()) {
        std::fputs("Name one of these tests first:\n", stderr);
        for (const auto &[name, run] : tests)
            std::fprintf(stderr, "  %s\n", qPrintable(name));
        return 2;
    }
    argv[1] = argv[0];
    return test->second(argc - 1, argv + 1);
}
