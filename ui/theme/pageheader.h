// The head of a page: title, one line of facts below it, actions at the right.
#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;

namespace batchyard::ui {

class PageHeader final : public QWidget
{
    Q_OBJECT

public:
    explicit PageHeader(const QString &title, QWidget *parent = nullptr);

    void setTitle(const QString &title);
    void setSubtitle(const QString &text); // empty hides the line
    void addBeside(QWidget *widget); // after the title
    void addAction(QWidget *widget); // at the right, in the order of the calls

private:
    QLabel *m_title;
    QLabel *m_subtitle;
    QHBoxLayout *m_titleLine;
    QHBoxLayout *m_actions;
};

} // namespace batchyard::ui
