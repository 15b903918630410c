#include "ui/pages/environmentspage.h"

#include "backend/async.h"
#include "models/console/documents.h"
#include "models/console/wording.h"
#include "ui/pages/badgedelegate.h"
#include "ui/pages/capacitybar.h"
#include "ui/pages/facts.h"
#include "ui/pages/jsonview.h"
#include "ui/theme/card.h"
#include "ui/theme/confirmdialog.h"
#include "ui/theme/theme.h"
#include "ui/wizards/computeenvironmentwizard.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLocale>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using models::ComputeEnvironmentsModel;

EnvironmentsPage::EnvironmentsPage(models::Console &console, ActionRegistry &registry,
                                   QWidget *parent)
    : ListPage(u"environments"_s, tr("Compute environments"), console.environments(),
               models::Console::Environments, console, registry, parent)
{
    const auto badges = [this](int column) {
        table()->setItemDelegateForColumn(column,
                                          new BadgeDelegate(
                                              [](const QModelIndex &index) {
                                                  return resourcePresentation(
                                                      index.data().toString());
                                              },
                                              this));
    };
    badges(ComputeEnvironmentsModel::State);
    badges(ComputeEnvironmentsModel::Status);
    QHeaderView *columns = table()->horizontalHeader();
    columns->setSectionResizeMode(ComputeEnvironmentsModel::Name, QHeaderView::Stretch);
    columns->resizeSection(ComputeEnvironmentsModel::State, 112);
    columns->resizeSection(ComputeEnvironmentsModel::Status, 96);
    columns->resizeSection(ComputeEnvironmentsModel::Type, 130);
    columns->resizeSection(ComputeEnvironmentsModel::Capacity, 130);
    setOptionalColumns({ComputeEnvironmentsModel::Status, ComputeEnvironmentsModel::Type});
    columns->setMinimumSectionSize(60);
    buildActions();
    filterBar()->addStretch(1);
    setUpEmpty(u"computer"_s, tr("No compute environment yet"),
               tr("A compute environment is where jobs run: this machine's engine, with a limit on "
                  "the vCPUs that jobs may use."),
               m_create);
    setPrimaryAction(m_create);
    setDetail(buildDetail());
    connect(&console, &models::Console::engineChanged, this, &EnvironmentsPage::updateCapacity);
}

void EnvironmentsPage::buildActions()
{
    const QString category = tr("Compute environments");
    m_create = addPageAction(u"environments.create"_s, category, tr("Create compute environment …"),
                             u"list-add"_s);
    connect(m_create, &QAction::triggered, this, &EnvironmentsPage::createEnvironment);
    m_switch = addRowAction(u"environments.switch"_s, category,
                            tr("Enable or disable the compute environment …"),
                            u"media-playback-pause"_s, QKeySequence(Qt::Key_D));
    connect(m_switch, &QAction::triggered, this, &EnvironmentsPage::switchState);
    m_delete
        = addRowAction(u"environments.delete"_s, category, tr("Delete the compute environment …"),
                       u"edit-delete"_s, QKeySequence(Qt::Key_Delete));
    connect(m_delete, &QAction::triggered, this, &EnvironmentsPage::deleteSelected);
}

QWidget *EnvironmentsPage::buildDetail()
{
    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName(u"environmentTabs"_s);
    m_tabs->setAccessibleName(tr("Details of the compute environment"));
    m_tabs->tabBar()->setAccessibleName(m_tabs->accessibleName());
    m_tabs->setDocumentMode(true);
    auto *overview = new QWidget(this);
    auto *layout = new QVBoxLayout(overview);
    layout->setContentsMargins(0, spacing::normal + 4, 0, 0);
    layout->setSpacing(spacing::normal + 4);
    auto *capacity = new Card(tr("In use"), overview);
    m_vcpus = new CapacityBar(tr("vCPUs"), capacity);
    m_memory = new CapacityBar(tr("Memory"), capacity);
    capacity->body()->addWidget(m_vcpus);
    capacity->body()->addWidget(m_memory);
    auto *facts = new Card(tr("Details"), overview);
    m_facts = new Facts(facts);
    facts->body()->addWidget(m_facts);
    layout->addWidget(capacity);
    layout->addWidget(facts);
    layout->addStretch(1);
    auto *jsonBox = new QWidget(this);
    auto *jsonLayout = new QVBoxLayout(jsonBox);
    jsonLayout->setContentsMargins(0, spacing::normal, 0, 0);
    m_json = new JsonView(jsonBox);
    m_json->setObjectName(u"environmentJson"_s);
    jsonLayout->addWidget(m_json);
    m_tabs->addTab(overview, tr("Capacity"));
    m_tabs->addTab(jsonBox, tr("JSON"));
    return m_tabs;
}

const batch::ComputeEnvironment *EnvironmentsPage::selected() const
{
    const QStringList keys = selectedKeys();
    const int row = keys.isEmpty() ? -1 : console().environments().rowOf(keys.first());
    return row < 0 ? nullptr : &console().environments().record(row);
}

void EnvironmentsPage::updateDetail()
{
    const batch::ComputeEnvironment *environment = selected();
    m_tabs->setVisible(environment);
    if (!environment)
        return;
    const auto &resources = environment->computeResources;
    QString limits;
    if (resources && resources->maxvCpus)
        limits
            = tr("%1 to %2 vCPUs").arg(resources->minvCpus.value_or(0)).arg(*resources->maxvCpus);
    m_facts->setFacts(
        {{tr("Type"), environment->type},
         {tr("Capacity"), limits},
         {tr("Allocation"), resources ? resources->allocationStrategy : QString()},
         {tr("Instance types"), resources ? resources->instanceTypes.join(u", "_s) : QString()},
         {tr("Status reason"), environment->statusReason},
         {tr("ARN"), environment->computeEnvironmentArn}});
    m_json->setText(models::describeText(*environment));
    updateCapacity();
}

void EnvironmentsPage::updateCapacity()
{
    const batch::ComputeEnvironment *environment = selected();
    const auto &engine = console().engine();
    if (!environment || !engine || !m_vcpus)
        return;
    const auto &resources = environment->computeResources;
    const int limit = resources && resources->maxvCpus ? *resources->maxvCpus : engine->cpus;
    const QLocale locale;
    m_vcpus->setUse(engine->vcpusInUse, limit,
                    tr("%1 of %2 in use (this machine has %3)")
                        .arg(locale.toString(engine->vcpusInUse, 'g', 3))
                        .arg(limit)
                        .arg(engine->cpus));
    m_memory->setUse(static_cast<double>(engine->memoryInUseMiB),
                     static_cast<double>(engine->memoryMiB),
                     tr("%1 of %2 in use")
                         .arg(models::memoryText(engine->memoryInUseMiB),
                              models::memoryText(engine->memoryMiB)));
}

void EnvironmentsPage::updateActions()
{
    ListPage::updateActions();
    const batch::ComputeEnvironment *environment = selected();
    if (!environment)
        return;
    m_switch->setText(environment->state == u"DISABLED" ? tr("Enable the compute environment …")
                                                        : tr("Disable the compute environment …"));
}

void EnvironmentsPage::createEnvironment()
{
    auto *wizard = new ComputeEnvironmentWizard(console().service(), this);
    wizard->setAttribute(Qt::WA_DeleteOnClose);
    connect(wizard, &ComputeEnvironmentWizard::created, this, &EnvironmentsPage::selectKey);
    wizard->open();
}

void EnvironmentsPage::switchState()
{
    const batch::ComputeEnvironment *environment = selected();
    if (!environment)
        return;
    batch::ComputeEnvironment changed = *environment;
    const bool enable = environment->state == u"DISABLED";
    changed.state = enable ? u"ENABLED"_s : u"DISABLED"_s;
    const QString &name = changed.computeEnvironmentName;
    auto *dialog = new ConfirmDialog(
        {.title
         = (enable ? tr("Enable compute environment %1?") : tr("Disable compute environment %1?"))
               .arg(name),
         .text = enable ? tr("Jobs are placed in it again.")
                        : tr("No more jobs are placed in it. Jobs that run in it go on."),
         .confirm = enable ? tr("Enable") : tr("Disable"),
         .connection = console().service().connectionName(),
         .command = models::commands::setEnvironmentState(name, changed.state),
         .isDestructive = !enable},
        this);
    connect(dialog, &QDialog::accepted, this, [this, changed] {
        onFinished(console().service().updateComputeEnvironment(changed), this,
                   [this](const Result<batch::ResourceId> &result) { reportFailure(result); });
    });
    dialog->open();
}

void EnvironmentsPage::deleteSelected()
{
    const batch::ComputeEnvironment *environment = selected();
    if (!environment)
        return;
    const QString name = environment->computeEnvironmentName;
    auto *dialog
        = new ConfirmDialog({.title = tr("Delete compute environment %1?").arg(name),
                             .text = tr("It must be disabled, and no job queue may point to it."),
                             .confirm = tr("Delete"),
                             .connection = console().service().connectionName(),
                             .command = models::commands::deleteEnvironment(name)},
                            this);
    connect(dialog, &QDialog::accepted, this, [this, name] {
        onFinished(console().service().deleteComputeEnvironment(name), this,
                   [this](const Result<void> &result) { reportFailure(result); });
    });
    dialog->open();
}

} // namespace batchyard::ui
