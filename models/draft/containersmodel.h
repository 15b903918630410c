// The containers of a task as a list: name, image, essential and how many faults each has.
#pragma once

#include "backend/batch/container.h"

#include <QAbstractListModel>

namespace batchyard::models {

class ContainersModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        NameRole = Qt::UserRole,
        ImageRole,
        EssentialRole,
        ErrorCountRole,
        SummaryRole, // "image · essential", what the second line of an entry says
    };

    using QAbstractListModel::QAbstractListModel;

    // faults have paths that begin with pathPrefix + "[index]".
    void setContainers(const QList<batch::TaskContainerProperties> &containers,
                       const batch::Faults &faults = {}, const QString &pathPrefix = {});

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    struct Row {
        QString name;
        QString image;
        bool essential = true;
        int errors = 0;
        friend bool operator==(const Row &, const Row &) = default;
    };

    QList<Row> m_rows;
};

} // namespace batchyard::models
