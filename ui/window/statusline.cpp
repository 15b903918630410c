#include "ui/window/statusline.h"

#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int noticeMs = 6'000;

} // namespace

StatusLine::StatusLine(models::Console &console, QWidget *parent)
    : QStatusBar(parent)
    , m_console(console)
    , m_engineIcon(plainLabel({}, this))
    , m_engine(plainLabel({}, this))
    , m_jobs(plainLabel({}, this))
    , m_connection(plainLabel({}, this))
{
    setObjectName(u"statusLine"_s);
    setSizeGripEnabled(false);
    m_engine->setObjectName(u"statusEngine"_s);
    m_jobs->setObjectName(u"statusJobs"_s);
    m_connection->setObjectName(u"statusConnection"_s);
    for (QLabel *label : {m_engine, m_jobs, m_connection}) {
        label->setFont(smallFont());
        label->setProperty("muted", true);
    }
    m_jobs->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto *left = new QWidget(this);
    auto *layout = new QHBoxLayout(left);
    layout->setContentsMargins(spacing::wide - 4, 2, spacing::normal, 2);
    layout->setSpacing(spacing::tight + 2);
    layout->addWidget(m_engineIcon);
    layout->addWidget(m_engine);
    layout->addSpacing(spacing::wide);
    layout->addWidget(m_jobs, 1);
    addWidget(left, 1);
    m_connection->setContentsMargins(0, 0, spacing::wide - 4, 0);
    addPermanentWidget(m_connection);
    connect(&console, &models::Console::engineChanged, this, &StatusLine::updateEngine);
    connect(&console, &models::Console::reachabilityChanged, this, &StatusLine::updateEngine);
    connect(&console, &models::Console::jobsSummaryChanged, this, &StatusLine::updateJobs);
    updateEngine();
    updateJobs();
}

void StatusLine::notice(const QString &text)
{
    showMessage(text, noticeMs);
}

void StatusLine::updateEngine()
{
    const auto &engine = m_console.engine();
    Presentation state{u"clock"_s, tr("Looking for the engine"), Tone::Waiting};
    if (engine)
        state = presentation(*engine);
    if (!m_console.isReachable())
        state = {u"dialog-cancel"_s, tr("Engine not known"), Tone::Bad};
    m_engineIcon->setPixmap(state.icon().pixmap(QSize(14, 14), devicePixelRatioF()));
    QString text = state.word;
    if (engine && engine->reachable && m_console.isReachable())
        text = tr("%1 (%2)").arg(state.word, engine->version);
    m_engine->setText(text);
    m_connection->setText(
        m_console.isReachable()
            ? tr("Connected to %1").arg(m_console.service().connectionName())
            : tr("Not connected to %1").arg(m_console.service().connectionName()));
}

void StatusLine::updateJobs()
{
    const QString text = m_console.jobsSummary();
    m_jobs->setText(
        m_jobs->fontMetrics().elidedText(text, Qt::ElideRight, qMax(80, m_jobs->width())));
    m_jobs->setToolTip(text);
    m_jobs->setAccessibleName(text);
}

void StatusLine::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange && m_engineIcon)
        updateEngine();
    QStatusBar::changeEvent(event);
}

void StatusLine::resizeEvent(QResizeEvent *event)
{
    QStatusBar::resizeEvent(event);
    updateJobs();
}

} // namespace batchyard::ui
