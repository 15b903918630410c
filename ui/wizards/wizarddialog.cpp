#include "ui/wizards/wizarddialog.h"

#include "models/draft/draftautosave.h"
#include "ui/theme/errorbanner.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"
#include "ui/wizards/formpage.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QShortcut>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace batchyard::ui {

namespace {

constexpr int sidebarWidth = 210;
constexpr int sidebarFrom = 1060; // narrower windows show the step's number above its title
const QSize preferredSize(1180, 780);
const QSize smallestSize(720, 460);
constexpr QSize stepIcon(16, 16);

QIcon emptyIcon()
{
    QPixmap pixmap(stepIcon);
    pixmap.fill(Qt::transparent);
    return QIcon(pixmap);
}

QPushButton *footerButton(const QString &name, const QString &text, QWidget *parent)
{
    auto *button = new QPushButton(text, parent);
    button->setObjectName(name);
    button->setAccessibleName(text);
    button->setAutoDefault(false);
    return button;
}

} // namespace

WizardDialog::WizardDialog(std::unique_ptr<models::DraftBase> draft, const QString &kind,
                           const QString &primaryText, QWidget *parent)
    : QDialog(parent)
    , m_draft(std::move(draft))
    , m_autosave(
          std::make_unique<models::DraftAutosave>(*m_draft, models::DraftAutosave::fileFor(kind)))
    , m_primaryText(primaryText)
{
    setObjectName(kind + QStringLiteral("Wizard"));
    setMinimumSize(smallestSize);
    auto *columns = new QHBoxLayout(this);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    columns->addWidget(buildSidebar());
    auto *right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(buildContent(), 1);
    right->addWidget(buildFooter());
    columns->addLayout(right, 1);
    buildShortcuts();
    qApp->installEventFilter(this);
    connect(m_draft.get(), &models::DraftBase::changed, this, &WizardDialog::updateState);
}

WizardDialog::~WizardDialog()
{
    qApp->removeEventFilter(this);
    disconnect(m_draft.get(), nullptr, this, nullptr);
    delete m_stack; // pages tell the draft when they lose the focus, so they go first
}

QWidget *WizardDialog::buildSidebar()
{
    m_sidebar = new QWidget(this);
    m_sidebar->setFixedWidth(sidebarWidth);
    auto *layout = new QVBoxLayout(m_sidebar);
    layout->setContentsMargins(spacing::wide, spacing::page, 0, spacing::wide);
    m_stepList = new QListWidget(m_sidebar);
    m_stepList->setObjectName(QStringLiteral("steps"));
    m_stepList->setAccessibleName(tr("Steps"));
    m_stepList->setFrameShape(QFrame::NoFrame);
    m_stepList->setIconSize(stepIcon);
    m_stepList->setWordWrap(true);
    m_stepList->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    layout->addWidget(m_stepList);
    connect(m_stepList, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0)
            setStep(row);
    });
    return m_sidebar;
}

QWidget *WizardDialog::buildContent()
{
    auto *content = new QWidget(this);
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(spacing::page, spacing::wide, spacing::page, spacing::normal);
    layout->setSpacing(spacing::normal);
    m_stepNumber = mutedLabel({}, content);
    m_title = plainLabel({}, content);
    m_title->setFont(titleFont());
    m_title->setObjectName(QStringLiteral("stepTitle"));
    m_error = new ErrorBanner(content);
    m_error->setObjectName(QStringLiteral("serviceError"));
    m_error->hide();
    m_stack = new QStackedWidget(content);
    buildNotice();
    layout->addWidget(m_stepNumber);
    layout->addWidget(m_title);
    layout->addWidget(m_error);
    layout->addWidget(m_notice);
    layout->addWidget(m_stack, 1);
    return content;
}

void WizardDialog::buildNotice()
{
    m_notice = new QFrame(this);
    m_notice->setObjectName(QStringLiteral("notice"));
    m_notice->setProperty("card", true);
    m_noticeText = plainLabel({}, m_notice);
    m_noticeText->setWordWrap(true);
    m_startAfresh = footerButton(QStringLiteral("startAfresh"), tr("Start afresh"), m_notice);
    auto *close = new QToolButton(m_notice);
    close->setObjectName(QStringLiteral("closeNotice"));
    close->setAccessibleName(tr("Close the message"));
    close->setIcon(icon(QStringLiteral("window-close")));
    auto *layout = new QHBoxLayout(m_notice);
    layout->setContentsMargins(spacing::normal, spacing::tight, spacing::tight, spacing::tight);
    layout->addWidget(m_noticeText, 1);
    layout->addWidget(m_startAfresh);
    layout->addWidget(close);
    connect(close, &QToolButton::clicked, m_notice, &QWidget::hide);
    connect(m_startAfresh, &QPushButton::clicked, this, [this] {
        m_notice->hide();
        startAfresh();
        setStep(0);
    });
    m_notice->hide();
}

QWidget *WizardDialog::buildFooter()
{
    auto *footer = new QWidget(this);
    auto *rule = new QFrame(footer);
    rule->setProperty("rule", true);
    auto *column = new QVBoxLayout(footer);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(rule);
    auto *layout = new QHBoxLayout;
    layout->setContentsMargins(spacing::page, spacing::normal, spacing::page, spacing::normal);
    layout->setSpacing(spacing::normal);
    column->addLayout(layout);
    m_undo = footerButton(QStringLiteral("undo"), {}, footer);
    m_undo->setIcon(icon(QStringLiteral("edit-undo")));
    m_undo->setAccessibleName(tr("Undo"));
    m_undo->setToolTip(tr("Undo (Ctrl+Z)"));
    m_redo = footerButton(QStringLiteral("redo"), {}, footer);
    m_redo->setIcon(icon(QStringLiteral("edit-redo")));
    m_redo->setAccessibleName(tr("Redo"));
    m_redo->setToolTip(tr("Redo (Ctrl+Shift+Z)"));
    m_problems = footerButton(QStringLiteral("problems"), {}, footer);
    m_problems->setProperty("link", true);
    m_problems->setAccessibleName(tr("Problems"));
    QSizePolicy whatIsLeft(QSizePolicy::Ignored, QSizePolicy::Fixed);
    whatIsLeft.setRetainSizeWhenHidden(true);
    m_problems->setSizePolicy(whatIsLeft);
    m_problems->setIcon(icon(QStringLiteral("dialog-cancel"), toneColour(Tone::Bad)));
    m_cancel = footerButton(QStringLiteral("cancel"), tr("Cancel"), footer);
    m_previous = footerButton(QStringLiteral("previous"), tr("Previous"), footer);
    m_next = footerButton(QStringLiteral("next"), tr("Next"), footer);
    m_next->setProperty("primary", true);
    m_next->setDefault(true);
    m_next->setToolTip(tr("Ctrl+Enter"));
    layout->addWidget(m_undo);
    layout->addWidget(m_redo);
    layout->addWidget(m_problems, 1);
    layout->addWidget(m_cancel);
    layout->addWidget(m_previous);
    layout->addWidget(m_next);
    connect(m_undo, &QPushButton::clicked, m_draft.get(), &models::DraftBase::undo);
    connect(m_redo, &QPushButton::clicked, m_draft.get(), &models::DraftBase::redo);
    connect(m_problems, &QPushButton::clicked, this, &WizardDialog::focusFirstProblem);
    connect(m_cancel, &QPushButton::clicked, this, &WizardDialog::reject);
    connect(m_previous, &QPushButton::clicked, this, [this] { setStep(step() - 1); });
    connect(m_next, &QPushButton::clicked, this, &WizardDialog::primaryPressed);
    return footer;
}

void WizardDialog::buildShortcuts()
{
    const auto add = [this](const QKeySequence &keys, auto function) {
        auto *shortcut = new QShortcut(keys, this);
        connect(shortcut, &QShortcut::activated, this, function);
    };
    add(QKeySequence(Qt::CTRL | Qt::Key_Return), [this] { m_next->click(); });
    add(QKeySequence(Qt::CTRL | Qt::Key_Enter), [this] { m_next->click(); });
    add(QKeySequence(Qt::CTRL | Qt::Key_Z), [this] { m_draft->undo(); });
    add(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), [this] { m_draft->redo(); });
}

void WizardDialog::addStep(const QString &title, FormPage *page)
{
    auto *scroll = new QScrollArea(m_stack);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(page);
    m_stack->addWidget(scroll);
    m_steps.append({title, page});
    const QSignalBlocker blocker(m_stepList);
    m_stepList->addItem(tr("Step %1\n%2").arg(m_steps.size()).arg(title));
}

void WizardDialog::start()
{
    m_stepList->setCurrentRow(0);
    m_draft->endStep();
    emit m_draft->changed(); // the pages were not all there when the draft was made
    setStep(0);
}

void WizardDialog::documentGiven()
{
    m_documentGiven = true;
    m_notice->hide();
    for (const Step &each : std::as_const(m_steps))
        each.page->touchAll();
}

int WizardDialog::step() const
{
    return m_stack->currentIndex();
}

int WizardDialog::stepCount() const
{
    return static_cast<int>(m_steps.size());
}

bool WizardDialog::isReachable(int target) const
{
    for (int i = 0; i < target; ++i) {
        if (!errorsOf(i).isEmpty())
            return false;
    }
    return true;
}

void WizardDialog::setStep(int target)
{
    if (target < 0 || target >= stepCount() || !isReachable(target)) {
        updateState();
        return;
    }
    const bool moves = target != step() || m_title->text().isEmpty();
    if (moves && target > step())
        m_steps[step()].page->touchAll();
    m_draft->endStep();
    m_stack->setCurrentIndex(target);
    m_title->setText(m_steps[target].title);
    m_stepNumber->setText(tr("Step %1 of %2").arg(target + 1).arg(stepCount()));
    if (moves)
        stepEntered(target);
    updateState();
    // The first field of the step, so that the keyboard goes on where the eye is.
    if (moves && isVisible())
        m_steps[target].page->focusFirst();
}

void WizardDialog::stepEntered(int) { }

int WizardDialog::ownerOf(const QString &path) const
{
    for (int i = 0; i < m_steps.size(); ++i) {
        if (m_steps[i].page->owns(path))
            return i;
    }
    return stepCount() - 1;
}

batch::Faults WizardDialog::errorsOf(int target) const
{
    batch::Faults errors;
    for (const batch::Fault &fault : m_draft->faults()) {
        if (fault.severity == batch::Fault::Severity::Error && ownerOf(fault.path) == target)
            errors.append(fault);
    }
    return errors;
}

void WizardDialog::updateState()
{
    if (m_steps.isEmpty())
        return;
    const bool last = step() == stepCount() - 1;
    const bool ready = last ? !m_draft->hasErrors() : isReachable(step() + 1);
    m_next->setText(last ? m_primaryText : tr("Next"));
    m_next->setAccessibleName(m_next->text());
    m_next->setEnabled(ready && !m_submitting);
    m_previous->setEnabled(step() > 0 && !m_submitting);
    m_undo->setEnabled(m_draft->canUndo());
    m_redo->setEnabled(m_draft->canRedo());
    const QSignalBlocker blocker(m_stepList);
    for (int i = 0; i < stepCount(); ++i) {
        QListWidgetItem *item = m_stepList->item(i);
        const bool reachable = isReachable(i);
        item->setFlags(reachable ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags);
        const bool done = i < step() && errorsOf(i).isEmpty();
        // All have an icon's room, so that no text moves when a step is done.
        item->setIcon(done ? icon(QStringLiteral("dialog-ok-apply"), colours().accent)
                           : emptyIcon());
    }
    m_stepList->setCurrentRow(step());
    updateProblems();
}

void WizardDialog::updateProblems()
{
    QStringList messages;
    for (int i = 0; i <= step(); ++i) {
        for (const batch::Fault &fault : errorsOf(i))
            messages.append(fault.message);
    }
    messages.removeDuplicates();
    const int count = static_cast<int>(messages.size());
    m_problems->setVisible(count > 0);
    if (count == 0)
        return;
    const QString all = messages.join(u'\n');
    QString text = messages.first();
    if (count > 1)
        text = tr("%1 problems: %2").arg(count).arg(text);
    text.replace(u'\n', u' ');
    const int width = m_problems->width() - 2 * spacing::page;
    m_problems->setText(m_problems->fontMetrics()
                            .elidedText(text, Qt::ElideRight, width)
                            .replace(u'&', QStringLiteral("&&")));
    m_problems->setToolTip(all);
    m_problems->setAccessibleName(tr("To go on, mend: %1").arg(all));
}

void WizardDialog::focusFirstProblem()
{
    for (int i = 0; i <= step(); ++i) {
        const batch::Faults errors = errorsOf(i);
        if (errors.isEmpty())
            continue;
        setStep(i);
        m_steps[i].page->touchAll();
        m_steps[i].page->focusPath(errors.first().path);
        return;
    }
}

void WizardDialog::primaryPressed()
{
    if (step() < stepCount() - 1) {
        setStep(step() + 1);
        return;
    }
    if (m_submitting || m_draft->hasErrors())
        return;
    m_submitting = true;
    m_error->dismiss();
    updateState();
    submit();
}

void WizardDialog::submitFailed(const Error &error)
{
    m_submitting = false;
    m_error->showError(error);
    updateState();
}

void WizardDialog::submitSucceeded()
{
    m_submitting = false;
    m_autosave->discard();
    accept();
}

void WizardDialog::restoreDraft()
{
    const auto savedAt = m_autosave->restore();
    if (!savedAt || !m_draft->isModified())
        return;
    m_noticeText->setText(
        tr("Your draft of %1 is back.").arg(QLocale().toString(*savedAt, QLocale::ShortFormat)));
    m_notice->show();
    for (const Step &each : std::as_const(m_steps))
        each.page->touchAll();
}

void WizardDialog::reject()
{
    if (!m_draft->isModified() || m_submitting) {
        if (!m_submitting)
            QDialog::reject();
        return;
    }
    askBeforeClosing();
}

void WizardDialog::askBeforeClosing()
{
    auto *question
        = new QMessageBox(QMessageBox::Question, windowTitle(),
                          tr("Keep what you typed as a draft?"), QMessageBox::NoButton, this);
    question->setObjectName(QStringLiteral("closeQuestion"));
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setTextFormat(Qt::PlainText);
    question->setInformativeText(tr("A kept draft is back when you open this window again."));
    const auto add
        = [question](const QString &name, const QString &text, QMessageBox::ButtonRole role) {
              QPushButton *button = question->addButton(text, role);
              button->setObjectName(name);
              button->setAccessibleName(text);
              return button;
          };
    QPushButton *keep = add(QStringLiteral("keepDraft"), tr("Keep draft"), QMessageBox::AcceptRole);
    QPushButton *discard
        = add(QStringLiteral("discardDraft"), tr("Discard"), QMessageBox::DestructiveRole);
    QPushButton *stay
        = add(QStringLiteral("stay"), tr("Continue editing"), QMessageBox::RejectRole);
    question->setDefaultButton(keep);
    question->setEscapeButton(stay);
    connect(keep, &QPushButton::clicked, this, [this] { close(true); });
    connect(discard, &QPushButton::clicked, this, [this] { close(false); });
    question->open();
}

void WizardDialog::close(bool keepDraft)
{
    if (!keepDraft)
        m_autosave->discard();
    QDialog::reject();
}

void WizardDialog::resizeEvent(QResizeEvent *event)
{
    QDialog::resizeEvent(event);
    const bool wide = width() >= sidebarFrom;
    m_sidebar->setVisible(wide);
    m_stepNumber->setVisible(!wide);
    updateProblems();
}

void WizardDialog::showEvent(QShowEvent *event)
{
    if (!m_shown) {
        m_shown = true;
        if (!testAttribute(Qt::WA_Resized))
            resize(preferredSize.boundedTo(screen()->availableSize() - QSize(40, 60)));
        if (!m_documentGiven)
            restoreDraft();
        m_steps[step()].page->focusFirst();
    }
    QDialog::showEvent(event);
    updateProblems();
}

bool WizardDialog::eventFilter(QObject *watched, QEvent *event)
{
    // Text fields would take undo and redo for themselves; here these act on the whole draft.
    if (event->type() == QEvent::ShortcutOverride && watched->isWidgetType()
        && static_cast<QWidget *>(watched)->window() == this) {
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            event->ignore();
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace batchyard::ui
