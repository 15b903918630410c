// The first tab of a job's page: the containers as a graph with their states, the last lines of a
// container that failed, the containers as a table, and the job's details.
#pragma once

#include "models/console/jobpagemodel.h"

#include <QScrollArea>

class QLabel;
class QTableView;

namespace batchyard::ui {

class Card;
class CommandLine;
class ContainerGraphView;
class Facts;

class JobOverview final : public QScrollArea
{
    Q_OBJECT

public:
    explicit JobOverview(models::JobPageModel &model, QWidget *parent = nullptr);

    void update();
    [[nodiscard]] ContainerGraphView *graph() const { return m_graph; }

signals:
    void containerActivated(const QString &name);

private:
    [[nodiscard]] QWidget *buildTable();
    void fitTable();

    models::JobPageModel &m_model;
    ContainerGraphView *m_graph;
    Card *m_errorCard;
    QLabel *m_errorLines;
    QTableView *m_table;
    Facts *m_facts;
    CommandLine *m_command;
};

} // namespace batchyard::ui
