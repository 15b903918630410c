#include "ui/pages/definitionspage.h"

#include "backend/async.h"
#include "models/console/documents.h"
#include "models/console/wording.h"
#include "ui/graph/containergraphview.h"
#include "ui/pages/badgedelegate.h"
#include "ui/pages/facts.h"
#include "ui/pages/jsonview.h"
#include "ui/theme/card.h"
#include "ui/theme/confirmdialog.h"
#include "ui/theme/settings.h"
#include "ui/theme/theme.h"
#include "ui/wizards/jobdefinitionwizard.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using models::JobDefinitionsModel;

DefinitionsPage::DefinitionsPage(models::Console &console, ActionRegistry &registry,
                                 QWidget *parent)
    : ListPage(u"definitions"_s, tr("Job definitions"), console.definitions(),
               models::Console::Definitions, console, registry, parent)
{
    table()->setItemDelegateForColumn(
        JobDefinitionsModel::Status,
        new BadgeDelegate(
            [](const QModelIndex &index) {
                return resourcePresentation(index.data(JobDefinitionsModel::StatusRole).toString());
            },
            this));
    QHeaderView *columns = table()->horizontalHeader();
    columns->setSectionResizeMode(JobDefinitionsModel::Name, QHeaderView::Stretch);
    columns->resizeSection(JobDefinitionsModel::Revision, 84);
    columns->resizeSection(JobDefinitionsModel::Status, 106);
    columns->resizeSection(JobDefinitionsModel::Containers, 130);
    columns->resizeSection(JobDefinitionsModel::Requirements, 140);
    setOptionalColumns({JobDefinitionsModel::Containers, JobDefinitionsModel::Requirements});
    columns->setMinimumSectionSize(60);
    buildActions();
    m_inactive = new QCheckBox(tr("Show inactive revisions"), this);
    m_inactive->setObjectName(u"showInactive"_s);
    m_inactive->setAccessibleName(m_inactive->text());
    filterBar()->addSpacing(spacing::normal);
    filterBar()->addWidget(m_inactive);
    filterBar()->addStretch(1);
    connect(m_inactive, &QCheckBox::toggled, this, &DefinitionsPage::showInactive);
    m_inactive->setChecked(Settings().flag(u"definitions/inactive"_s, false));
    showInactive(m_inactive->isChecked());
    setUpEmpty(u"code-context"_s, tr("No job definition yet"),
               tr("A job definition says which containers a job runs, what they need and in which "
                  "order they start."),
               m_create);
    setPrimaryAction(m_create);
    setDetail(buildDetail());
}

void DefinitionsPage::buildActions()
{
    const QString category = tr("Job definitions");
    m_create = addPageAction(u"definitions.create"_s, category, tr("Create job definition …"),
                             u"list-add"_s, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N));
    connect(m_create, &QAction::triggered, this, &DefinitionsPage::createDefinition);
    m_submit = addRowAction(u"definitions.submit"_s, category, tr("Submit a job of it …"),
                            u"media-playback-start"_s, QKeySequence(Qt::Key_S));
    connect(m_submit, &QAction::triggered, this, &DefinitionsPage::submitSelected);
    QAction *revision
        = addRowAction(u"definitions.revise"_s, category, tr("Create a new revision …"),
                       u"document-edit"_s, QKeySequence(Qt::Key_E));
    connect(revision, &QAction::triggered, this, &DefinitionsPage::createRevision);
    addRowSeparator();
    QAction *copyJson = addRowAction(u"definitions.copyJson"_s, category, tr("Copy its JSON"),
                                     u"edit-copy"_s, QKeySequence(QKeySequence::Copy));
    connect(copyJson, &QAction::triggered, this, [this] {
        if (const batch::JobDefinition *definition = selected())
            QGuiApplication::clipboard()->setText(QString::fromUtf8(batch::toJson(*definition)));
    });
    addRowSeparator();
    m_deregister = addRowAction(u"definitions.deregister"_s, category, tr("Deregister …"),
                                u"edit-delete"_s, QKeySequence(Qt::Key_Delete));
    connect(m_deregister, &QAction::triggered, this, &DefinitionsPage::deregisterSelected);
}

QWidget *DefinitionsPage::buildDetail()
{
    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName(u"definitionTabs"_s);
    m_tabs->setAccessibleName(tr("Details of the job definition"));
    m_tabs->tabBar()->setAccessibleName(m_tabs->accessibleName());
    m_tabs->setDocumentMode(true);
    auto *overview = new QWidget(this);
    auto *layout = new QVBoxLayout(overview);
    layout->setContentsMargins(0, spacing::normal, 0, 0);
    m_graph = new ContainerGraphView(overview);
    m_graph->setObjectName(u"definitionGraph"_s);
    m_graph->setAccessibleName(tr("Containers and what they depend on"));
    m_facts = new Facts(overview);
    auto *graphCard = new Card({}, overview);
    graphCard->body()->addWidget(m_graph, 1);
    auto *factsCard = new Card({}, overview);
    factsCard->body()->addWidget(m_facts);
    layout->addWidget(graphCard, 1);
    layout->addSpacing(spacing::tight);
    layout->addWidget(factsCard);
    auto *jsonBox = new QWidget(this);
    auto *jsonLayout = new QVBoxLayout(jsonBox);
    jsonLayout->setContentsMargins(0, spacing::normal, 0, 0);
    m_json = new JsonView(jsonBox);
    m_json->setObjectName(u"definitionJson"_s);
    jsonLayout->addWidget(m_json);
    m_tabs->addTab(overview, tr("Containers"));
    m_tabs->addTab(jsonBox, tr("JSON"));
    return m_tabs;
}

const batch::JobDefinition *DefinitionsPage::selected() const
{
    const QStringList keys = selectedKeys();
    auto &definitions = console().definitions();
    const int row = keys.isEmpty() ? -1 : definitions.rowOf(keys.first());
    return row < 0 ? nullptr : &definitions.record(row);
}

void DefinitionsPage::updateDetail()
{
    const batch::JobDefinition *definition = selected();
    m_tabs->setVisible(definition);
    if (!definition)
        return;
    m_graph->setTask(definition->task().value_or(batch::EcsTaskProperties{}));
    m_json->setText(models::describeText(*definition));
    QString retry;
    if (definition->retryStrategy && definition->retryStrategy->attempts)
        retry = models::attemptsText(*definition->retryStrategy->attempts);
    QString timeout;
    if (definition->timeout && definition->timeout->attemptDurationSeconds)
        timeout = tr("%1 per attempt")
                      .arg(models::durationText(
                          std::chrono::seconds(*definition->timeout->attemptDurationSeconds)));
    QStringList parameters;
    for (auto it = definition->parameters.begin(); it != definition->parameters.end(); ++it)
        parameters.append(it.key() % u" = "_s % it.value());
    m_facts->setFacts({{tr("Platform"), definition->isFargate() ? tr("Fargate") : tr("EC2")},
                       {tr("Retry"), retry},
                       {tr("Timeout"), timeout},
                       {tr("Parameters"), parameters.join(u'\n')}});
}

void DefinitionsPage::updateActions()
{
    ListPage::updateActions();
    const batch::JobDefinition *definition = selected();
    const bool active = definition && definition->status == u"ACTIVE";
    m_deregister->setEnabled(m_deregister->isEnabled() && active);
    m_submit->setEnabled(m_submit->isEnabled() && active);
}

void DefinitionsPage::rowActivated(const QString &)
{
    createRevision();
}

void DefinitionsPage::showInactive(bool shown)
{
    Settings().setFlag(u"definitions/inactive"_s, shown);
    proxy()->setValues(JobDefinitionsModel::StatusRole,
                       shown ? QSet<QString>() : QSet<QString>{u"ACTIVE"_s});
    filterChanged();
}

void DefinitionsPage::createDefinition()
{
    auto *wizard = new JobDefinitionWizard(console().service(), this);
    wizard->setAttribute(Qt::WA_DeleteOnClose);
    connect(wizard, &JobDefinitionWizard::created, this, &DefinitionsPage::selectKey);
    wizard->open();
}

void DefinitionsPage::createRevision()
{
    const batch::JobDefinition *definition = selected();
    if (!definition)
        return;
    auto *wizard = new JobDefinitionWizard(console().service(), this);
    wizard->setAttribute(Qt::WA_DeleteOnClose);
    wizard->setDraft(*definition);
    connect(wizard, &JobDefinitionWizard::created, this, &DefinitionsPage::selectKey);
    wizard->open();
}

void DefinitionsPage::submitSelected()
{
    const batch::JobDefinition *definition = selected();
    if (!definition)
        return;
    batch::SubmitJobRequest request;
    request.jobName = definition->jobDefinitionName;
    request.jobDefinition = definition->nameAndRevision();
    const auto &queues = console().queues().records();
    if (!queues.isEmpty())
        request.jobQueue = queues.first().jobQueueName;
    emit submitRequested(request);
}

void DefinitionsPage::deregisterSelected()
{
    const batch::JobDefinition *definition = selected();
    if (!definition)
        return;
    const QString name = definition->nameAndRevision();
    auto *dialog = new ConfirmDialog(
        {.title = tr("Deregister %1?").arg(name),
         .text = tr("No new job can be submitted with this revision. Jobs that exist go on. It "
                    "stays in the list as inactive."),
         .confirm = tr("Deregister"),
         .connection = console().service().connectionName(),
         .command = models::commands::deregisterDefinition(name)},
        this);
    connect(dialog, &QDialog::accepted, this, [this, name] {
        onFinished(console().service().deregisterJobDefinition(name), this,
                   [this](const Result<void> &result) { reportFailure(result); });
    });
    dialog->open();
}

} // namespace batchyard::ui
