#include "ui/window/notifications.h"

#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype maximumEntries = 200;

} // namespace

void Notifications::addError(const Error &error)
{
    add(error, true);
    ++m_unread;
    emit unreadChanged();
}

void Notifications::addNotice(const QString &text)
{
    add({ErrorCode::Cancelled, text, {}}, false);
}

void Notifications::add(const Error &error, bool isError)
{
    if (!m_entries.isEmpty() && m_entries.first().error == error) {
        m_entries.first().time = QDateTime::currentDateTime();
        ++m_entries.first().count;
        emit dataChanged(index(0), index(0));
        return;
    }
    beginInsertRows({}, 0, 0);
    m_entries.prepend({QDateTime::currentDateTime(), error, isError, 1});
    endInsertRows();
    if (m_entries.size() > maximumEntries) {
        const int last = static_cast<int>(m_entries.size()) - 1;
        beginRemoveRows({}, last, last);
        m_entries.removeLast();
        endRemoveRows();
    }
}

void Notifications::clear()
{
    beginResetModel();
    m_entries.clear();
    endResetModel();
    markRead();
}

void Notifications::markRead()
{
    if (std::exchange(m_unread, 0) != 0)
        emit unreadChanged();
}

QString Notifications::fullText(int row) const
{
    const Entry &entry = m_entries.at(row);
    QString text = entry.time.toString(Qt::ISODate) % u"  "_s % entry.error.message;
    if (!entry.error.detail.isEmpty())
        text += u'\n' % entry.error.detail;
    return text;
}

int Notifications::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant Notifications::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Entry &entry = m_entries.at(index.row());
    switch (role) {
    case Qt::DisplayRole: {
        const QString time = entry.time.toString(u"HH:mm:ss"_s);
        return entry.count > 1
            ? tr("%1  %2 (%3 times)").arg(time, entry.error.message).arg(entry.count)
            : tr("%1  %2").arg(time, entry.error.message);
    }
    case Qt::ToolTipRole:
        return entry.error.detail;
    case Qt::DecorationRole:
        return entry.isError ? icon(u"dialog-cancel"_s, toneColour(Tone::Bad))
                             : icon(u"dialog-ok-apply"_s, toneColour(Tone::Good));
    }
    return {};
}

} // namespace batchyard::ui
