// Asks before something is deleted, disabled or stopped: what happens, where (the connection), and
// the command that does the same. Optionally asks for a reason.
#pragma once

#include <QDialog>

#include <functional>

class QLabel;
class QLineEdit;
class QPushButton;

namespace batchyard::ui {

class CommandLine;

class ConfirmDialog final : public QDialog
{
    Q_OBJECT

public:
    struct Question {
        QString title; // "Delete job queue simulations?"
        QString text; // what it means, in a sentence or two
        QString confirm; // the button: "Delete"
        QString connection; // where it happens, named on the button's line
        QString command; // empty: none is shown
        bool isDestructive = true;
        bool isRisky = false; // Enter cancels; the button has to be meant
    };

    ConfirmDialog(const Question &question, QWidget *parent);

    // Adds a field for a reason with this text in it; the command is made anew as it changes.
    void askReason(const QString &reason, std::function<QString(const QString &)> command);
    [[nodiscard]] QString reason() const;

protected:
    void showEvent(QShowEvent *event) override;

private:
    CommandLine *m_command;
    QLineEdit *m_reason = nullptr;
    QPushButton *m_confirm;
    QWidget *m_reasonBox;
};

} // namespace batchyard::ui
