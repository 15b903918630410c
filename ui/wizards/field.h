// One field of a form: label above, editor, a quiet line of help, and the fault below it as icon
// and text. What a field does not do on this machine is said in a note of its own.
#pragma once

#include "backend/batch/common.h"
#include "backend/batch/fidelity.h"

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace batchyard::ui {

class FaultLine;

class Field final : public QWidget
{
    Q_OBJECT

public:
    // The editor becomes a child and takes its accessible name from the label.
    Field(const QString &label, QWidget *editor, QWidget *parent = nullptr);

    [[nodiscard]] QWidget *editor() const { return m_editor; }
    [[nodiscard]] QString label() const;

    Field *setHelp(const QString &text);
    // How the local executor treats the field, next to what AWS does: said below it when it has no
    // effect, in the tool tip when it is near AWS's, not at all when it is the same.
    void setFidelity(const std::optional<batch::Fidelity> &fidelity);

    // Faults are kept back until the person has been in the field.
    void setFaults(const batch::Faults &faults);
    void touch();
    // The text below the field; empty while there is none or it is kept back.
    [[nodiscard]] QString shownFault() const;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void showFaults();

    QWidget *m_editor;
    QLabel *m_label;
    QLabel *m_help = nullptr;
    QLabel *m_note = nullptr;
    FaultLine *m_fault;
    QVBoxLayout *m_layout;
    batch::Faults m_faults;
    bool m_touched = false;
};

// Marks an editor as wrong, for the style sheet.
void setInvalid(QWidget *editor, bool invalid);

} // namespace batchyard::ui
