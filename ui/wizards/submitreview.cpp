#include "ui/wizards/submitreview.h"

#include "ui/theme/card.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"
#include "ui/wizards/jsonpane.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>

namespace batchyard::ui {

namespace {

constexpr int reviewWidth = 360;
constexpr int longestTable = 8; // rows before it scrolls

QPushButton *editButton(const QString &name, const QString &what, QWidget *parent)
{
    auto *button = new QPushButton(SubmitReviewPage::tr("Edit"), parent);
    button->setObjectName(name);
    button->setAccessibleName(SubmitReviewPage::tr("Edit %1").arg(what));
    button->setProperty("link", true);
    button->setAutoDefault(false);
    return button;
}

} // namespace

SubmitReviewPage::SubmitReviewPage(models::SubmitJobDraft &draft, QWidget *parent)
    : FormPage(draft, parent)
    , m_request(draft)
    , m_what(plainLabel({}, this))
    , m_tabs(new QTabWidget(this))
    , m_json(new JsonPane(draft, QStringLiteral("submit-job.json"), this))
    , m_effective(jsonView(QStringLiteral("effectiveJson"), this))
{
    m_effective->setAccessibleName(tr("Effective definition"));
    m_tabs->setObjectName(QStringLiteral("reviewTabs"));
    m_tabs->setAccessibleName(tr("JSON"));
    m_tabs->addTab(m_json, tr("Request"));
    m_tabs->addTab(m_effective, tr("What runs (merged)"));
    auto *row = new QWidget(this);
    auto *columns = new QHBoxLayout(row);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(spacing::wide);
    columns->addWidget(buildLeft(), 2);
    columns->addWidget(m_tabs, 3);
    addFree(row, 1);
    SubmitReviewPage::refresh();
}

QWidget *SubmitReviewPage::buildLeft()
{
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumWidth(reviewWidth);
    auto *inner = new QWidget(scroll);
    inner->setProperty("page", true);
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(0, 0, spacing::normal, 0);
    column->setSpacing(spacing::normal);

    auto *job = new Card(tr("Job"), inner);
    QPushButton *editJob = editButton(QStringLiteral("edit.job"), tr("the job"), job);
    job->head()->addWidget(editJob);
    m_what->setWordWrap(true);
    job->body()->addWidget(m_what);
    auto *course = new Card(tr("What will happen"), inner);
    m_lines = course->body();
    auto *overrides = new Card(tr("Overrides"), inner);
    QPushButton *editOverrides
        = editButton(QStringLiteral("edit.overrides"), tr("the overrides"), overrides);
    overrides->head()->addWidget(editOverrides);
    m_noOverrides = mutedLabel(tr("None: the job runs as its definition says."), overrides);
    m_overrides = new QTableWidget(0, 4, overrides);
    m_overrides->setObjectName(QStringLiteral("overrides"));
    m_overrides->setAccessibleName(tr("Overrides of the definition"));
    m_overrides->setHorizontalHeaderLabels(
        {tr("Container"), tr("Field"), tr("Definition"), tr("This job")});
    m_overrides->verticalHeader()->hide();
    m_overrides->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_overrides->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_overrides->setShowGrid(false);
    m_overrides->setTabKeyNavigation(false);
    QHeaderView *header = m_overrides->horizontalHeader();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(1, QHeaderView::Stretch);
    header->setHighlightSections(false);
    m_overrides->setFont(smallFont());
    overrides->body()->addWidget(m_noOverrides);
    overrides->body()->addWidget(m_overrides);
    for (Card *card : {job, course, overrides})
        column->addWidget(card);
    column->addStretch(1);
    scroll->setWidget(inner);
    connect(editJob, &QPushButton::clicked, this, [this] { emit editWanted(0); });
    connect(editOverrides, &QPushButton::clicked, this, [this] { emit editWanted(1); });
    return scroll;
}

void SubmitReviewPage::setQueues(const QList<batch::JobQueue> &queues)
{
    m_queues = queues;
    refresh();
}

void SubmitReviewPage::setEnvironments(const QList<batch::ComputeEnvironment> &environments)
{
    m_environments = environments;
    refresh();
}

void SubmitReviewPage::setEngine(const batch::EngineStatus &engine)
{
    m_engine = engine;
    refresh();
}

void SubmitReviewPage::refresh()
{
    FormPage::refresh();
    const batch::SubmitJobRequest &request = m_request.value();
    m_what->setText(tr("%1 runs %2 in the queue %3.")
                        .arg(request.jobName, request.jobDefinition, request.jobQueue));
    const bool known = m_request.definition() && !m_request.hasErrors();
    m_tabs->setTabEnabled(1, known);
    if (known)
        m_effective->setPlainText(QString::fromUtf8(
            batch::toJson(models::effectiveDefinition(request, *m_request.definition()))));
    showHints();
    showOverrides();
}

void SubmitReviewPage::addLine(const QString &iconName, const QColor &colour, const QString &text)
{
    auto *row = new QHBoxLayout;
    auto *mark = new QLabel(m_linesBox);
    mark->setPixmap(icon(iconName, colour).pixmap(16));
    QLabel *label = plainLabel(text, m_linesBox);
    label->setWordWrap(true);
    row->addWidget(mark, 0, Qt::AlignTop);
    row->addWidget(label, 1);
    static_cast<QVBoxLayout *>(m_linesBox->layout())->addLayout(row);
}

void SubmitReviewPage::showHints()
{
    if (m_linesBox) {
        m_linesBox->hide();
        m_linesBox->deleteLater();
    }
    m_linesBox = new QWidget(this);
    m_linesBox->setObjectName(QStringLiteral("forecast"));
    auto *column = new QVBoxLayout(m_linesBox);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacing::tight);
    m_lines->addWidget(m_linesBox);
    const QColor quiet = colours().mutedText;
    const auto &definition = m_request.definition();
    if (!definition || m_request.hasErrors()) {
        addLine(QStringLiteral("documentinfo"), quiet,
                tr("The service knows no definition of this name yet, or the request has problems; "
                   "the course of the job is shown when both are settled."));
        return;
    }
    const batch::EcsTaskProperties task = batch::effectiveTask(m_request.value(), *definition);
    for (const QString &sentence : models::courseOf(task))
        addLine(QStringLiteral("go-next"), quiet, sentence);
    batch::JobQueue queue;
    for (const auto &each : std::as_const(m_queues)) {
        if (each.jobQueueName == m_request.value().jobQueue
            || each.jobQueueArn == m_request.value().jobQueue)
            queue = each;
    }
    for (const auto &hint : models::capacityHints(task, queue, m_environments, m_engine)) {
        const bool warns = hint.kind == models::Hint::Kind::Warning;
        addLine(warns ? QStringLiteral("emblem-warning") : QStringLiteral("dialog-ok-apply"),
                toneColour(warns ? Tone::Waiting : Tone::Good), hint.text);
    }
    for (const batch::Fault &fault : m_request.faults()) {
        if (fault.severity == batch::Fault::Severity::Warning)
            addLine(QStringLiteral("emblem-warning"), toneColour(Tone::Waiting), fault.message);
    }
}

void SubmitReviewPage::showOverrides()
{
    const auto rows = m_request.definition()
        ? models::overridesOf(m_request.value(), *m_request.definition())
        : QList<models::OverrideRow>();
    m_noOverrides->setVisible(rows.isEmpty());
    m_overrides->setVisible(!rows.isEmpty());
    m_overrides->setRowCount(static_cast<int>(rows.size()));
    for (int i = 0; i < rows.size(); ++i) {
        const QStringList cells{rows[i].container.isEmpty() ? tr("(job)") : rows[i].container,
                                rows[i].field, rows[i].inherited, rows[i].overridden};
        for (int column = 0; column < cells.size(); ++column) {
            auto *item = new QTableWidgetItem(cells[column]);
            item->setToolTip(cells[column]);
            m_overrides->setItem(i, column, item);
        }
    }
    const int shown = std::min(static_cast<int>(rows.size()), longestTable);
    m_overrides->setFixedHeight(m_overrides->horizontalHeader()->sizeHint().height()
                                + shown * m_overrides->verticalHeader()->defaultSectionSize() + 4);
}

bool SubmitReviewPage::focusPath(const QString &)
{
    m_tabs->setCurrentWidget(m_json);
    m_json->editor()->setFocus();
    return true;
}

} // namespace batchyard::ui
