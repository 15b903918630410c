// What a list page shows while it has nothing: one sentence, and the action that makes the first
// thing.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace batchyard::ui {

class EmptyState final : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyState(QWidget *parent = nullptr);

    void setText(const QString &iconName, const QString &title, const QString &sentence);
    void setPrimary(const QString &text); // empty hides the button

signals:
    void primaryActivated();

protected:
    void changeEvent(QEvent *event) override;

private:
    void updateIcon();

    QString m_iconName;
    QLabel *m_icon;
    QLabel *m_title;
    QLabel *m_sentence;
    QPushButton *m_primary;
};

} // namespace batchyard::ui
