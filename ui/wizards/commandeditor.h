// A container's command, typed as words with quotes or as a JSON list, with what the container gets
// shown below. The words go to the container as they are; there is no shell unless it is called.
#pragma once

#include <QStringList>
#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;

namespace batchyard::ui {

class CommandEditor final : public QWidget
{
    Q_OBJECT

public:
    explicit CommandEditor(QWidget *parent = nullptr);

    void setCommand(const QStringList &command);
    void setPlaceholderText(const QString &text);
    // What an empty command means, below the field.
    void setHint(const QString &text);

signals:
    void edited(const QStringList &command);
    // The text is no command; empty when it is one again.
    void problemChanged(const QString &problem);

private:
    enum Syntax { Words, Json };

    void textEdited(const QString &text);
    void syntaxChosen();
    void showPreview();

    QStringList m_command;
    QString m_hint;
    bool m_valid = true;
    QComboBox *m_syntax;
    QLineEdit *m_text;
    QLabel *m_preview;
};

} // namespace batchyard::ui
