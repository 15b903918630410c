// How much of something is in use: a bar with the numbers beside it.
#pragma once

#include <QWidget>

namespace batchyard::ui {

class CapacityBar final : public QWidget
{
    Q_OBJECT

public:
    explicit CapacityBar(const QString &label, QWidget *parent = nullptr);

    // text says the same in words and numbers ("1.5 of 4 vCPUs in use").
    void setUse(double used, double total, const QString &text);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_label;
    QString m_text;
    double m_share = 0;
};

} // namespace batchyard::ui
