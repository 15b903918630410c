// The first thing to read of a job: what happened in a sentence, and the rule that applied.
#pragma once

#include "models/console/jobpagemodel.h"

#include <QFrame>

class QLabel;

namespace batchyard::ui {

class HeadlineView final : public QFrame
{
    Q_OBJECT

public:
    explicit HeadlineView(QWidget *parent = nullptr);

    void setHeadline(const models::JobHeadline &headline);
    [[nodiscard]] QString text() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void updateColours();

    models::JobHeadline m_headline;
    QLabel *m_icon;
    QLabel *m_text;
    QLabel *m_explanation;
};

} // namespace batchyard::ui
