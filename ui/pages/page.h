// What every page of the window has: a name, a title, a way to ask for another place, and an error
// banner at its top.
#pragma once

#include "backend/result.h"
#include "ui/pages/location.h"

#include <QWidget>

class QVBoxLayout;

namespace batchyard::ui {

class ErrorBanner;

class Page : public QWidget
{
    Q_OBJECT

public:
    Page(QString name, QString title, QWidget *parent);

    [[nodiscard]] QString name() const { return m_name; }
    [[nodiscard]] QString title() const { return m_title; }

    // Shows the object and tab of a location on this page.
    virtual void show(const Location &location);
    using QWidget::show;
    // Where the page stands now, for back and forward.
    [[nodiscard]] virtual Location location() const;
    // The page's actions work only while it is in sight.
    virtual void setActive(bool active);
    virtual void focusMain(); // what the keyboard should act on

    void showError(const Error &error);

signals:
    void locationRequested(const batchyard::ui::Location &location);
    void failed(const batchyard::Error &error); // to be kept in the list of notifications
    void noticed(const QString &text); // something went well

protected:
    // The page's content goes here, below the banner.
    [[nodiscard]] QVBoxLayout *content() const { return m_content; }

private:
    QString m_name;
    QString m_title;
    ErrorBanner *m_banner;
    QVBoxLayout *m_content;
};

} // namespace batchyard::ui
