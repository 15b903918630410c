// What is wrong with a field: icon and text in the colour of an error or a warning.
#pragma once

#include "backend/batch/common.h"

#include <QWidget>

class QLabel;

namespace batchyard::ui {

class FaultLine final : public QWidget
{
    Q_OBJECT

public:
    explicit FaultLine(QWidget *parent = nullptr);

    // Each message once; without any the line hides.
    void setFaults(const batch::Faults &faults);
    [[nodiscard]] QString text() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void recolour();

    bool m_isError = true;
    QLabel *m_icon;
    QLabel *m_text;
};

} // namespace batchyard::ui
