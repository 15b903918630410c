// What has happened in this session that a person may want to read again: errors with their
// details, and what went well.
#pragma once

#include "backend/result.h"

#include <QAbstractListModel>
#include <QDateTime>

namespace batchyard::ui {

class Notifications final : public QAbstractListModel
{
    Q_OBJECT

public:
    struct Entry {
        QDateTime time;
        Error error; // message alone for what went well
        bool isError = true;
        int count = 1; // the same again, one after the other
    };

    using QAbstractListModel::QAbstractListModel;

    void addError(const Error &error);
    void addNotice(const QString &text);
    void clear();
    void markRead();

    [[nodiscard]] int unreadErrors() const { return m_unread; }
    [[nodiscard]] QString fullText(int row) const; // with the raw cause, for the clipboard

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override; // newest first

signals:
    void unreadChanged();

private:
    void add(const Error &error, bool isError);

    QList<Entry> m_entries; // newest first
    int m_unread = 0;
};

} // namespace batchyard::ui
