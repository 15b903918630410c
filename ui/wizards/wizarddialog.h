// The frame that the four wizards share: the list of steps at the left as in the AWS console, one
// step at a time, Cancel / Previous / Next / Create below. A disabled Next says why beside it.
// Ctrl+Enter presses the primary button, Ctrl+Z and Ctrl+Shift+Z undo and redo in the whole draft,
// Esc asks only when something was typed. The draft is saved while it is edited and restored when
// the wizard opens again without one.
#pragma once

#include "backend/result.h"
#include "models/draft/draft.h"

#include <QDialog>

#include <memory>

class QFrame;
class QLabel;
class QListWidget;
class QPushButton;
class QStackedWidget;

namespace batchyard::models {
class DraftAutosave;
}

namespace batchyard::ui {

class FormPage;
class ErrorBanner;

class WizardDialog : public QDialog
{
    Q_OBJECT

public:
    ~WizardDialog() override;

    [[nodiscard]] int step() const;
    [[nodiscard]] int stepCount() const;
    // Goes to a step; forward only past steps without errors.
    void setStep(int step);

protected:
    // kind names the autosave file ("job-definition"); primaryText is the last step's button.
    WizardDialog(std::unique_ptr<models::DraftBase> draft, const QString &kind,
                 const QString &primaryText, QWidget *parent);
    [[nodiscard]] models::DraftBase &draft() const { return *m_draft; }

    // The page becomes a child. A fault belongs to the first page that owns its path, else to the
    // last page.
    void addStep(const QString &title, FormPage *page);
    // To be called once all steps are there.
    void start();
    // For setDraft(): the document is given, so no saved draft is restored over it.
    void documentGiven();
    // Puts the empty document back, for "Start afresh" after a draft was restored.
    virtual void startAfresh() = 0;

    // Sends the request; called once per press of the primary button, until submitFailed() or
    // submitSucceeded().
    virtual void submit() = 0;
    // Called when a step is shown.
    virtual void stepEntered(int step);
    void submitFailed(const Error &error); // banner; the form stays as it is
    void submitSucceeded(); // discards the saved draft and closes

    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

public slots:
    void reject() override;

private:
    struct Step {
        QString title;
        FormPage *page;
    };

    [[nodiscard]] QWidget *buildSidebar();
    [[nodiscard]] QWidget *buildContent();
    [[nodiscard]] QWidget *buildFooter();
    void buildNotice();
    void buildShortcuts();
    void restoreDraft();
    void askBeforeClosing();
    void close(bool keepDraft);
    void updateState();
    void updateProblems();
    void primaryPressed();
    void focusFirstProblem();
    [[nodiscard]] batch::Faults errorsOf(int step) const;
    [[nodiscard]] int ownerOf(const QString &path) const;
    [[nodiscard]] bool isReachable(int step) const;

    std::unique_ptr<models::DraftBase> m_draft;
    std::unique_ptr<models::DraftAutosave> m_autosave;
    QString m_primaryText;
    QList<Step> m_steps;
    bool m_documentGiven = false;
    bool m_shown = false;
    bool m_submitting = false;

    QWidget *m_sidebar = nullptr;
    QListWidget *m_stepList = nullptr;
    QLabel *m_stepNumber = nullptr;
    QLabel *m_title = nullptr;
    ErrorBanner *m_error = nullptr;
    QFrame *m_notice = nullptr;
    QLabel *m_noticeText = nullptr;
    QPushButton *m_startAfresh = nullptr;
    QStackedWidget *m_stack = nullptr;
    QPushButton *m_problems = nullptr;
    QPushButton *m_undo = nullptr;
    QPushButton *m_redo = nullptr;
    QPushButton *m_cancel = nullptr;
    QPushButton *m_previous = nullptr;
    QPushButton *m_next = nullptr;
};

} // namespace batchyard::ui
