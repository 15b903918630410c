// All jobs in one list, whatever their state.
#pragma once

#include "ui/pages/listpage.h"

class QPushButton;

namespace batchyard::ui {

class JobPreview;

class JobsPage final : public ListPage
{
    Q_OBJECT

public:
    JobsPage(models::Console &console, ActionRegistry &registry, QWidget *parent = nullptr);

    // Opens the wizard, filled with the request when there is one.
    void submitJob(const batch::SubmitJobRequest &request);
    void submitJob();

protected:
    void updateDetail() override;
    void clearFilters() override;
    void rowActivated(const QString &key) override;
    void updateActions() override;

private:
    // A chip stands for some of the seven states.
    struct Chip {
        QString name;
        QSet<QString> statuses;
        QPushButton *button = nullptr;
    };

    void buildChips();
    void buildActions();
    void applyChips();
    void updateChips();
    void open(const QString &tab);
    void stopSelected();
    void cloneSelected();

    QList<Chip> m_chips;
    JobPreview *m_preview = nullptr;
    QAction *m_submit = nullptr;
    QAction *m_stop = nullptr;
    QList<QAction *> m_singleActions; // need exactly one job
};

} // namespace batchyard::ui
