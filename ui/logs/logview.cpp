#include "ui/logs/logview.h"

#include "backend/async.h"
#include "models/console/logexport.h"
#include "ui/logs/logpane.h"
#include "ui/theme/presentation.h"
#include "ui/theme/settings.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QEvent>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using models::LogModel;

namespace {

constexpr int typingPauseMs = 120;
constexpr qsizetype longestChipName = 24;

} // namespace

LogView::LogView(QWidget *parent)
    : QWidget(parent)
    , m_search(new QLineEdit(this))
    , m_count(mutedLabel({}, this))
    , m_chipBar(new QWidget(this))
    , m_chips(new QHBoxLayout(m_chipBar))
    , m_problem(plainLabel({}, this))
    , m_frame(new QFrame(this))
    , m_pane(new LogPane(m_frame))
    , m_empty(mutedLabel(tr("No line has been logged yet."), m_pane))
    , m_newLines(new QPushButton(m_pane))
{
    m_chips->setContentsMargins(0, 0, 0, 0);
    m_chips->setSpacing(spacing::normal - 2);
    m_problem->setObjectName(u"logProblem"_s);
    m_problem->hide();
    m_newLines->setObjectName(u"newLinesButton"_s);
    m_newLines->setProperty("primary", true);
    m_newLines->setProperty("chip", true);
    m_newLines->setFocusPolicy(Qt::NoFocus);
    m_newLines->hide();
    m_empty->setAlignment(Qt::AlignCenter);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::normal);
    buildBar();
    layout->addWidget(m_problem);
    m_frame->setProperty("card", true);
    auto *frameLayout = new QVBoxLayout(m_frame);
    frameLayout->setContentsMargins(2, 4, 2, 4);
    frameLayout->addWidget(m_pane);
    layout->addWidget(m_frame, 1);

    m_pane->installEventFilter(this);
    m_search->installEventFilter(this);
    m_searchTimer.setSingleShot(true);
    m_searchTimer.setInterval(typingPauseMs);
    connect(&m_searchTimer, &QTimer::timeout, this, &LogView::applyFilter);
    connect(m_search, &QLineEdit::textChanged, this, [this] { m_searchTimer.start(); });
    connect(m_newLines, &QPushButton::clicked, this, [this] { m_pane->setFollowing(true); });
    connect(m_pane, &LogPane::followingChanged, this, &LogView::updateFollow);
    connect(m_pane, &LogPane::newLinesChanged, this, &LogView::updateFollow);
    updateIcons();
    updateFollow();
    m_pane->setWrapping(m_wrap->isChecked());
    m_pane->setTimesShown(m_times->isChecked());
}

QToolButton *LogView::makeToggle(const QString &name, const QString &text, const QString &toolTip)
{
    auto *button = new QToolButton(this);
    button->setObjectName(name);
    button->setText(text);
    button->setCheckable(true);
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    return button;
}

QToolButton *LogView::makeButton(const QString &name, const QString &iconName,
                                 const QString &toolTip)
{
    auto *button = new QToolButton(this);
    button->setObjectName(name);
    button->setIcon(icon(iconName));
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    return button;
}

void LogView::buildBar()
{
    m_search->setObjectName(u"logSearch"_s);
    m_search->setPlaceholderText(tr("Find in the log   Ctrl+F"));
    m_search->setAccessibleName(tr("Find in the log"));
    m_search->setClearButtonEnabled(true);
    m_search->setMinimumWidth(160);
    m_search->setMaximumWidth(380);
    m_regex = makeToggle(u"logRegex"_s, u".*"_s, tr("Regular expression"));
    m_case = makeToggle(u"logCase"_s, u"Aa"_s, tr("Match upper and lower case"));
    m_inverse = makeToggle(u"logInverse"_s, tr("Not"), tr("Lines that do not contain it"));
    m_only = makeToggle(u"logOnly"_s, {}, tr("Show only matching lines"));
    m_previous = makeButton(u"logPrevious"_s, u"go-up"_s, tr("Previous match (Shift+F3)"));
    m_next = makeButton(u"logNext"_s, u"go-down"_s, tr("Next match (F3)"));
    m_times = makeToggle(u"logTimes"_s, {}, tr("Show times"));
    m_wrap = makeToggle(u"logWrap"_s, {}, tr("Wrap long lines"));
    m_follow = makeToggle(u"logFollow"_s, {}, tr("Follow the end (Space)"));
    m_copy = makeButton(u"logCopy"_s, u"edit-copy"_s, tr("Copy the selection, or all lines"));
    m_save = makeButton(u"logSave"_s, u"document-save"_s, tr("Save the lines shown …"));
    m_count->setObjectName(u"logCount"_s);
    m_count->setMinimumWidth(fontMetrics().horizontalAdvance(tr("No match")));

    const Settings settings;
    m_regex->setChecked(settings.flag(u"log/regex"_s, false));
    m_case->setChecked(settings.flag(u"log/case"_s, false));
    m_only->setChecked(settings.flag(u"log/only"_s, false));
    m_times->setChecked(settings.flag(u"log/times"_s, true));
    m_wrap->setChecked(settings.flag(u"log/wrap"_s, false));

    auto *bar = new QHBoxLayout;
    bar->setSpacing(2);
    bar->addWidget(m_search, 3);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_regex, m_case, m_inverse, m_only})
        bar->addWidget(widget);
    bar->addSpacing(spacing::tight);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_previous, m_next, m_count})
        bar->addWidget(widget);
    bar->addStretch(1);
    for (QWidget *widget :
         std::initializer_list<QWidget *>{m_follow, m_times, m_wrap, m_copy, m_save})
        bar->addWidget(widget);
    static_cast<QVBoxLayout *>(layout())->addLayout(bar);
    layout()->addWidget(m_chipBar);

    for (QToolButton *toggle : {m_regex, m_case, m_inverse, m_only}) {
        connect(toggle, &QToolButton::toggled, this, [this] {
            applyFilter();
            rememberToggles();
        });
    }
    connect(m_times, &QToolButton::toggled, this, [this](bool shown) {
        m_pane->setTimesShown(shown);
        rememberToggles();
    });
    connect(m_wrap, &QToolButton::toggled, this, [this](bool wrapping) {
        m_pane->setWrapping(wrapping);
        rememberToggles();
    });
    connect(m_follow, &QToolButton::clicked, m_pane, &LogPane::setFollowing);
    connect(m_previous, &QToolButton::clicked, this, [this] { findNext(false); });
    connect(m_next, &QToolButton::clicked, this, [this] { findNext(true); });
    connect(m_copy, &QToolButton::clicked, this, [this] {
        if (m_pane->hasSelection())
            QGuiApplication::clipboard()->setText(m_pane->selectedText());
        else
            copyAll();
    });
    connect(m_save, &QToolButton::clicked, this, &LogView::askWhereToSave);
}

void LogView::rememberToggles()
{
    Settings settings;
    settings.setFlag(u"log/regex"_s, m_regex->isChecked());
    settings.setFlag(u"log/case"_s, m_case->isChecked());
    settings.setFlag(u"log/only"_s, m_only->isChecked());
    settings.setFlag(u"log/times"_s, m_times->isChecked());
    settings.setFlag(u"log/wrap"_s, m_wrap->isChecked());
}

void LogView::setModel(LogModel *model)
{
    if (m_model)
        disconnect(m_model, nullptr, this, nullptr);
    m_model = model;
    m_pane->setModel(model);
    if (m_model) {
        connect(m_model, &LogModel::matchesChanged, this, &LogView::updateCount);
        connect(m_model, &LogModel::sourcesChanged, this, &LogView::updateChips);
        const auto updateEmpty = [this] { m_empty->setVisible(m_model->lineCount() == 0); };
        connect(m_model, &QAbstractItemModel::rowsInserted, this, updateEmpty);
        connect(m_model, &QAbstractItemModel::modelReset, this, updateEmpty);
        updateEmpty();
    }
    applyFilter();
    updateChips();
    updateFollow();
}

// ---- Searching

void LogView::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void LogView::applyFilter()
{
    m_searchTimer.stop();
    if (!m_model)
        return;
    models::LogFilter filter;
    filter.text = m_search->text();
    filter.isRegex = m_regex->isChecked();
    filter.isCaseSensitive = m_case->isChecked();
    filter.isInverse = m_inverse->isChecked();
    filter.hidesOthers = m_only->isChecked();
    m_model->setFilter(filter);
    const QString problem = m_model->filterError();
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_search->setProperty("invalid", !problem.isEmpty());
    m_search->style()->unpolish(m_search);
    m_search->style()->polish(m_search);
    updateCount();
}

void LogView::updateCount()
{
    const bool active = m_model && !m_model->filter().text.isEmpty();
    m_previous->setEnabled(active && m_model->matchCount() > 0);
    m_next->setEnabled(active && m_model->matchCount() > 0);
    if (!active) {
        m_count->clear();
        return;
    }
    const int count = m_model->matchCount();
    QString text = count == 0 ? tr("No match")
        : count == 1          ? tr("1 match")
                              : tr("%1 matches").arg(QLocale().toString(count));
    if (m_model->isSearching())
        text += u" …"_s;
    m_count->setText(text);
}

void LogView::findNext(bool forward)
{
    if (!m_model)
        return;
    if (m_searchTimer.isActive())
        applyFilter();
    int from = m_pane->currentRow();
    if (from < 0)
        from = forward ? m_pane->firstRow() - 1 : m_pane->firstRow();
    const int row = m_model->nextMatch(from, forward);
    if (row >= 0)
        m_pane->showRow(row);
}

bool LogView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_pane && event->type() == QEvent::Resize)
        placeNewLines();
    if (watched == m_pane
        && (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)) {
        m_frame->setProperty("focused", event->type() == QEvent::FocusIn);
        m_frame->style()->unpolish(m_frame);
        m_frame->style()->polish(m_frame);
    }
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            findNext(!(key->modifiers() & Qt::ShiftModifier));
            return true;
        }
        if (key->key() == Qt::Key_Escape && !m_search->text().isEmpty()) {
            m_search->clear();
            return true;
        }
        if (key->key() == Qt::Key_Escape) {
            m_pane->setFocus(Qt::OtherFocusReason);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

// ---- Containers

void LogView::updateChips()
{
    while (QLayoutItem *item = m_chips->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
    if (!m_model)
        return;
    const auto &sources = m_model->sources();
    for (int i = 0; i < static_cast<int>(sources.size()); ++i) {
        const LogModel::Source &source = sources.at(static_cast<std::size_t>(i));
        QString name = source.container;
        if (name.size() > longestChipName)
            name = name.left(longestChipName - 1) + u'…';
        // An ampersand would be taken for a shortcut mark.
        auto *chip = new QPushButton(name.replace(u'&', u"&&"_s), m_chipBar);
        chip->setObjectName(u"logChip-"_s % source.container);
        chip->setAccessibleName(tr("Show lines of container %1").arg(source.container));
        chip->setToolTip(source.isVisible ? tr("Hide the lines of this container")
                                          : tr("Show the lines of this container"));
        chip->setProperty("chip", true);
        chip->setProperty("container", true);
        chip->setCheckable(true);
        chip->setChecked(source.isVisible);
        QPixmap dot(12, 12);
        dot.fill(Qt::transparent);
        QPainter painter(&dot);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(containerColour(i), 2));
        painter.setBrush(source.isVisible ? QBrush(containerColour(i)) : QBrush(Qt::NoBrush));
        painter.drawEllipse(QRectF(2, 2, 8, 8));
        painter.end();
        chip->setIcon(QIcon(dot));
        connect(chip, &QPushButton::clicked, this,
                [this, i](bool visible) { m_model->setSourceVisible(i, visible); });
        m_chips->addWidget(chip);
    }
    m_chips->addStretch();
    m_chipBar->setVisible(!sources.empty());
}

// ---- Following

void LogView::updateFollow()
{
    m_follow->setChecked(m_pane->isFollowing());
    const qint64 fresh = m_pane->newLines();
    m_newLines->setVisible(fresh > 0);
    if (fresh > 0) {
        const QString count = QLocale().toString(fresh);
        m_newLines->setText(fresh == 1 ? tr("1 new line") : tr("%1 new lines").arg(count));
        m_newLines->setAccessibleName(tr("Go to %1 new lines").arg(count));
        placeNewLines();
    }
}

void LogView::placeNewLines()
{
    m_empty->setGeometry(m_pane->rect());
    m_newLines->adjustSize();
    m_newLines->move((m_pane->width() - m_newLines->width()) / 2,
                     m_pane->height() - m_newLines->height() - spacing::wide);
    m_newLines->raise();
}

void LogView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    placeNewLines();
}

void LogView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) {
        updateIcons();
        updateChips();
    }
    QWidget::changeEvent(event);
}

void LogView::updateIcons()
{
    m_only->setIcon(icon(u"view-filter"_s));
    m_times->setIcon(icon(u"clock"_s));
    m_wrap->setIcon(icon(u"text-wrap"_s));
    m_follow->setIcon(icon(u"go-bottom"_s));
    QPalette palette = m_problem->palette();
    palette.setColor(QPalette::WindowText, toneColour(Tone::Bad));
    m_problem->setPalette(palette);
    m_newLines->setIcon(icon(u"go-bottom"_s, colours().accentText));
}

// ---- Copy and save

void LogView::copyAll() const
{
    if (!m_model || m_model->rowCount() == 0)
        return;
    const auto records = m_model->records(0, m_model->rowCount() - 1);
    QGuiApplication::clipboard()->setText(
        QString::fromUtf8(models::formatLog(records, models::LogFormat::Text)));
}

void LogView::askWhereToSave()
{
    auto *dialog = new QFileDialog(this, tr("Save the lines shown"));
    dialog->setObjectName(u"saveLogDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("Text (*.log)"), tr("JSON lines (*.jsonl)")});
    dialog->setDefaultSuffix(u"log"_s);
    dialog->selectFile((m_jobName.isEmpty() ? u"job"_s : m_jobName) + u".log"_s);
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString &filter) {
        dialog->setDefaultSuffix(filter.contains(u"jsonl"_s) ? u"jsonl"_s : u"log"_s);
    });
    connect(dialog, &QFileDialog::fileSelected, this, &LogView::save);
    dialog->open();
}

void LogView::save(const QString &fileName)
{
    if (!m_model)
        return;
    const auto records = m_model->rowCount() == 0 ? QList<models::LogRecord>()
                                                  : m_model->records(0, m_model->rowCount() - 1);
    const auto format = fileName.endsWith(u".jsonl"_s, Qt::CaseInsensitive)
        ? models::LogFormat::JsonLines
        : models::LogFormat::Text;
    // Formatting a million lines takes a second; the window goes on meanwhile.
    const auto future = QtConcurrent::run(
        [fileName, records, format] { return models::saveLog(fileName, records, format); });
    onFinished(future, this, [this, fileName](const Result<void> &result) {
        if (result)
            emit saved(fileName);
        else
            emit failed(result.error());
    });
}

} // namespace batchyard::ui
