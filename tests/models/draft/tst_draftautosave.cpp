#include "models/draft/draftautosave.h"
#include "models/draft/drafts.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::models;

class DraftAutosaveTest : public QObject
{
    Q_OBJECT

private slots:
    void savesWithinTwoSeconds();
    void restoresAlsoBrokenText();
    void discardLeavesNothing();
    void untouchedDraftLeavesNothing();

private:
    static void rename(JobQueueDraft &draft, const QString &name)
    {
        draft.edit(u"jobQueueName"_s, [&](batch::JobQueue &value) { value.jobQueueName = name; });
    }
    [[nodiscard]] QString fileName() const { return m_folder.filePath(u"drafts/queue.json"_s); }

    QTemporaryDir m_folder;
};

void DraftAutosaveTest::savesWithinTwoSeconds()
{
    JobQueueDraft draft;
    DraftAutosave autosave(draft, fileName());
    rename(draft, u"maze"_s);
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(fileName()), 2000);
    QCOMPARE(QFileInfo(fileName()).permissions() & 0x0077, QFile::Permissions());
    JobQueueDraft again;
    DraftAutosave other(again, fileName());
    QVERIFY(other.restore());
    QCOMPARE(again.value().jobQueueName, u"maze"_s);
    QVERIFY(again.isModified());
    autosave.discard();
    other.discard();
}

void DraftAutosaveTest::restoresAlsoBrokenText()
{
    {
        JobQueueDraft draft;
        DraftAutosave autosave(draft, fileName());
        draft.setJsonText(u"{ \"jobQueueName\": "_s);
    } // the end writes what is pending
    JobQueueDraft again;
    DraftAutosave autosave(again, fileName());
    QVERIFY(autosave.restore());
    QCOMPARE(again.jsonText(), u"{ \"jobQueueName\": "_s);
    QVERIFY(again.jsonProblem());
    autosave.discard();
}

void DraftAutosaveTest::discardLeavesNothing()
{
    {
        JobQueueDraft draft;
        DraftAutosave autosave(draft, fileName());
        rename(draft, u"maze"_s);
        autosave.discard();
        rename(draft, u"maze2"_s);
    }
    QVERIFY(!QFile::exists(fileName()));
}

void DraftAutosaveTest::untouchedDraftLeavesNothing()
{
    {
        JobQueueDraft draft;
        DraftAutosave autosave(draft, fileName());
        rename(draft, u"maze"_s);
        draft.undo();
    }
    QVERIFY(!QFile::exists(fileName()));
    JobQueueDraft draft;
    DraftAutosave autosave(draft, fileName());
    QVERIFY(!autosave.restore());
}

QTEST_GUILESS_MAIN(DraftAutosaveTest)
#include "tst_draftautosave.moc"
