// What containers print, as a real daemon gives it.
#include "tests/docker/enginetest.h"

#include "tests/support/engine/outputcollector.h"

using namespace batchyard;
using namespace batchyard::docker;
using test::await;
using test::OutputCollector;

class TestEngineOutput : public test::EngineTest
{
    Q_OBJECT
private slots:
    void attachBeforeStartLosesNothing();
    void floodIsComplete();
    void longLinesComeInPieces();
    void storedOutputEqualsAttached();
    void followedLogEndsWithTheContainer();
};

void TestEngineOutput::attachBeforeStartLosesNothing()
{
    for (int i = 0; i < 50; ++i) {
        const QString id = create(shell(QStringLiteral("echo out %1; echo err %1 >&2").arg(i)));
        QVERIFY(!id.isEmpty());
        OutputCollector output;
        const auto stream = m_engine->attach(id, output.sink());
        QVERIFY(output.waitStarted());
        VERIFY_RESULT(await(m_engine->startContainer(id)));
        QVERIFY(output.waitEnded());
        VERIFY_RESULT(output.outcome());
        QCOMPARE(output.bytes(), QByteArray("out " + QByteArray::number(i) + '\n'));
        QCOMPARE(output.bytes(OutputChunk::Stream::Stderr),
                 QByteArray("err " + QByteArray::number(i) + '\n'));
        VERIFY_RESULT(await(m_engine->removeContainer(id, true)));
    }
}

void TestEngineOutput::floodIsComplete()
{
    ContainerSpec spec = shell(QStringLiteral("seq 200000"));
    spec.logDriver = QStringLiteral("local");
    const QString id = create(spec);
    OutputCollector output;
    const auto stream = m_engine->attach(id, output.sink());
    QVERIFY(output.waitStarted());
    VERIFY_RESULT(await(m_engine->startContainer(id)));
    QVERIFY(output.waitEnded());
    QByteArray expected;
    for (int i = 1; i <= 200'000; ++i)
        expected += QByteArray::number(i) + '\n';
    QCOMPARE(output.bytes().size(), expected.size());
    QVERIFY(output.bytes() == expected);
}

void TestEngineOutput::longLinesComeInPieces()
{
    constexpr qsizetype length = 40'000;
    const QString id = create(
        shell(QStringLiteral("head -c %1 /dev/zero | tr '\\0' x; echo; echo next").arg(length)));
    OutputCollector attached;
    const auto stream = m_engine->attach(id, attached.sink());
    QVERIFY(attached.waitStarted());
    QCOMPARE(run(id), 0);
    QVERIFY(attached.waitEnded());
    const QByteArray expected = QByteArray(length, 'x') + "\nnext\n";
    QVERIFY(attached.bytes() == expected);

    OutputCollector stored;
    const auto log = m_engine->logs(id, false, stored.sink());
    QVERIFY(stored.waitEnded());
    QVERIFY(stored.bytes() == expected);
    const QList<OutputChunk> pieces = stored.chunks();
    QCOMPARE(pieces.size(), 4);
    QCOMPARE(pieces.first().bytes.size(), 16 * 1024);
    for (const OutputChunk &piece : pieces)
        QVERIFY(piece.time);
}

void TestEngineOutput::storedOutputEqualsAttached()
{
    const QString id = create(shell(QStringLiteral(
        "for i in $(seq 500); do echo out $i; echo err $i >&2; done; printf 'no newline'")));
    OutputCollector attached;
    const auto stream = m_engine->attach(id, attached.sink());
    QVERIFY(attached.waitStarted());
    QCOMPARE(run(id), 0);
    QVERIFY(attached.waitEnded());
    OutputCollector stored;
    const auto log = m_engine->logs(id, true, stored.sink());
    QVERIFY(stored.waitEnded());
    VERIFY_RESULT(stored.outcome());
    QVERIFY(attached.bytes().endsWith("no newline"));
    QCOMPARE(stored.bytes(), attached.bytes());
    QCOMPARE(stored.bytes(OutputChunk::Stream::Stderr),
             attached.bytes(OutputChunk::Stream::Stderr));
}

void TestEngineOutput::followedLogEndsWithTheContainer()
{
    ContainerSpec spec = shell(
        QStringLiteral("trap 'echo bye; exit 0' TERM; echo hello; while :; do sleep 0.05; done"));
    const QString running = create(spec);
    VERIFY_RESULT(await(m_engine->startContainer(running)));
    OutputCollector followed;
    const auto log = m_engine->logs(running, true, followed.sink());
    QVERIFY(followed.waitStarted());
    QTRY_COMPARE(followed.bytes(), QByteArray("hello\n"));
    QVERIFY(!followed.hasEnded());
    VERIFY_RESULT(await(m_engine->stopContainer(running, 10)));
    QVERIFY(followed.waitEnded());
    VERIFY_RESULT(followed.outcome());
    QCOMPARE(followed.bytes(), QByteArray("hello\nbye\n"));

    OutputCollector unknown;
    const auto none = m_engine->attach(QStringLiteral("nobody"), unknown.sink());
    QVERIFY(unknown.waitEnded());
    QVERIFY(!unknown.outcome());
    QCOMPARE(unknown.outcome().error().code, ErrorCode::NotFound);
}

QTEST_GUILESS_MAIN(TestEngineOutput)
#include "tst_engineoutput.moc"
