// What a job will run and need, at the review of "Submit new job": the overrides beside what they
// replace, the course of the job, whether it fits, and the effective definition.
#pragma once

#include "models/draft/drafts.h"
#include "models/draft/forecast.h"
#include "ui/wizards/formpage.h"

class QLabel;
class QPlainTextEdit;
class QTabWidget;
class QTableWidget;
class QVBoxLayout;

namespace batchyard::ui {

class JsonPane;

class SubmitReviewPage final : public FormPage
{
    Q_OBJECT

public:
    explicit SubmitReviewPage(models::SubmitJobDraft &draft, QWidget *parent = nullptr);

    void setQueues(const QList<batch::JobQueue> &queues);
    void setEnvironments(const QList<batch::ComputeEnvironment> &environments);
    void setEngine(const batch::EngineStatus &engine);

    [[nodiscard]] bool focusPath(const QString &path) override;

signals:
    void editWanted(int step);

protected:
    void refresh() override;

private:
    [[nodiscard]] QWidget *buildLeft();
    void showHints();
    void showOverrides();
    void addLine(const QString &iconName, const QColor &colour, const QString &text);

    models::SubmitJobDraft &m_request;
    QList<batch::JobQueue> m_queues;
    QList<batch::ComputeEnvironment> m_environments;
    std::optional<batch::EngineStatus> m_engine;
    QLabel *m_what;
    QVBoxLayout *m_lines = nullptr;
    QWidget *m_linesBox = nullptr;
    QTableWidget *m_overrides = nullptr;
    QLabel *m_noOverrides = nullptr;
    QTabWidget *m_tabs;
    JsonPane *m_json;
    QPlainTextEdit *m_effective;
};

} // namespace batchyard::ui
