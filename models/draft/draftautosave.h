// Keeps a draft in a file while it is edited, so that a crash or a closed window loses nothing.
#pragma once

#include "models/draft/draft.h"

#include <QDateTime>

namespace batchyard::models {

class DraftAutosave final : public QObject
{
    Q_OBJECT

public:
    // The file is written at most 2 s after an edit; a draft that was not edited leaves none.
    DraftAutosave(DraftBase &draft, const QString &fileName, QObject *parent = nullptr);
    // Writes what is pending.
    ~DraftAutosave() override;

    // <state>/drafts/<kind>.json of this user.
    [[nodiscard]] static QString fileFor(const QString &kind);

    // Puts the saved text into the draft; nullopt when there is none, else when it was saved.
    std::optional<QDateTime> restore();
    // Removes the file and saves no more: the draft was sent or given up.
    void discard();

private:
    void save();

    DraftBase &m_draft;
    QString m_fileName;
    QTimer m_timer;
    bool m_active = true;
};

} // namespace batchyard::models
