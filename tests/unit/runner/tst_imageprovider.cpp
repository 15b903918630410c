// Where an image comes from, and that it is fetched once for all who wait.
#include "backend/executor/runner/imageprovider.h"

#include "backend/executor/runner/bundledimages.h"
#include "tests/support/engine/scriptedengine.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace batchyard;
using namespace batchyard::executor;
using batchyard::test::ScriptedEngine;

Q_DECLARE_METATYPE(batchyard::executor::ImageWish)
Q_DECLARE_METATYPE(batchyard::executor::ImageWish::Policy)

class TestImageProvider : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_share;
    std::unique_ptr<ScriptedEngine> m_engine;
    std::unique_ptr<ImageProvider> m_provider;

    void write(const QString &path, const QByteArray &text)
    {
        const QString whole = m_share->filePath(QStringLiteral("simulation/") + path);
        QVERIFY(QDir().mkpath(QFileInfo(whole).absolutePath()));
        QFile file(whole);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(text), text.size());
    }
    [[nodiscard]] QString folder(const QString &image) const
    {
        return bundledFolder(image, m_share->filePath(QStringLiteral("simulation")))
            .mid(m_share->path().size());
    }

private slots:
    void init()
    {
        m_share = std::make_unique<QTemporaryDir>();
        m_engine = std::make_unique<ScriptedEngine>();
        m_provider = std::make_unique<ImageProvider>(*m_engine, Paths{{}, m_share->path()},
                                                     QMap<QString, QString>{});
    }
    void cleanup()
    {
        m_provider.reset();
        m_engine.reset();
    }

    void presentImageIsLookedForOnce()
    {
        int done = 0;
        for (int i = 0; i < 3; ++i)
            m_provider->ensure(QStringLiteral("a:1"), this, [&](const Result<void> &r) {
                QVERIFY(r);
                ++done;
            });
        QTRY_COMPARE(done, 3);
        m_provider->ensure(QStringLiteral("a:1"), this, [&](const Result<void> &) { ++done; });
        QCOMPARE(done, 4);
        QCOMPARE(m_engine->calls(), QStringList{QStringLiteral("image a:1")});
        m_provider->forget(QStringLiteral("a:1"));
        m_provider->ensure(QStringLiteral("a:1"), this, [&](const Result<void> &) { ++done; });
        QTRY_COMPARE(done, 5);
        QCOMPARE(m_engine->calls().size(), 2);
    }

    void missingImageIsPulledOnce()
    {
        m_engine->setImageMissing(QStringLiteral("a:1"));
        int done = 0;
        for (int i = 0; i < 3; ++i)
            m_provider->ensure(QStringLiteral("a:1"), this, [&](const Result<void> &r) {
                QVERIFY(r);
                ++done;
            });
        QTRY_COMPARE(done, 3);
        QCOMPARE(m_engine->acts(), QStringList{QStringLiteral("pull a:1")});
    }

    void sharesAPullOnlyWithTheSameWish_data()
    {
        QTest::addColumn<ImageWish>("other");
        QTest::addColumn<int>("pulls");
        using Policy = ImageWish::Policy;
        const QString image = QStringLiteral("a:1");
        const docker::RegistryCredentials credentials{QStringLiteral("u"), QStringLiteral("p")};
        QTest::newRow("the same") << ImageWish{image, {}, Policy::Always, {}} << 1;
        QTest::newRow("a platform")
            << ImageWish{image, QStringLiteral("linux/arm64"), Policy::Always, {}} << 2;
        QTest::newRow("a policy") << ImageWish{image, {}, Policy::IfMissing, {}} << 2;
        QTest::newRow("credentials") << ImageWish{image, {}, Policy::Always, credentials} << 2;
    }

    // The registry refuses what comes first.
    void sharesAPullOnlyWithTheSameWish()
    {
        QFETCH(ImageWish, other);
        QFETCH(int, pulls);
        m_engine->setImageMissing(QStringLiteral("a:1"));
        m_engine->inject(QStringLiteral("pull"), ScriptedEngine::Fault::Refused, 1,
                         Error{ErrorCode::AccessDenied, QStringLiteral("denied"), {}});
        std::optional<Result<void>> first;
        std::optional<Result<void>> second;
        m_provider->ensure(ImageWish{QStringLiteral("a:1"), {}, ImageWish::Policy::Always, {}},
                           this, [&](const Result<void> &r) { first = r; });
        m_provider->ensure(other, this, [&](const Result<void> &r) { second = r; });
        QTRY_VERIFY(first && second);
        QVERIFY(!*first);
        QCOMPARE(second->has_value(), pulls == 2);
        QCOMPARE(m_engine->acts().size(), pulls);
    }

    void failedPullIsTriedAgainByTheNext()
    {
        m_engine->setImageMissing(
            QStringLiteral("a:1"),
            Error{ErrorCode::NotFound, QStringLiteral("manifest unknown"), {}});
        QStringList errors;
        const auto ask = [&] {
            m_provider->ensure(QStringLiteral("a:1"), this, [&](const Result<void> &r) {
                errors.append(r ? QString() : r.error().message);
            });
        };
        ask();
        QTRY_COMPARE(errors, QStringList{QStringLiteral("manifest unknown")});
        ask();
        QTRY_COMPARE(errors.size(), 2);
        QCOMPARE(m_engine->acts().size(), 2);
    }

    // F20: what the registry fails is tried five times, what it refuses is not.
    void failuresOfTheRegistry_data()
    {
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<int>("failures");
        QTest::addColumn<bool>("comes");
        QTest::addColumn<int>("pulls");
        QTest::newRow("F20 5xx once") << ErrorCode::Io << 1 << true << 2;
        QTest::newRow("F20 5xx four times") << ErrorCode::Io << 4 << true << 5;
        QTest::newRow("F20 5xx for ever") << ErrorCode::Io << 100 << false << 5;
        QTest::newRow("F20 401") << ErrorCode::AccessDenied << 100 << false << 1;
        QTest::newRow("F20 tag is gone") << ErrorCode::NotFound << 100 << false << 1;
        QTest::newRow("engine is away") << ErrorCode::Unreachable << 100 << false << 1;
    }
    void failuresOfTheRegistry()
    {
        QFETCH(ErrorCode, code);
        QFETCH(int, failures);
        QFETCH(bool, comes);
        QFETCH(int, pulls);
        m_provider->setRetryDelay(std::chrono::milliseconds(1));
        m_engine->setImageMissing(QStringLiteral("a:1"));
        m_engine->inject(QStringLiteral("pull"), ScriptedEngine::Fault::Refused, failures,
                         Error{code, QStringLiteral("registry says no"), {}});
        QStringList waits;
        connect(m_provider.get(), &ImageProvider::progressed, this, [&](const QString &image) {
            if (m_provider->progress(image).contains(u"again"))
                waits.append(m_provider->progress(image));
        });
        std::optional<Result<void>> outcome;
        m_provider->ensure(QStringLiteral("a:1"), this,
                           [&](const Result<void> &r) { outcome = r; });
        QTRY_VERIFY(outcome);
        QCOMPARE(outcome->has_value(), comes);
        if (!comes)
            QCOMPARE(outcome->error().message, QStringLiteral("registry says no"));
        QCOMPARE(m_engine->acts().size(), pulls);
        QCOMPARE(waits.size(), pulls - 1);
        if (pulls > 1)
            QCOMPARE(waits.last(),
                     QStringLiteral("Pulling image a:1 again in 1 s (try %1 of 5): registry says "
                                    "no")
                         .arg(pulls));
    }

    void policies_data()
    {
        QTest::addColumn<ImageWish::Policy>("policy");
        QTest::addColumn<bool>("present");
        QTest::addColumn<int>("pulls");
        QTest::addColumn<bool>("comes");
        QTest::newRow("if missing, present") << ImageWish::Policy::IfMissing << true << 0 << true;
        QTest::newRow("if missing, missing") << ImageWish::Policy::IfMissing << false << 1 << true;
        QTest::newRow("always, present") << ImageWish::Policy::Always << true << 1 << true;
        QTest::newRow("never, present") << ImageWish::Policy::Never << true << 0 << true;
        QTest::newRow("never, missing") << ImageWish::Policy::Never << false << 0 << false;
    }
    void policies()
    {
        QFETCH(ImageWish::Policy, policy);
        QFETCH(bool, present);
        QFETCH(int, pulls);
        QFETCH(bool, comes);
        if (!present)
            m_engine->setImageMissing(QStringLiteral("a:1"));
        std::optional<Result<void>> outcome;
        m_provider->ensure(ImageWish{QStringLiteral("a:1"), {}, policy}, this,
                           [&](const Result<void> &r) { outcome = r; });
        QTRY_VERIFY(outcome);
        QCOMPARE(outcome->has_value(), comes);
        QCOMPARE(m_engine->acts().size(), pulls);
    }

    void anotherProcessorsImageIsPulled()
    {
        for (const auto &[platform, pulls] : {std::pair("linux/amd64", 0), {"linux/arm64", 1}}) {
            m_engine->clearCalls();
            std::optional<Result<void>> outcome;
            m_provider->ensure(ImageWish{QStringLiteral("a:1"), QString::fromLatin1(platform)},
                               this, [&](const Result<void> &r) { outcome = r; });
            QTRY_VERIFY(outcome);
            QCOMPARE(m_engine->acts().size(), pulls);
        }
    }

    void whoIsGoneIsNotTold()
    {
        m_engine->setImageMissing(QStringLiteral("a:1"));
        auto context = std::make_unique<QObject>();
        bool told = false;
        m_provider->ensure(QStringLiteral("a:1"), context.get(),
                           [&](const Result<void> &) { told = true; });
        context.reset();
        QTRY_COMPARE(m_engine->acts().size(), 1);
        QCoreApplication::processEvents();
        QVERIFY(!told);
    }

    void bundledImageIsBuiltAndNotPulled()
    {
        write(QStringLiteral("maze-model-cpp/Dockerfile"), "FROM scratch\nCOPY a /a\n");
        write(QStringLiteral("maze-model-cpp/a"), "x");
        m_engine->setImageMissing(QStringLiteral("batchyard/maze-model:cpp"));
        bool done = false;
        m_provider->ensure(QStringLiteral("batchyard/maze-model:cpp"), this,
                           [&](const Result<void> &r) { done = r.has_value(); });
        QTRY_VERIFY(done);
        QCOMPARE(m_engine->acts(), QStringList{QStringLiteral("build batchyard/maze-model:cpp")});
    }

    void folders()
    {
        write(QStringLiteral("maze-model-cpp/Dockerfile"), "FROM scratch\n");
        write(QStringLiteral("pause/Dockerfile"), "FROM scratch\n");
        QCOMPARE(folder(QStringLiteral("batchyard/maze-model:cpp")),
                 QStringLiteral("/simulation/maze-model-cpp"));
        QCOMPARE(folder(QStringLiteral("batchyard/pause:1")), QStringLiteral("/simulation/pause"));
        for (const char *other :
             {"batchyard/maze-model:go", "pause:1", "registry.example/batchyard/pause:1",
              "batchyard/", "batchyard/../pause:1", "batchyard/a/b:1"})
            QCOMPARE(folder(QString::fromLatin1(other)), QString());
    }

    void labelFollowsTheContent()
    {
        write(QStringLiteral("m-x/Dockerfile"), "ARG BASE_IMAGE=python\nFROM $BASE_IMAGE\n");
        const auto label = [&](const QMap<QString, QString> &arguments) {
            const auto build
                = bundledBuild(QStringLiteral("batchyard/m:x"),
                               m_share->filePath(QStringLiteral("simulation/m-x")), arguments);
            return build ? build->labels.value(contextLabel) : QString();
        };
        const QString first = label({});
        QCOMPARE(first.size(), 64);
        QCOMPARE(label({}), first);
        QCOMPARE(label({{QStringLiteral("OTHER"), QStringLiteral("1")}}), first);
        QVERIFY(label({{QStringLiteral("BASE_IMAGE"), QStringLiteral("mine")}}) != first);
        write(QStringLiteral("m-x/extra"), "1");
        QVERIFY(label({}) != first);
    }
};

QTEST_GUILESS_MAIN(TestImageProvider)
#include "tst_imageprovider.moc"
