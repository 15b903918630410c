// The review of the sample run: what will run where, what is checked before, and the JSON that is
// sent. Submit is the second click of two.
#pragma once

#include "models/console/console.h"
#include "ui/pages/samplerun.h"

#include <QDialog>

class QGridLayout;
class QLabel;
class QPushButton;

namespace batchyard::ui {

class ContainerGraphView;
class ErrorBanner;

class SampleRunDialog final : public QDialog
{
    Q_OBJECT

public:
    SampleRunDialog(SampleRun sample, models::Console &console, QWidget *parent);

signals:
    void submitted(const QString &jobId);

private:
    void updateChecks();
    void updateGraph();
    void submit();
    void addCheck(bool good, const QString &text);

    SampleRun m_sample;
    models::Console &m_console;
    ErrorBanner *m_banner;
    ContainerGraphView *m_graph;
    QLabel *m_noGraph;
    QGridLayout *m_checks;
    QPushButton *m_submit;
};

} // namespace batchyard::ui
