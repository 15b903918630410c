// The command line that does the same as the window's action, to copy and learn from.
#pragma once

#include <QWidget>

class QLabel;

namespace batchyard::ui {

class CommandLine final : public QWidget
{
    Q_OBJECT

public:
    explicit CommandLine(QWidget *parent = nullptr);

    void setCommand(const QString &command);
    [[nodiscard]] QString command() const;

private:
    QLabel *m_text;
};

} // namespace batchyard::ui
