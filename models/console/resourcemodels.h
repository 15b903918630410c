// The tables of the console's lists: jobs, job definitions, job queues, compute environments.
#pragma once

#include "backend/batch/computeenvironment.h"
#include "backend/batch/job.h"
#include "backend/batch/jobqueue.h"
#include "backend/batch/liveview.h"
#include "models/console/tablemodel.h"

namespace batchyard::models {

class JobsModel final : public RecordModel<batch::JobSummary>
{
    Q_OBJECT

public:
    enum Column { Name, Status, Reason, Definition, Created, Duration, ColumnCount };
    enum Role {
        StatusRole = FirstOwnRole, // batch::JobStatus as int
        JobNameRole,
    };

    using RecordModel::RecordModel;

    [[nodiscard]] int countOf(batch::JobStatus status) const;
    // Durations of jobs that run have grown.
    void updateDurations();

protected:
    [[nodiscard]] QString key(const batch::JobSummary &job) const override { return job.jobId; }
    [[nodiscard]] int columns() const override { return ColumnCount; }
    [[nodiscard]] QString header(int column) const override;
    [[nodiscard]] QVariant cell(int row, int column, int role) const override;

private:
    [[nodiscard]] QString text(const batch::JobSummary &job, int column) const;
    [[nodiscard]] static QVariant sortValue(const batch::JobSummary &job, int column);
};

// One row per revision, newest revision of a name first.
class JobDefinitionsModel final : public RecordModel<batch::JobDefinition>
{
    Q_OBJECT

public:
    enum Column { Name, Revision, Status, Containers, Requirements, ColumnCount };
    enum Role {
        StatusRole = FirstOwnRole, // "ACTIVE", "INACTIVE"
        NewestRole, // whether it is the newest revision of its name
    };

    using RecordModel::RecordModel;

    void setDefinitions(QList<batch::JobDefinition> definitions); // in any order

protected:
    [[nodiscard]] QString key(const batch::JobDefinition &definition) const override;
    [[nodiscard]] int columns() const override { return ColumnCount; }
    [[nodiscard]] QString header(int column) const override;
    [[nodiscard]] QVariant cell(int row, int column, int role) const override;

private:
    [[nodiscard]] QString text(const batch::JobDefinition &definition, int column) const;
};

class JobQueuesModel final : public RecordModel<batch::JobQueue>
{
    Q_OBJECT

public:
    enum Column { Name, State, Status, Priority, Environments, ColumnCount };
    enum Role { StateRole = FirstOwnRole };

    using RecordModel::RecordModel;

protected:
    [[nodiscard]] QString key(const batch::JobQueue &queue) const override
    {
        return queue.jobQueueName;
    }
    [[nodiscard]] int columns() const override { return ColumnCount; }
    [[nodiscard]] QString header(int column) const override;
    [[nodiscard]] QVariant cell(int row, int column, int role) const override;

private:
    [[nodiscard]] QString text(const batch::JobQueue &queue, int column) const;
};

class ComputeEnvironmentsModel final : public RecordModel<batch::ComputeEnvironment>
{
    Q_OBJECT

public:
    enum Column { Name, State, Status, Type, Capacity, ColumnCount };
    enum Role { StateRole = FirstOwnRole };

    using RecordModel::RecordModel;

protected:
    [[nodiscard]] QString key(const batch::ComputeEnvironment &environment) const override
    {
        return environment.computeEnvironmentName;
    }
    [[nodiscard]] int columns() const override { return ColumnCount; }
    [[nodiscard]] QString header(int column) const override;
    [[nodiscard]] QVariant cell(int row, int column, int role) const override;

private:
    [[nodiscard]] QString text(const batch::ComputeEnvironment &environment, int column) const;
};

// The containers of a job with their live states, in the order of the definition.
struct ContainerRow {
    batch::TaskContainerProperties container;
    batch::ContainerLiveState state;
    friend bool operator==(const ContainerRow &, const ContainerRow &) = default;
};

class JobContainersModel final : public RecordModel<ContainerRow>
{
    Q_OBJECT

public:
    enum Column { Name, Status, Image, Essential, DependsOn, ExitCode, Reason, ColumnCount };
    enum Role { ContainerIndexRole = FirstOwnRole };

    using RecordModel::RecordModel;

protected:
    [[nodiscard]] QString key(const ContainerRow &row) const override { return row.container.name; }
    [[nodiscard]] int columns() const override { return ColumnCount; }
    [[nodiscard]] QString header(int column) const override;
    [[nodiscard]] QVariant cell(int row, int column, int role) const override;

private:
    [[nodiscard]] QString text(const ContainerRow &row, int column) const;
};

} // namespace batchyard::models
