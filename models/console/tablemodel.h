// The base of the console's tables. TableModel closes the index code; RecordModel holds values with
// a key and takes a new list by difference, so that selection and scroll position live.
#pragma once

#include <QAbstractTableModel>
#include <QSet>

#include <algorithm>

namespace batchyard::models {

class TableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Role {
        SortRole = Qt::UserRole, // a value to compare, where the text does not sort well
        KeyRole, // what identifies the row
        FirstOwnRole,
    };

    using QAbstractTableModel::QAbstractTableModel;

    int columnCount(const QModelIndex &parent = {}) const final;
    int rowCount(const QModelIndex &parent = {}) const final;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const final;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const final;

protected:
    [[nodiscard]] virtual int columns() const = 0;
    [[nodiscard]] virtual int rows() const = 0;
    [[nodiscard]] virtual QString header(int column) const = 0;
    [[nodiscard]] virtual QVariant cell(int row, int column, int role) const = 0;
};

// Record: a struct with operator==. Key: a unique, unchanging text.
template <typename Record>
class RecordModel : public TableModel
{
public:
    using TableModel::TableModel;

    [[nodiscard]] const QList<Record> &records() const { return m_records; }
    [[nodiscard]] const Record &record(int row) const { return m_records.at(row); }
    [[nodiscard]] int rowOf(const QString &wanted) const
    {
        for (int row = 0; row < rows(); ++row) {
            if (key(m_records.at(row)) == wanted)
                return row;
        }
        return -1;
    }

    // The rows become these, in this order. A key that comes twice keeps its first record.
    void setRecords(const QList<Record> &records)
    {
        QSet<QString> kept;
        QList<Record> wanted;
        wanted.reserve(records.size());
        for (const Record &record : records) {
            if (!kept.contains(key(record))) {
                kept.insert(key(record));
                wanted.append(record);
            }
        }
        removeOthers(kept);
        QSet<QString> present;
        for (const Record &record : std::as_const(m_records))
            present.insert(key(record));
        for (int row = 0; row < static_cast<int>(wanted.size());) {
            const int fresh = countFresh(wanted, row, present);
            if (fresh > 0) {
                beginInsertRows({}, row, row + fresh - 1);
                m_records.insert(row, fresh, Record{});
                std::copy_n(wanted.begin() + row, fresh, m_records.begin() + row);
                endInsertRows();
                row += fresh;
            } else {
                place(row, wanted.at(row));
                ++row;
            }
        }
    }

protected:
    [[nodiscard]] virtual QString key(const Record &record) const = 0;
    [[nodiscard]] int rows() const final { return static_cast<int>(m_records.size()); }

private:
    void removeOthers(const QSet<QString> &kept)
    {
        for (int last = rows() - 1; last >= 0; --last) {
            if (kept.contains(key(m_records.at(last))))
                continue;
            int first = last;
            while (first > 0 && !kept.contains(key(m_records.at(first - 1))))
                --first;
            beginRemoveRows({}, first, last);
            m_records.remove(first, last - first + 1);
            endRemoveRows();
            last = first;
        }
    }

    [[nodiscard]] int countFresh(const QList<Record> &wanted, int from,
                                 const QSet<QString> &present) const
    {
        int to = from;
        while (to < static_cast<int>(wanted.size()) && !present.contains(key(wanted.at(to))))
            ++to;
        return to - from;
    }

    // The record is present, and everything above the row is in place already.
    void place(int row, const Record &record)
    {
        const QString wanted = key(record);
        int found = row;
        while (key(m_records.at(found)) != wanted)
            ++found;
        if (found != row) {
            beginMoveRows({}, found, found, {}, row);
            m_records.move(found, row);
            endMoveRows();
        }
        if (m_records.at(row) != record) {
            m_records[row] = record;
            emit dataChanged(index(row, 0), index(row, columns() - 1));
        }
    }

    QList<Record> m_records;
};

} // namespace batchyard::models
