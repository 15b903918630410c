#include "ui/pages/enginecard.h"

#include "models/console/wording.h"
#include "ui/pages/capacitybar.h"
#include "ui/theme/statebadge.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

EngineCard::EngineCard(models::Console &console, QWidget *parent)
    : QWidget(parent)
    , m_console(console)
    , m_card(new Card(tr("Engine"), this))
    , m_badge(new StateBadge(m_card))
    , m_facts(mutedLabel({}, m_card))
    , m_problem(plainLabel({}, m_card))
    , m_copy(new QPushButton(tr("Copy"), m_card))
    , m_retry(new QPushButton(tr("Look again"), m_card))
    , m_vcpus(new CapacityBar(tr("vCPUs"), m_card))
    , m_memory(new CapacityBar(tr("Memory"), m_card))
{
    setObjectName(u"engineCard"_s);
    m_facts->setWordWrap(true);
    m_facts->setObjectName(u"engineFacts"_s);
    m_problem->setWordWrap(true);
    m_problem->setObjectName(u"engineProblem"_s);
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_copy->setObjectName(u"engineCopy"_s);
    m_copy->setAccessibleName(tr("Copy the problem of the engine"));
    m_retry->setObjectName(u"engineRetry"_s);
    m_retry->setAccessibleName(tr("Look for the engine again"));
    m_card->head()->addWidget(m_badge);
    QVBoxLayout *body = m_card->body();
    body->addWidget(m_facts);
    body->addWidget(m_problem);
    body->addWidget(m_vcpus);
    body->addWidget(m_memory);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_retry);
    buttons->addWidget(m_copy);
    buttons->addStretch();
    body->addLayout(buttons);
    body->addStretch();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_card);
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_problem->text()); });
    connect(m_retry, &QPushButton::clicked, &console, &models::Console::refresh);
    connect(&console, &models::Console::engineChanged, this, &EngineCard::update);
    connect(&console, &models::Console::reachabilityChanged, this, &EngineCard::update);
    update();
}

void EngineCard::update()
{
    const auto &engine = m_console.engine();
    const bool known = engine.has_value() && m_console.isReachable();
    const bool good = known && engine->reachable;
    if (known)
        m_badge->setPresentation(presentation(*engine));
    else if (m_console.isReachable())
        m_badge->setPresentation({u"clock"_s, tr("Looking for it"), Tone::Waiting});
    else
        m_badge->setPresentation({u"dialog-cancel"_s, tr("Not known"), Tone::Bad});
    QString problem;
    if (!m_console.isReachable())
        problem = m_console.reachabilityProblem();
    else if (known && !good)
        problem = engine->problem;
    else if (known)
        problem = engine->storeProblem;
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_copy->setVisible(!problem.isEmpty());
    m_retry->setVisible(!problem.isEmpty());
    m_facts->setVisible(good);
    m_vcpus->setVisible(good);
    m_memory->setVisible(good);
    if (!good)
        return;
    m_facts->setText(tr("Version %1 at %2").arg(engine->version, engine->endpoint));
    const QLocale locale;
    m_vcpus->setUse(
        engine->vcpusInUse, engine->cpus,
        tr("%1 of %2 in use").arg(locale.toString(engine->vcpusInUse, 'g', 3)).arg(engine->cpus));
    m_memory->setUse(static_cast<double>(engine->memoryInUseMiB),
                     static_cast<double>(engine->memoryMiB),
                     tr("%1 of %2 in use")
                         .arg(models::memoryText(engine->memoryInUseMiB),
                              models::memoryText(engine->memoryMiB)));
}

} // namespace batchyard::ui
