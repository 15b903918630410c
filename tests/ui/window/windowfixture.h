// The real window on a service in memory, with settings of its own and a fixed size.
#pragma once

#include "tests/support/service/fakebatchservice.h"
#include "ui/window/mainwindow.h"

#include <QDialog>
#include <QTemporaryDir>

#include <memory>

namespace batchyard::test {

class WindowFixture final
{
public:
    WindowFixture();
    ~WindowFixture();

    // Shows a window; the one before is closed.
    ui::MainWindow &open(QSize size = {1280, 800}, ui::Theme theme = ui::Theme::Light);
    void close();

    [[nodiscard]] FakeBatchService &service() { return *m_service; }
    [[nodiscard]] ui::MainWindow &window() { return *m_window; }

    // By objectName; fails the test with a message when there is none.
    template <typename Widget>
    [[nodiscard]] Widget *find(const QString &name)
    {
        auto *found = m_window->findChild<Widget *>(name);
        if (!found)
            qFatal("There is no widget named %s.", qPrintable(name));
        return found;
    }

    [[nodiscard]] QString page(); // which one is shown
    // Waits for it; fails the test with a message when it does not open.
    [[nodiscard]] QDialog *openDialog(const QString &name);

    // Jobs of every state, with logs and reasons, as a busy day leaves them.
    void addManyJobs();

    // Ids of jobs that addManyJobs() made.
    QString running, failed, succeeded, waiting;

private:
    QTemporaryDir m_settings;
    std::unique_ptr<FakeBatchService> m_service;
    std::unique_ptr<ui::MainWindow> m_window;
};

} // namespace batchyard::test
