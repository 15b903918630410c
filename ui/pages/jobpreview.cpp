#include "ui/pages/jobpreview.h"

#include "models/console/wording.h"
#include "ui/pages/facts.h"
#include "ui/pages/headlineview.h"
#include "ui/theme/card.h"
#include "ui/theme/statebadge.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int pauseMs = 120;

} // namespace

JobPreview::JobPreview(batch::BatchService &service, const QList<QAction *> &actions,
                       QWidget *parent)
    : QScrollArea(parent)
    , m_model(service, models::JobPageModel::Logs::Leave)
    , m_body(new QWidget)
    , m_name(plainLabel({}, m_body))
    , m_badge(new StateBadge(m_body))
    , m_headline(new HeadlineView(m_body))
    , m_states(new Facts(m_body))
    , m_facts(new Facts(m_body))
{
    setObjectName(u"jobPreview"_s);
    setAccessibleName(tr("Preview of the selected job"));
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    m_name->setFont(sectionFont());
    m_name->setWordWrap(true);
    m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);

    auto *card = new Card({}, m_body);
    card->body()->addWidget(m_badge, 0, Qt::AlignLeft);
    card->body()->addWidget(m_name);
    card->body()->addWidget(m_headline);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(spacing::normal - 2);
    for (QAction *action : actions) {
        auto *button = new QPushButton(QString(action->iconText()).remove(u" …"_s), card);
        button->setObjectName(u"preview-"_s % action->objectName());
        button->setAccessibleName(action->text());
        button->setToolTip(action->toolTip());
        button->setEnabled(action->isEnabled());
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        connect(action, &QAction::enabledChanged, button, &QPushButton::setEnabled);
        buttons->addWidget(button);
    }
    buttons->addStretch();
    card->body()->addSpacing(spacing::tight);
    card->body()->addLayout(buttons);
    auto *states = new Card(tr("States"), m_body);
    states->body()->addWidget(m_states);
    auto *facts = new Card(tr("Details"), m_body);
    facts->body()->addWidget(m_facts);
    auto *layout = new QVBoxLayout(m_body);
    layout->setContentsMargins(0, 0, spacing::tight, 0);
    layout->setSpacing(spacing::normal + 4);
    layout->addWidget(card);
    layout->addWidget(states);
    layout->addWidget(facts);
    layout->addStretch();
    setWidget(m_body);

    m_pause.setSingleShot(true);
    m_pause.setInterval(pauseMs);
    connect(&m_pause, &QTimer::timeout, this, [this] { m_model.setJob(m_wanted); });
    connect(&m_model, &models::JobPageModel::changed, this, &JobPreview::update);
    update();
}

void JobPreview::setJob(const QString &jobId)
{
    if (jobId == m_wanted)
        return;
    m_wanted = jobId;
    m_pause.start();
}

void JobPreview::update()
{
    const auto &detail = m_model.detail();
    m_body->setVisible(detail.has_value());
    if (!detail)
        return;
    m_name->setText(detail->jobName);
    m_badge->setPresentation(presentation(detail->status));
    m_headline->setHeadline(m_model.headline());
    const QDateTime now = QDateTime::currentDateTime();
    QList<std::pair<QString, QString>> times;
    for (const models::JobStep &step : m_model.steps()) {
        if (!step.enteredAt)
            continue;
        QString text = models::timeText(step.enteredAt, now);
        if (step.leftAt)
            text = tr("%1 for %2").arg(text, models::durationText(*step.leftAt - *step.enteredAt));
        times.append({presentation(step.status).word, text});
    }
    m_states->setFacts(times);
    QStringList containers;
    for (const batch::TaskContainerProperties &container : detail->task.containers)
        containers.append(container.name);
    m_facts->setFacts({{tr("Job id"), detail->jobId},
                       {tr("Job queue"), models::nameOfArn(detail->jobQueue)},
                       {tr("Job definition"), models::nameOfArn(detail->jobDefinition)},
                       {tr("Containers"), containers.join(u", "_s)},
                       {tr("Attempts"), QString::number(detail->attempts.size())}});
}

} // namespace batchyard::ui
