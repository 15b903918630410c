#include "ui/wizards/jobdefinitionwizard.h"

#include "backend/async.h"
#include "backend/batch/permission.h"
#include "models/draft/forecast.h"
#include "ui/theme/card.h"
#include "ui/theme/confirmdialog.h"
#include "ui/theme/theme.h"
#include "ui/wizards/containerspage.h"
#include "ui/wizards/definitionpages.h"
#include "ui/wizards/definitionparts.h"
#include "ui/wizards/reviewpage.h"

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::JobDefinition;

namespace {

ReviewPage::Group containerGroup(const batch::TaskContainerProperties &container)
{
    QStringList dependencies;
    for (const auto &each : container.dependsOn)
        dependencies.append(u"%1 (%2)"_s.arg(each.containerName, toString(each.condition)));
    return {
        JobDefinitionWizard::tr("Container %1").arg(container.name),
        1,
        {{JobDefinitionWizard::tr("Image"), shownText(container.image)},
         {JobDefinitionWizard::tr("Essential"),
          container.isEssential() ? JobDefinitionWizard::tr("yes") : JobDefinitionWizard::tr("no")},
         {JobDefinitionWizard::tr("vCPUs"),
          QString::number(batch::requirement(container, QLatin1StringView("VCPU")))},
         {JobDefinitionWizard::tr("Memory (MiB)"),
          QString::number(batch::requirement(container, QLatin1StringView("MEMORY")))},
         {JobDefinitionWizard::tr("Depends on"), shownList(dependencies)}}};
}

QList<ReviewPage::Group> definitionSummary(const JobDefinition &definition)
{
    const auto retry = definition.retryStrategy.value_or(batch::RetryStrategy{});
    const auto timeout = definition.timeout.value_or(batch::JobTimeout{});
    QList<ReviewPage::Group> groups{
        {JobDefinitionWizard::tr("Job definition"),
         0,
         {{JobDefinitionWizard::tr("Name"), shownText(definition.jobDefinitionName)},
          {JobDefinitionWizard::tr("Orchestration type"),
           definition.isFargate() ? JobDefinitionWizard::tr("Fargate")
                                  : JobDefinitionWizard::tr("Amazon EC2")},
          {JobDefinitionWizard::tr("Structure"),
           isLegacy(definition) ? u"containerProperties"_s : u"ecsProperties"_s},
          {JobDefinitionWizard::tr("Job attempts"), shownNumber(retry.attempts)},
          {JobDefinitionWizard::tr("Execution timeout (s)"),
           shownNumber(timeout.attemptDurationSeconds)}}}};
    const auto task = definition.task();
    if (!task)
        return groups;
    for (const auto &container : task->containers)
        groups.append(containerGroup(container));
    QList<std::pair<QString, QString>> course;
    const QStringList sentences = models::courseOf(*task);
    for (int i = 0; i < sentences.size(); ++i)
        course.append({QString::number(i + 1), sentences[i]});
    groups.insert(1, {JobDefinitionWizard::tr("How it runs"), 1, course});
    return groups;
}

} // namespace

JobDefinitionWizard::JobDefinitionWizard(batch::BatchService &service, QWidget *parent)
    : WizardDialog(std::make_unique<models::JobDefinitionDraft>(emptyDefinition()),
                   u"job-definition"_s, tr("Create job definition"), parent)
    , m_service(service)
    , m_document(static_cast<models::JobDefinitionDraft &>(draft()))
{
    setWindowTitle(tr("Create job definition"));
    auto *review = new ReviewPage(m_document, u"job-definition.json"_s,
                                  [this] { return definitionSummary(document()); });
    addStep(tr("Job definition configuration"), new DefinitionConfigurationPage(m_document));
    addStep(tr("Configure containers"), new ContainersPage(m_document));
    addStep(tr("Job definition review"), review);
    connect(review, &ReviewPage::editWanted, this, &WizardDialog::setStep);
    start();
}

void JobDefinitionWizard::setDraft(const JobDefinition &document)
{
    m_document.start(document);
    documentGiven();
}

const JobDefinition &JobDefinitionWizard::document() const
{
    return m_document.value();
}

void JobDefinitionWizard::startAfresh()
{
    m_document.start(emptyDefinition());
}

void JobDefinitionWizard::submit()
{
    registerAllowing({});
}

void JobDefinitionWizard::registerAllowing(const QStringList &permissions)
{
    onFinished(m_service.registerJobDefinition(document(), permissions), this,
               [this](const Result<batch::ResourceId> &result) {
                   if (result) {
                       emit created(result->name);
                       submitSucceeded();
                       return;
                   }
                   if (batch::missingPermissions(result.error()).isEmpty())
                       submitFailed(result.error());
                   else
                       askPermissions(result.error());
               });
}

void JobDefinitionWizard::askPermissions(const Error &refusal)
{
    const QStringList missing = batch::missingPermissions(refusal);
    QStringList meanings;
    for (const QString &name : missing)
        meanings += u"\u2022 "_s % batch::permissionOf(name)->meaning;
    auto *dialog = new ConfirmDialog(
        {.title = tr("Give jobs of %1 what leads out of their containers?")
                      .arg(document().jobDefinitionName),
         .text = tr("Each job of this revision gets:\n%1\nWhoever wrote its images can then read "
                    "and change what is yours. On AWS the same document means the instance that "
                    "runs the job; here it means this machine.")
                     .arg(meanings.join(u'\n')),
         .confirm = tr("Allow and create"),
         .connection = m_service.connectionName(),
         .command = {},
         .isRisky = true},
        this);
    connect(dialog, &QDialog::accepted, this, [this, missing] { registerAllowing(missing); });
    connect(dialog, &QDialog::rejected, this, [this, refusal] { submitFailed(refusal); });
    dialog->open();
}

} // namespace batchyard::ui
