// Makes one program of the tests of a folder, which builds much sooner than a program for each: Qt
// Test's main macros enter the class in a list under its file's name instead of defining main().
// Precompiled into every test. The program runs the test that its first argument names.
#pragma once

#include <QCoreApplication>
#include <QFile>
#include <QFuture>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

namespace batchyard::tests {

using TestMain = int (*)(int argc, char **argv);

// Returns true, so that it can initialise a static.
bool enterTest(const char *file, TestMain main);

} // namespace batchyard::tests

// All of Qt Test's main macros go through this one.
#undef QTEST_MAIN_WRAPPER
#define QTEST_MAIN_WRAPPER(TestObject, ...)                                                        \
    namespace {                                                                                    \
    int mainOf##TestObject(int argc, char **argv)                                                  \
    {                                                                                              \
        QTest::Internal::callInitMain<TestObject>();                                               \
        __VA_ARGS__                                                                                \
        TestObject test;                                                                           \
        QTEST_SET_MAIN_SOURCE_PATH                                                                 \
        return QTest::qExec(&test, argc, argv);                                                    \
    }                                                                                              \
    const bool isEntered##TestObject = batchyard::tests::enterTest(__FILE__, &mainOf##TestObject); \
    }
