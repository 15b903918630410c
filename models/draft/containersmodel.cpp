#include "models/draft/containersmodel.h"

#include <algorithm>

namespace batchyard::models {

void ContainersModel::setContainers(const QList<batch::TaskContainerProperties> &containers,
                                    const batch::Faults &faults, const QString &pathPrefix)
{
    QList<Row> rows;
    for (int i = 0; i < containers.size(); ++i) {
        const QString path = QStringLiteral("%1[%2]").arg(pathPrefix).arg(i);
        const auto errors
            = std::count_if(faults.cbegin(), faults.cend(), [&path](const batch::Fault &fault) {
                  return fault.severity == batch::Fault::Severity::Error
                      && (fault.path == path || fault.path.startsWith(path + u'.'));
              });
        rows.append({containers[i].name, containers[i].image, containers[i].isEssential(),
                     static_cast<int>(errors)});
    }

    const auto oldCount = static_cast<int>(m_rows.size());
    const auto newCount = static_cast<int>(rows.size());
    if (newCount < oldCount) {
        beginRemoveRows({}, newCount, oldCount - 1);
        m_rows.resize(newCount);
        endRemoveRows();
    }
    const auto common = static_cast<int>(m_rows.size());
    for (int i = 0; i < common; ++i) {
        if (m_rows[i] == rows[i])
            continue;
        m_rows[i] = rows[i];
        emit dataChanged(index(i), index(i));
    }
    if (newCount > common) {
        beginInsertRows({}, common, newCount - 1);
        m_rows = rows;
        endInsertRows();
    }
}

int ContainersModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant ContainersModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row &row = m_rows[index.row()];
    const QString name = row.name.isEmpty() ? tr("(no name)") : row.name;
    const QString summary = (row.image.isEmpty() ? tr("no image") : row.image) + u" · "
        + (row.essential ? tr("essential") : tr("not essential"));
    switch (role) {
    case Qt::DisplayRole:
        return name;
    case NameRole:
        return row.name;
    case ImageRole:
        return row.image;
    case EssentialRole:
        return row.essential;
    case ErrorCountRole:
        return row.errors;
    case SummaryRole:
        return summary;
    case Qt::AccessibleTextRole:
        return row.errors == 0
            ? tr("Container %1, %2").arg(name, summary)
            : tr("Container %1, %2, problems: %3").arg(name, summary).arg(row.errors);
    default:
        return {};
    }
}

} // namespace batchyard::models
