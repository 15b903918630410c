// What labels of each attempt's pause container, or lone container, tell of its job, so that a
// running attempt can be taken up again when the state database is lost: the job's row and
// documents and the names of its containers, compressed. Documents have no secrets in them, only
// where those are to be found.
#pragma once

#include "backend/executor/store/store.h"

namespace batchyard::executor {

inline constexpr QLatin1StringView recordLabel{"dev.batchyard.record"};
inline constexpr QLatin1StringView parentLabel{"dev.batchyard.parent"};

using Labels = QMap<QString, QString>;

struct LabelledAttempt {
    JobRecord job; // of a child or node without documents, which are its parent's
    std::optional<JobRecord> parent; // of a child or node
    AttemptRecord attempt;
};

[[nodiscard]] Labels toLabels(const LabelledAttempt &attempt);
// nullopt: they are no such labels.
[[nodiscard]] std::optional<LabelledAttempt> fromLabels(const Labels &labels);

// Makes the labels of attempts as they begin. A parent is read and compressed once for all of its
// children that begin one after the other.
class RecoveryLabels
{
public:
    explicit RecoveryLabels(const Store &store);

    // Of a job's record without its documents. Empty when the store cannot be read.
    [[nodiscard]] Labels of(const JobRecord &job, const AttemptRecord &attempt);

private:
    [[nodiscard]] QString parentText(const QString &parentId);

    const Store &m_store;
    QString m_parentId;
    QString m_parentText;
};

} // namespace batchyard::executor
