#include "models/console/filterproxy.h"

#include "models/console/tablemodel.h"

#include <algorithm>

namespace batchyard::models {

FilterProxy::FilterProxy(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(TableModel::SortRole);
    setSortCaseSensitivity(Qt::CaseInsensitive);
    setDynamicSortFilter(true);
}

void FilterProxy::setText(const QString &text)
{
    m_text = text;
    m_words = text.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

void FilterProxy::setValues(int role, const QSet<QString> &values)
{
    m_role = role;
    m_values = values;
    invalidateFilter();
}

bool FilterProxy::filterAcceptsRow(int row, const QModelIndex &) const
{
    if (!m_values.isEmpty()
        && !m_values.contains(sourceModel()->index(row, 0).data(m_role).toString()))
        return false;
    return std::all_of(m_words.begin(), m_words.end(),
                       [this, row](const QString &word) { return hasWord(row, word); });
}

bool FilterProxy::hasWord(int row, const QString &word) const
{
    const QAbstractItemModel *source = sourceModel();
    if (source->index(row, 0)
            .data(TableModel::KeyRole)
            .toString()
            .contains(word, Qt::CaseInsensitive))
        return true;
    for (int column = 0; column < source->columnCount(); ++column) {
        if (source->index(row, column).data().toString().contains(word, Qt::CaseInsensitive))
            return true;
    }
    return false;
}

} // namespace batchyard::models
