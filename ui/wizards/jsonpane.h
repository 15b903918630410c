// The JSON of a draft, which can be edited here as well: what is typed shows in the form at once,
// and text that cannot be read keeps the form and says where it is broken.
#pragma once

#include "backend/result.h"
#include "models/draft/draft.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace batchyard::ui {

class JsonPane final : public QWidget
{
    Q_OBJECT

public:
    // suggestedName is offered as file name ("job-definition.json").
    JsonPane(models::DraftBase &draft, const QString &suggestedName, QWidget *parent = nullptr);

    [[nodiscard]] QPlainTextEdit *editor() const { return m_editor; }
    // What Save and Open do once a file is chosen.
    [[nodiscard]] Result<void> saveTo(const QString &fileName);
    [[nodiscard]] Result<void> openFrom(const QString &fileName);

private:
    QPushButton *addButton(const QString &name, const QString &iconName, const QString &text);
    void load();
    void showProblem();
    void goToProblem();
    void chooseFile(bool save);
    void showMessage(const QString &text);

    models::DraftBase &m_draft;
    QString m_suggestedName;
    QPlainTextEdit *m_editor;
    QWidget *m_buttons;
    QPushButton *m_problem;
    QLabel *m_message;
    bool m_loading = false;
};

// A read-only JSON text in the same dress, for texts that are no draft.
[[nodiscard]] QPlainTextEdit *jsonView(const QString &name, QWidget *parent);

} // namespace batchyard::ui
