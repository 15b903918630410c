// What tests of whole wizards share: a service in memory with samples, a state directory of their
// own, and wizards that are shown.
#pragma once

#include "tests/support/service/fakebatchservice.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace batchyard::test {

[[nodiscard]] inline QJsonObject object(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

class WizardTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        qputenv("BATCHYARD_HOME", m_home.path().toUtf8());
        ui::applyTheme(*qApp, ui::Theme::Light);
    }
    void init()
    {
        m_service = std::make_unique<FakeBatchService>();
        m_service->addSamples();
    }
    void cleanup()
    {
        m_service.reset();
        QDir(m_home.filePath(QStringLiteral("drafts"))).removeRecursively();
    }

protected:
    template <typename Wizard>
    std::unique_ptr<Wizard> open()
    {
        auto wizard = std::make_unique<Wizard>(*m_service);
        wizard->resize(1280, 800);
        wizard->show();
        if (!QTest::qWaitForWindowExposed(wizard.get()))
            qWarning("the wizard is not shown");
        QApplication::processEvents(); // answers of the service
        QApplication::processEvents();
        return wizard;
    }

    QTemporaryDir m_home;
    std::unique_ptr<FakeBatchService> m_service;
};

} // namespace batchyard::test
