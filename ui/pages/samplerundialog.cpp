#include "ui/pages/samplerundialog.h"

#include "backend/async.h"
#include "models/console/documents.h"
#include "models/console/wording.h"
#include "ui/graph/containergraphview.h"
#include "ui/pages/facts.h"
#include "ui/pages/jsonview.h"
#include "ui/theme/card.h"
#include "ui/theme/errorbanner.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

// The definition that the request names, when the service has it.
const batch::JobDefinition *definitionOf(const batch::SubmitJobRequest &request,
                                         models::Console &console)
{
    for (const batch::JobDefinition &definition : console.definitions().records()) {
        // Newest revisions come first.
        if (definition.status == u"ACTIVE"
            && (definition.jobDefinitionName == request.jobDefinition
                || definition.nameAndRevision() == request.jobDefinition))
            return &definition;
    }
    return nullptr;
}

} // namespace

SampleRunDialog::SampleRunDialog(SampleRun sample, models::Console &console, QWidget *parent)
    : QDialog(parent)
    , m_sample(std::move(sample))
    , m_console(console)
    , m_banner(new ErrorBanner(this))
    , m_graph(new ContainerGraphView(this))
    , m_noGraph(mutedLabel(tr("The sample's job definition is made when you submit: a container "
                              "model that serves the maze, and a container agent that walks it and "
                              "starts after the model."),
                           this))
    , m_checks(new QGridLayout)
    , m_submit(new QPushButton(tr("Submit"), this))
{
    setObjectName(u"sampleRunDialog"_s);
    setWindowTitle(tr("Run the sample maze"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(720, 480);
    auto *title = plainLabel(tr("Run the sample maze"), this);
    title->setFont(titleFont());
    const QString connection = console.service().connectionName();
    auto *subtitle
        = mutedLabel(tr("Review of the job that is submitted to %1.").arg(connection), this);

    m_graph->setObjectName(u"sampleGraph"_s);
    m_graph->setAccessibleName(tr("Containers of the sample"));
    m_noGraph->setWordWrap(true);
    auto *facts = new Facts(this);
    const batch::SubmitJobRequest &request = m_sample.request;
    facts->setFacts({{tr("Job name"), request.jobName},
                     {tr("Job queue"), request.jobQueue},
                     {tr("Job definition"), request.jobDefinition}});
    auto *checks = new QWidget(this);
    checks->setLayout(m_checks);
    m_checks->setContentsMargins(0, spacing::normal, 0, 0);
    m_checks->setHorizontalSpacing(spacing::normal);
    m_checks->setColumnStretch(1, 1);
    auto *side = new QVBoxLayout;
    side->addWidget(facts);
    side->addWidget(checks);
    side->addStretch();
    auto *review = new QWidget(this);
    auto *reviewLayout = new QHBoxLayout(review);
    reviewLayout->setContentsMargins(0, spacing::normal + 4, 0, 0);
    reviewLayout->setSpacing(spacing::wide);
    reviewLayout->addWidget(m_graph, 1);
    reviewLayout->addWidget(m_noGraph, 1, Qt::AlignTop);
    reviewLayout->addLayout(side, 1);
    auto *json = new JsonView(this);
    json->setText(QString::fromUtf8(batch::toJson(request)));
    auto *tabs = new QTabWidget(this);
    tabs->setObjectName(u"sampleTabs"_s);
    tabs->setAccessibleName(tr("Review"));
    tabs->tabBar()->setAccessibleName(tr("Review"));
    tabs->setDocumentMode(true);
    tabs->addTab(review, tr("Review"));
    tabs->addTab(json, tr("JSON"));

    auto *cancel = new QPushButton(tr("Cancel"), this);
    cancel->setObjectName(u"cancelButton"_s);
    cancel->setAccessibleName(tr("Cancel"));
    cancel->setAutoDefault(false);
    m_submit->setObjectName(u"submitButton"_s);
    m_submit->setAccessibleName(tr("Submit the sample maze"));
    m_submit->setDefault(true);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(mutedLabel(tr("Connection: %1").arg(connection), this));
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_submit);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(spacing::page, spacing::page, spacing::page, spacing::wide);
    layout->setSpacing(spacing::normal);
    layout->addWidget(title);
    layout->addWidget(subtitle);
    layout->addWidget(m_banner);
    layout->addWidget(tabs, 1);
    layout->addLayout(buttons);

    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_submit, &QPushButton::clicked, this, &SampleRunDialog::submit);
    connect(&console, &models::Console::engineChanged, this, &SampleRunDialog::updateChecks);
    connect(&console, &models::Console::loaded, this, &SampleRunDialog::updateGraph);
    updateGraph();
    updateChecks();
    m_submit->setFocus();
}

void SampleRunDialog::updateGraph()
{
    const batch::JobDefinition *definition = definitionOf(m_sample.request, m_console);
    m_graph->setVisible(definition);
    m_noGraph->setVisible(!definition);
    if (definition)
        m_graph->setTask(definition->task().value_or(batch::EcsTaskProperties{}));
}

void SampleRunDialog::addCheck(bool good, const QString &text)
{
    const int row = m_checks->rowCount();
    auto *mark = plainLabel({}, this);
    mark->setPixmap(icon(good ? u"dialog-ok-apply"_s : u"clock"_s,
                         toneColour(good ? Tone::Good : Tone::Waiting))
                        .pixmap(QSize(16, 16), devicePixelRatioF()));
    mark->setAccessibleName(good ? tr("Good") : tr("Waits"));
    auto *label = plainLabel(text, this);
    label->setWordWrap(true);
    m_checks->addWidget(mark, row, 0, Qt::AlignTop);
    m_checks->addWidget(label, row, 1);
}

void SampleRunDialog::updateChecks()
{
    while (QLayoutItem *item = m_checks->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const auto &engine = m_console.engine();
    if (!engine) {
        addCheck(false, tr("The state of the engine is not known yet."));
        return;
    }
    if (!engine->reachable) {
        addCheck(false, tr("The engine does not answer. The job waits until it does."));
        return;
    }
    addCheck(true, tr("The engine answers (version %1).").arg(engine->version));
    const double freeCpus = engine->cpus - engine->vcpusInUse;
    const qint64 freeMemory = engine->memoryMiB - engine->memoryInUseMiB;
    const batch::JobDefinition *definition = definitionOf(m_sample.request, m_console);
    const auto task = definition ? definition->task() : std::nullopt;
    const double cpus = task ? batch::totalRequirement(*task, "VCPU"_L1) : 0;
    const double memory = task ? batch::totalRequirement(*task, "MEMORY"_L1) : 0;
    if (cpus <= 0)
        return;
    const QLocale locale;
    const bool fits = cpus <= freeCpus && memory <= static_cast<double>(freeMemory);
    const QString numbers
        = tr("Needs %1 vCPU and %2; %3 vCPU and %4 are free.")
              .arg(locale.toString(cpus, 'g', 3), models::memoryText(static_cast<qint64>(memory)),
                   locale.toString(freeCpus, 'g', 3), models::memoryText(freeMemory));
    addCheck(fits, fits ? numbers : tr("%1 The job waits until they are.").arg(numbers));
}

void SampleRunDialog::submit()
{
    m_submit->setEnabled(false);
    m_submit->setText(tr("Submitting …"));
    onFinished(m_sample.run(), this, [this](const Result<batch::SubmittedJob> &job) {
        if (job) {
            emit submitted(job->jobId);
            accept();
            return;
        }
        m_banner->showError(job.error());
        m_submit->setText(tr("Submit"));
        m_submit->setEnabled(true);
        m_submit->setFocus();
    });
}

} // namespace batchyard::ui
