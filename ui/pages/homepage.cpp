#include "ui/pages/homepage.h"

#include "ui/pages/badgedelegate.h"
#include "ui/pages/enginecard.h"
#include "ui/pages/mazeart.h"
#include "ui/pages/samplerundialog.h"
#include "ui/theme/card.h"
#include "ui/theme/pageheader.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using models::JobsModel;

namespace {

constexpr int latestJobs = 8;
constexpr int narrowWidth = 900;
constexpr int rowHeight = 34;

// The newest jobs alone.
class LatestProxy final : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &) const override
    {
        return row < latestJobs;
    }
};

} // namespace

HomePage::HomePage(models::Console &console, ActionRegistry &registry, SampleRun sample,
                   QWidget *parent)
    : Page(u"home"_s, tr("Home"), parent)
    , m_console(console)
    , m_registry(registry)
    , m_sample(std::move(sample))
{
    auto *top = new QHBoxLayout;
    top->setSpacing(spacing::normal + 4);
    top->addWidget(buildSample(), 3);
    auto *engine = new EngineCard(console, this);
    engine->setMinimumWidth(260);
    top->addWidget(engine, 2);
    content()->addLayout(top);
    content()->addWidget(buildJobs(), 1);
    connect(&console, &models::Console::jobsSummaryChanged, this, &HomePage::updateJobs);
    updateJobs();
}

QWidget *HomePage::buildSample()
{
    QAction *run = m_registry.add(u"home.runSample"_s, tr("Home"), tr("Run the sample maze …"),
                                  u"media-playback-start"_s, {QKeySequence(Qt::CTRL | Qt::Key_R)});
    connect(run, &QAction::triggered, this, &HomePage::runSample);
    run->setEnabled(static_cast<bool>(m_sample.run));

    auto *card = new Card({}, this);
    auto *title = plainLabel(tr("See a simulation run"), card);
    title->setFont(titleFont());
    auto *text
        = plainLabel(tr("A model container serves a maze; an agent container looks for the key "
                        "and then for the exit. Both run as one AWS Batch job on this machine, "
                        "and you watch the walk."),
                     card);
    text->setWordWrap(true);
    text->setProperty("muted", true);
    m_run = new QPushButton(tr("Run the sample maze"), card);
    m_run->setObjectName(u"runSampleButton"_s);
    m_run->setAccessibleName(tr("Run the sample maze"));
    m_run->setToolTip(run->toolTip());
    m_run->setProperty("primary", true);
    m_run->setMinimumHeight(38);
    m_run->setAutoDefault(true);
    m_run->setEnabled(run->isEnabled());
    connect(m_run, &QPushButton::clicked, run, &QAction::trigger);
    const auto link = [this, card](const QString &actionId, const QString &words) {
        auto *button = new QPushButton(words, card);
        button->setObjectName(u"home-"_s % actionId);
        button->setAccessibleName(words);
        button->setProperty("link", true);
        // The other pages add their actions later.
        connect(button, &QPushButton::clicked, this, [this, actionId] {
            if (QAction *action = m_registry.find(actionId))
                action->trigger();
        });
        return button;
    };
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(spacing::normal);
    buttons->addWidget(m_run);
    buttons->addWidget(link(u"jobs.submit"_s, tr("Submit a job")));
    buttons->addWidget(link(u"definitions.create"_s, tr("Define your own")));
    buttons->addStretch();
    auto *texts = new QVBoxLayout;
    texts->setSpacing(spacing::normal);
    texts->addWidget(title);
    texts->addWidget(text);
    texts->addStretch();
    texts->addSpacing(spacing::normal);
    texts->addLayout(buttons);
    auto *row = new QHBoxLayout;
    row->setSpacing(spacing::page);
    row->addLayout(texts, 1);
    m_art = new MazeArt(card);
    row->addWidget(m_art);
    card->body()->addLayout(row);
    return card;
}

QWidget *HomePage::buildJobs()
{
    auto *card = new Card(tr("Latest jobs"), this);
    auto *all = new QPushButton(tr("All jobs"), card);
    all->setObjectName(u"allJobsButton"_s);
    all->setAccessibleName(tr("Show all jobs"));
    all->setProperty("link", true);
    connect(all, &QPushButton::clicked, this, [this] {
        emit locationRequested({u"jobs"_s, {}, {}});
    });
    card->head()->addWidget(all);

    m_latest = new LatestProxy(this);
    m_latest->setSourceModel(&m_console.jobs());
    m_jobs = new QTableView(card);
    m_jobs->setObjectName(u"latestJobsTable"_s);
    m_jobs->setAccessibleName(tr("Latest jobs"));
    m_jobs->setModel(m_latest);
    m_jobs->setFrameShape(QFrame::NoFrame);
    m_jobs->setShowGrid(false);
    m_jobs->setWordWrap(false);
    m_jobs->setTabKeyNavigation(false);
    m_jobs->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_jobs->setSelectionMode(QAbstractItemView::SingleSelection);
    m_jobs->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_jobs->horizontalHeader()->hide();
    m_jobs->verticalHeader()->hide();
    m_jobs->verticalHeader()->setDefaultSectionSize(rowHeight);
    m_jobs->setColumnHidden(JobsModel::Definition, true);
    m_jobs->setItemDelegateForColumn(JobsModel::Status,
                                     new BadgeDelegate(
                                         [](const QModelIndex &index) {
                                             return presentation(static_cast<batch::JobStatus>(
                                                 index.data(JobsModel::StatusRole).toInt()));
                                         },
                                         m_jobs));
    QHeaderView *columns = m_jobs->horizontalHeader();
    columns->setSectionResizeMode(JobsModel::Reason, QHeaderView::Stretch);
    columns->resizeSection(JobsModel::Name, 190);
    columns->resizeSection(JobsModel::Status, 124);
    columns->resizeSection(JobsModel::Created, 110);
    columns->resizeSection(JobsModel::Duration, 90);
    connect(m_jobs, &QTableView::activated, this, [this](const QModelIndex &index) {
        emit locationRequested({u"job"_s, index.data(models::TableModel::KeyRole).toString(), {}});
    });
    m_noJobs = plainLabel(tr("Jobs that you run appear here, the newest first."), card);
    m_noJobs->setProperty("muted", true);
    m_noJobs->setAlignment(Qt::AlignCenter);
    card->body()->addWidget(m_jobs, 1);
    card->body()->addWidget(m_noJobs, 1);
    return card;
}

void HomePage::updateJobs()
{
    m_latest->invalidate();
    const bool none = m_latest->rowCount() == 0;
    m_jobs->setVisible(!none);
    m_noJobs->setVisible(none);
}

// What is missed least gives way first.
void HomePage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    const bool narrow = width() < narrowWidth;
    m_art->setVisible(!narrow);
    m_jobs->setColumnHidden(JobsModel::Created, narrow);
}

void HomePage::focusMain()
{
    m_run->setFocus();
}

void HomePage::runSample()
{
    auto *dialog = new SampleRunDialog(m_sample, m_console, this);
    connect(dialog, &SampleRunDialog::submitted, this, [this](const QString &id) {
        emit locationRequested({u"job"_s, id, {}});
    });
    dialog->open();
}

} // namespace batchyard::ui
