#include "ui/window/palettemodel.h"

#include "ui/theme/theme.h"

#include <algorithm>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

PaletteModel::PaletteModel(models::Console &console, const ActionRegistry &registry,
                           QObject *parent)
    : QAbstractListModel(parent)
    , m_console(console)
    , m_registry(registry)
{
}

void PaletteModel::reload()
{
    beginResetModel();
    m_all.clear();
    for (const ActionRegistry::Entry &entry : m_registry.entries()) {
        m_all.append({QString(entry.action->text()).remove(u'&').remove(u" …"_s),
                      entry.category,
                      {},
                      entry.action,
                      {}});
    }
    // What can be done now stands before what cannot.
    std::stable_partition(m_all.begin(), m_all.end(),
                          [](const Entry &entry) { return entry.action->isEnabled(); });
    for (const batch::JobSummary &job : m_console.jobs().records())
        m_all.append(
            {job.jobName, tr("Job"), u"view-list-details"_s, nullptr, {u"job"_s, job.jobId, {}}});
    for (const batch::JobDefinition &definition : m_console.definitions().records()) {
        const QString name = definition.nameAndRevision();
        m_all.append(
            {name, tr("Job definition"), u"code-context"_s, nullptr, {u"definitions"_s, name, {}}});
    }
    for (const batch::JobQueue &queue : m_console.queues().records())
        m_all.append({queue.jobQueueName,
                      tr("Job queue"),
                      u"view-list-tree"_s,
                      nullptr,
                      {u"queues"_s, queue.jobQueueName, {}}});
    for (const auto &environment : m_console.environments().records()) {
        const QString &name = environment.computeEnvironmentName;
        m_all.append({name,
                      tr("Compute environment"),
                      u"computer"_s,
                      nullptr,
                      {u"environments"_s, name, {}}});
    }
    narrow();
    endResetModel();
}

void PaletteModel::setWords(const QString &words)
{
    beginResetModel();
    m_words = words.split(u' ', Qt::SkipEmptyParts);
    narrow();
    endResetModel();
}

void PaletteModel::narrow()
{
    m_rows.clear();
    QList<int> inside;
    for (int i = 0; i < static_cast<int>(m_all.size()); ++i) {
        const Entry &entry = m_all.at(i);
        const bool fits
            = std::all_of(m_words.begin(), m_words.end(), [&entry](const QString &word) {
                  return entry.text.contains(word, Qt::CaseInsensitive)
                      || entry.category.contains(word, Qt::CaseInsensitive)
                      || entry.location.object.contains(word, Qt::CaseInsensitive);
              });
        if (!fits)
            continue;
        // Names that begin with what was typed come first.
        const bool begins
            = !m_words.isEmpty() && entry.text.startsWith(m_words.first(), Qt::CaseInsensitive);
        (begins ? m_rows : inside).append(i);
    }
    m_rows += inside;
}

const PaletteModel::Entry &PaletteModel::entry(int row) const
{
    return m_all.at(m_rows.at(row));
}

QAction *PaletteModel::action(int row) const
{
    return entry(row).action;
}

Location PaletteModel::location(int row) const
{
    return entry(row).location;
}

int PaletteModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant PaletteModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Entry &found = entry(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return found.text;
    case Qt::DecorationRole:
        return found.action ? found.action->icon() : icon(found.iconName);
    case CategoryRole:
        return found.category;
    case ShortcutRole:
        return found.action ? found.action->shortcut().toString(QKeySequence::NativeText)
                            : QString();
    case IsEnabledRole:
        return !found.action || found.action->isEnabled();
    }
    return {};
}

} // namespace batchyard::ui
