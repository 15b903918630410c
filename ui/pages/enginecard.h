// The engine that runs the containers: whether it answers, what it has and what is in use; when it
// does not answer, why and what to do.
#pragma once

#include "models/console/console.h"
#include "ui/theme/card.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace batchyard::ui {

class CapacityBar;
class StateBadge;

class EngineCard final : public QWidget
{
    Q_OBJECT

public:
    explicit EngineCard(models::Console &console, QWidget *parent = nullptr);

private:
    void update();

    models::Console &m_console;
    Card *m_card;
    StateBadge *m_badge;
    QLabel *m_facts;
    QLabel *m_problem;
    QPushButton *m_copy;
    QPushButton *m_retry;
    CapacityBar *m_vcpus;
    CapacityBar *m_memory;
};

} // namespace batchyard::ui
