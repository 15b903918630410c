// An error at the top of a page or dialog: it stays until it is dismissed or replaced, shows the
// raw cause on demand and can be copied.
#pragma once

#include "backend/result.h"

#include <QFrame>

class QLabel;
class QPushButton;
class QToolButton;

namespace batchyard::ui {

class ErrorBanner final : public QFrame
{
    Q_OBJECT

public:
    explicit ErrorBanner(QWidget *parent = nullptr);

    void showError(const Error &error);
    void dismiss();
    [[nodiscard]] QString text() const;

signals:
    void dismissed();

protected:
    void changeEvent(QEvent *event) override;

private:
    void updateIcons();
    void copy();

    Error m_error;
    QLabel *m_icon;
    QLabel *m_message;
    QLabel *m_detail;
    QPushButton *m_detailButton;
    QPushButton *m_copyButton;
    QToolButton *m_closeButton;
};

} // namespace batchyard::ui
