// The states a job goes through, with the time each was entered and how long it took.
#pragma once

#include "models/console/jobpagemodel.h"

#include <QWidget>

namespace batchyard::ui {

class JobStepper final : public QWidget
{
    Q_OBJECT

public:
    explicit JobStepper(QWidget *parent = nullptr);

    void setSteps(const QList<models::JobStep> &steps);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    [[nodiscard]] QString timeOf(const models::JobStep &step) const;
    [[nodiscard]] QString durationOf(const models::JobStep &step) const;
    void paintStep(QPainter &painter, int number) const;

    QList<models::JobStep> m_steps;
};

} // namespace batchyard::ui
