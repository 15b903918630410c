// What can be done on a job's page, by menu, key and palette.
#include "models/console/documents.h"
#include "ui/logs/logpane.h"
#include "ui/logs/logview.h"
#include "ui/pages/jobpage.h"

#include <QApplication>
#include <QClipboard>
#include <QRegularExpression>
#include <QTabWidget>

#include <array>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

// "<parent>:<index>" of an array's child, "<parent>#<node>" of a node; empty for another job.
QString parentOf(const QString &jobId)
{
    static const QRegularExpression mark(u"[:#]"_s);
    const qsizetype at = jobId.indexOf(mark);
    return at < 0 ? QString() : jobId.left(at);
}

} // namespace

QAction *JobPage::addAction(const QString &id, const QString &text, const QString &iconName,
                            const QKeySequence &keys)
{
    QAction *action
        = m_registry.add(id, tr("Job"), text, iconName,
                         keys.isEmpty() ? QList<QKeySequence>() : QList<QKeySequence>{keys});
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    action->setEnabled(false);
    QWidget::addAction(action);
    m_actions.append(action);
    return action;
}

void JobPage::buildActions()
{
    const std::array<std::tuple<QString, QString, QString>, TabCount> tabs{
        {{u"job.overview"_s, tr("Show the overview"), u"distribute-graph"_s},
         {u"job.logs"_s, tr("Show the log"), u"view-list-text"_s},
         {u"job.replay"_s, tr("Show the replay"), u"media-playback-start"_s},
         {u"job.attempts"_s, tr("Show the attempts"), u"view-refresh"_s},
         {u"job.json"_s, tr("Show the JSON"), u"code-context"_s}}};
    for (int tab = 0; tab < TabCount; ++tab) {
        const auto &[id, text, iconName] = tabs.at(static_cast<std::size_t>(tab));
        QAction *action = addAction(id, text, iconName,
                                    QKeySequence(static_cast<int>(Qt::ALT) | (Qt::Key_1 + tab)));
        connect(action, &QAction::triggered, this, [this, tab] {
            m_tabs->setCurrentIndex(tab);
            focusMain();
        });
    }
    buildLogActions();
    QAction *cloneAction = addAction(u"job.clone"_s, tr("Clone the job …"), u"edit-clone"_s,
                                     QKeySequence(Qt::CTRL | Qt::Key_D));
    connect(cloneAction, &QAction::triggered, this, &JobPage::clone);
    m_parent = addAction(u"job.parent"_s, tr("Open the job that this one belongs to"), u"go-up"_s,
                         QKeySequence(Qt::ALT | Qt::Key_Up));
    connect(m_parent, &QAction::triggered, this, [this] {
        emit locationRequested({u"job"_s, parentOf(m_model.jobId()), {}});
    });
    m_stop = addAction(u"job.stop"_s, tr("Stop the job …"), u"media-playback-stop"_s);
    connect(m_stop, &QAction::triggered, this, &JobPage::stop);
    const auto copying = [this](const QString &id, const QString &text, auto make) {
        QAction *action = addAction(id, text, u"edit-copy"_s);
        connect(action, &QAction::triggered, this, [this, make] {
            if (m_model.detail())
                QApplication::clipboard()->setText(make(*m_model.detail()));
        });
    };
    using batch::JobDetail;
    copying(u"job.copyId"_s, tr("Copy the job id"), [](const JobDetail &job) { return job.jobId; });
    copying(u"job.copyArn"_s, tr("Copy the job ARN"),
            [](const JobDetail &job) { return job.jobArn; });
    copying(u"job.copyFollow"_s, tr("Copy the command that follows the log"),
            [](const JobDetail &job) { return models::commands::followLogs(job.jobId); });
    copying(u"job.copyDescribe"_s, tr("Copy the command that describes the job"),
            [](const JobDetail &job) { return models::commands::describeJob(job.jobId); });
}

void JobPage::buildLogActions()
{
    const auto add = [this](const QString &id, const QString &text, const QString &iconName,
                            const QKeySequence &keys, auto slot) {
        QAction *action = m_registry.add(id, tr("Log"), text, iconName, {keys});
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        action->setEnabled(false);
        m_logs->addAction(action);
        m_logActions.append(action);
        connect(action, &QAction::triggered, m_logs, slot);
    };
    add(u"log.find"_s, tr("Find in the log"), u"edit-find"_s, QKeySequence(QKeySequence::Find),
        [this] { m_logs->focusSearch(); });
    add(u"log.next"_s, tr("Next match"), u"go-down"_s, QKeySequence(Qt::Key_F3),
        [this] { m_logs->findNext(true); });
    add(u"log.previous"_s, tr("Previous match"), u"go-up"_s, QKeySequence(Qt::SHIFT | Qt::Key_F3),
        [this] { m_logs->findNext(false); });
    add(u"log.follow"_s, tr("Follow the end of the log, or stop following"), u"go-bottom"_s,
        QKeySequence(Qt::CTRL | Qt::Key_E),
        [this] { m_logs->pane()->setFollowing(!m_logs->pane()->isFollowing()); });
    add(u"log.save"_s, tr("Save the log …"), u"document-save"_s, QKeySequence(QKeySequence::Save),
        [this] { m_logs->askWhereToSave(); });
    add(u"log.copy"_s, tr("Copy the whole log"), u"edit-copy"_s,
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), [this] { m_logs->copyAll(); });
}

void JobPage::updateActions()
{
    const bool shown = m_active && m_model.detail();
    for (QAction *action : std::as_const(m_actions))
        action->setEnabled(shown);
    m_parent->setEnabled(shown && !parentOf(m_model.jobId()).isEmpty());
    m_stop->setEnabled(shown && !batch::isTerminal(m_model.detail()->status));
    for (QAction *action : std::as_const(m_logActions))
        action->setEnabled(shown && m_tabs->currentIndex() == Logs);
    m_registry.find(u"job.replay"_s)->setEnabled(shown && m_model.hasMaze());
}

} // namespace batchyard::ui
