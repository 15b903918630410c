// The log of a job: search and filter, one chip per container, follow, copy and save around the
// painted lines.
#pragma once

#include "backend/result.h"
#include "models/console/logmodel.h"

#include <QWidget>

class QFrame;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace batchyard::ui {

class LogPane;

class LogView final : public QWidget
{
    Q_OBJECT

public:
    explicit LogView(QWidget *parent = nullptr);

    void setModel(models::LogModel *model);
    // Offered as the name of a saved file.
    void setJobName(const QString &name) { m_jobName = name; }
    [[nodiscard]] LogPane *pane() const { return m_pane; }

    void focusSearch();
    void findNext(bool forward);
    void copyAll() const;
    void askWhereToSave();
    void save(const QString &fileName); // JSON lines when it ends in .jsonl, else text

signals:
    void failed(const batchyard::Error &error);
    void saved(const QString &fileName);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    [[nodiscard]] QToolButton *makeToggle(const QString &name, const QString &text,
                                          const QString &toolTip);
    [[nodiscard]] QToolButton *makeButton(const QString &name, const QString &iconName,
                                          const QString &toolTip);
    void buildBar();
    void applyFilter();
    void updateCount();
    void updateChips();
    void updateFollow();
    void updateIcons();
    void placeNewLines();
    void rememberToggles();

    models::LogModel *m_model = nullptr;
    QString m_jobName;
    QLineEdit *m_search;
    QToolButton *m_regex = nullptr;
    QToolButton *m_case = nullptr;
    QToolButton *m_inverse = nullptr;
    QToolButton *m_only = nullptr;
    QLabel *m_count;
    QToolButton *m_previous = nullptr;
    QToolButton *m_next = nullptr;
    QToolButton *m_times = nullptr;
    QToolButton *m_wrap = nullptr;
    QToolButton *m_follow = nullptr;
    QToolButton *m_copy = nullptr;
    QToolButton *m_save = nullptr;
    QWidget *m_chipBar;
    QHBoxLayout *m_chips;
    QLabel *m_problem;
    QFrame *m_frame;
    LogPane *m_pane;
    QLabel *m_empty;
    QPushButton *m_newLines;
    QTimer m_searchTimer; // while the person types
};

} // namespace batchyard::ui
