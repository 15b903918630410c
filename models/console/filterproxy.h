// Sorting by SortRole and filtering by words over any of the console's tables. All words must be
// found, each in any column; on top of that a set of values of one role can be asked for.
#pragma once

#include <QSet>
#include <QSortFilterProxyModel>

namespace batchyard::models {

class FilterProxy final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit FilterProxy(QObject *parent = nullptr);

    void setText(const QString &text);
    [[nodiscard]] QString text() const { return m_text; }
    // Only rows whose role has one of these values (as text); an empty set means all.
    void setValues(int role, const QSet<QString> &values);
    [[nodiscard]] bool isFiltering() const { return !m_words.isEmpty() || !m_values.isEmpty(); }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    [[nodiscard]] bool hasWord(int row, const QString &word) const;

    QString m_text;
    QStringList m_words;
    int m_role = 0;
    QSet<QString> m_values;
};

} // namespace batchyard::models
