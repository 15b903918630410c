#include "models/draft/draftautosave.h"

#include "backend/batch/json.h"
#include "backend/paths.h"
#include "backend/savefile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLoggingCategory>
#include <QSaveFile>

using namespace std::chrono_literals;

namespace batchyard::models {

namespace {
Q_LOGGING_CATEGORY(lcDraft, "batchyard.models.draft")
constexpr auto saveDelay = 1s;
} // namespace

DraftAutosave::DraftAutosave(DraftBase &draft, const QString &fileName, QObject *parent)
    : QObject(parent)
    , m_draft(draft)
    , m_fileName(fileName)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(saveDelay);
    connect(&m_timer, &QTimer::timeout, this, &DraftAutosave::save);
    // Not restarted by each edit: the oldest unsaved edit counts.
    connect(&draft, &DraftBase::changed, this, [this] {
        if (m_active && m_draft.isModified() && !m_timer.isActive())
            m_timer.start();
    });
}

DraftAutosave::~DraftAutosave()
{
    if (m_timer.isActive())
        save();
}

QString DraftAutosave::fileFor(const QString &kind)
{
    return Paths::fromEnvironment().state + QStringLiteral("/drafts/") + kind
        + QStringLiteral(".json");
}

std::optional<QDateTime> DraftAutosave::restore()
{
    const QFileInfo info(m_fileName);
    if (!info.isFile() || info.size() > batch::maximumDocumentBytes)
        return std::nullopt;
    QFile file(m_fileName);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    m_draft.restoreJsonText(QString::fromUtf8(file.readAll()));
    m_draft.endStep();
    m_timer.stop();
    return info.lastModified();
}

void DraftAutosave::discard()
{
    m_active = false;
    m_timer.stop();
    QFile::remove(m_fileName);
}

void DraftAutosave::save()
{
    m_timer.stop();
    if (!m_draft.isModified()) {
        QFile::remove(m_fileName);
        return;
    }
    if (!QDir().mkpath(QFileInfo(m_fileName).path())) {
        qCWarning(lcDraft) << "cannot make the folder of" << m_fileName;
        return;
    }
    // 0600: environment values may be private.
    QSaveFile file(m_fileName);
    if (!file.open(QIODevice::WriteOnly)
        || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || file.write(m_draft.jsonText().toUtf8()) < 0 || !commitWhole(file))
        qCWarning(lcDraft) << "cannot save" << m_fileName << file.errorString();
}

} // namespace batchyard::models
