#include "ui/replay/replayview.h"

#include "ui/replay/replaycanvas.h"
#include "ui/replay/replaypicture.h"
#include "ui/replay/seekbar.h"
#include "ui/replay/transportbar.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QToolButton>
#include <QVBoxLayout>

namespace batchyard::ui {

namespace {

constexpr QSize pictureSize(1600, 1000);
constexpr int verdictIcon = 20;
constexpr qsizetype manySteps = 10;

// How an outcome is shown: an icon and a colour beside its sentence.
struct OutcomeLook {
    QString iconName;
    Tone tone = Tone::Neutral;
};

OutcomeLook lookOf(maze::Verdict::Outcome outcome)
{
    switch (outcome) {
    case maze::Verdict::Outcome::NoMaze:
        return {QStringLiteral("dialog-information"), Tone::Neutral};
    case maze::Verdict::Outcome::Building:
        return {QStringLiteral("run-build"), Tone::Starting};
    case maze::Verdict::Outcome::Walking:
        return {QStringLiteral("media-playback-start"), Tone::Running};
    case maze::Verdict::Outcome::Solved:
        return {QStringLiteral("dialog-ok-apply"), Tone::Good};
    case maze::Verdict::Outcome::NoMovesLeft:
    case maze::Verdict::Outcome::Failed:
    case maze::Verdict::Outcome::Ended:
        return {QStringLiteral("dialog-error"), Tone::Bad};
    }
    Q_UNREACHABLE();
}

QString cellText(QPoint cell)
{
    return ReplayView::tr("(%1, %2)").arg(cell.x()).arg(cell.y());
}

} // namespace

struct ReplayView::Parts {
    QLabel *verdictIcon = nullptr;
    QLabel *verdict = nullptr;
    QLabel *problems = nullptr;
    QLabel *place = nullptr;
    QLabel *hover = nullptr;
    ReplayCanvas *canvas = nullptr;
    SeekBar *slider = nullptr;
    TransportBar *transport = nullptr;
    QList<std::pair<QToolButton *, QString>> tools; // with their icons' names
};

ReplayView::ReplayView(QWidget *parent)
    : QWidget(parent)
    , m_parts(std::make_unique<Parts>())
{
    setObjectName(QStringLiteral("replayView"));
    setAccessibleName(tr("Replay of the maze"));
    m_parts->canvas = new ReplayCanvas(this);
    m_parts->slider = new SeekBar(this);
    m_parts->transport = new TransportBar(this);
    m_parts->problems = plainLabel(QString(), this);
    m_parts->problems->setObjectName(QStringLiteral("replayProblems"));
    m_parts->problems->setWordWrap(true);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::tight);
    layout->addLayout(makeHead());
    layout->addWidget(m_parts->problems);
    layout->addWidget(m_parts->canvas, 1);
    layout->addLayout(makeFacts());
    layout->addWidget(m_parts->slider);
    layout->addWidget(m_parts->transport);

    connect(m_parts->canvas, &ReplayCanvas::hovered, this, &ReplayView::showHover);
    connect(m_parts->transport, &TransportBar::stepTyped, m_parts->canvas,
            qOverload<>(&QWidget::setFocus));
    setFocusProxy(m_parts->canvas);
    setIcons();
    showFacts();
}

ReplayView::~ReplayView() = default;

QLayout *ReplayView::makeHead()
{
    auto *head = new QHBoxLayout;
    head->setSpacing(2);
    m_parts->verdictIcon = new QLabel(this);
    m_parts->verdict = plainLabel(QString(), this);
    m_parts->verdict->setObjectName(QStringLiteral("replayVerdict"));
    m_parts->verdict->setFont(sectionFont());
    m_parts->verdict->setWordWrap(true);
    m_parts->verdict->setTextInteractionFlags(Qt::TextSelectableByMouse);
    head->addWidget(m_parts->verdictIcon);
    head->addSpacing(spacing::tight);
    head->addWidget(m_parts->verdict, 1);
    const auto add = [this, head](const char *name, const QString &iconName, const QString &text,
                                  const QString &keys, const auto &act) {
        auto *button = new QToolButton(this);
        button->setObjectName(QString::fromLatin1(name));
        button->setAccessibleName(text);
        button->setToolTip(keys.isEmpty() ? text : tr("%1 (%2)").arg(text, keys));
        button->setAutoRaise(true);
        button->setIconSize(QSize(18, 18));
        button->setFocusPolicy(Qt::TabFocus);
        connect(button, &QToolButton::clicked, this, act);
        head->addWidget(button);
        m_parts->tools.append({button, iconName});
    };
    add("replayZoomOut", QStringLiteral("zoom-out"), tr("Zoom out"), tr("−"),
        [this] { m_parts->canvas->zoomOut(); });
    add("replayFit", QStringLiteral("zoom-fit-best"), tr("Show the whole maze"), tr("F"),
        [this] { m_parts->canvas->fit(); });
    add("replayZoomIn", QStringLiteral("zoom-in"), tr("Zoom in"), tr("+"),
        [this] { m_parts->canvas->zoomIn(); });
    head->addSpacing(spacing::normal);
    add("replayCopy", QStringLiteral("edit-copy"), tr("Copy as a picture"), QString(),
        [this] { copyPicture(); });
    add("replaySave", QStringLiteral("document-save"), tr("Save as a picture…"), QString(),
        [this] { savePicture(); });
    return head;
}

QLayout *ReplayView::makeFacts()
{
    auto *facts = new QHBoxLayout;
    m_parts->place = mutedLabel(QString(), this);
    m_parts->place->setObjectName(QStringLiteral("replayPlace"));
    m_parts->hover = mutedLabel(QString(), this);
    m_parts->hover->setObjectName(QStringLiteral("replayHover"));
    // Texts that change with each step must not widen the window or push it about.
    m_parts->place->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    facts->addWidget(m_parts->place, 1);
    facts->addWidget(m_parts->hover);
    return facts;
}

void ReplayView::setModel(models::ReplayModel *model)
{
    if (m_model)
        m_model->disconnect(this);
    m_model = model;
    m_parts->canvas->setModel(model);
    m_parts->slider->setModel(model);
    m_parts->transport->setModel(model);
    if (model) {
        connect(model, &models::ReplayModel::factsChanged, this, &ReplayView::showFacts);
        connect(model, &models::ReplayModel::walkReplaced, this, &ReplayView::showFacts);
        connect(model, &models::ReplayModel::currentStepChanged, this, &ReplayView::showPlace);
    }
    showFacts();
}

models::ReplayModel *ReplayView::model() const
{
    return m_model;
}

void ReplayView::showFacts()
{
    const maze::Verdict verdict = m_model ? m_model->log().verdict() : maze::Verdict();
    const OutcomeLook look = lookOf(verdict.outcome);
    m_parts->verdictIcon->setPixmap(
        icon(look.iconName, toneColour(look.tone)).pixmap(QSize(verdictIcon, verdictIcon)));
    m_parts->verdict->setText(maze::verdictSentence(verdict));

    const QStringList problems = m_model ? m_model->log().problems() : QStringList();
    m_parts->problems->setVisible(!problems.isEmpty());
    if (problems.size() == 1) {
        m_parts->problems->setText(problems.first());
    } else if (!problems.isEmpty()) {
        m_parts->problems->setText(
            tr("%1 (And %n more, see the tooltip.)", nullptr, int(problems.size() - 1))
                .arg(problems.first()));
    }
    m_parts->problems->setToolTip(problems.join(u'\n'));
    for (const auto &[button, name] : std::as_const(m_parts->tools))
        button->setEnabled(m_model && m_model->hasMaze());
    showPlace();
}

void ReplayView::showPlace()
{
    QStringList facts;
    if (m_model && m_model->hasMaze()) {
        const maze::LogReader &log = m_model->log();
        if (const std::optional<QPoint> cell = m_model->position())
            facts << tr("At %1").arg(cellText(*cell));
        facts << tr("%1 × %2 cells").arg(log.size().width()).arg(log.size().height());
        const auto step = [](qsizetype index) { return QLocale().toString(qlonglong(index)); };
        if (log.keyStep())
            facts << tr("key at step %1").arg(step(*log.keyStep()));
        if (log.exitStep())
            facts << tr("exit at step %1").arg(step(*log.exitStep()));
        if (log.map().isEmpty())
            facts << tr("walls unknown: no map in the logs");
    }
    m_parts->place->setText(facts.join(QStringLiteral("  ·  ")));
}

void ReplayView::showHover(std::optional<QPoint> cell)
{
    if (!cell || !m_model) {
        m_parts->hover->clear();
        return;
    }
    const qsizetype visits = m_model->visits(*cell);
    const QString text = visits == 0 ? tr("Cell %1, not entered")
        : visits == 1                ? tr("Cell %1, entered once")
                                     : tr("Cell %1, entered %2 times");
    m_parts->hover->setText(visits > 1
                                ? text.arg(cellText(*cell), QLocale().toString(qlonglong(visits)))
                                : text.arg(cellText(*cell)));
}

void ReplayView::setIcons()
{
    for (const auto &[button, name] : std::as_const(m_parts->tools))
        button->setIcon(icon(name));
}

void ReplayView::savePicture()
{
    if (!m_model)
        return;
    auto *dialog = new QFileDialog(this, tr("Save the replay as a picture"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("PNG picture (*.png)"));
    dialog->setDefaultSuffix(QStringLiteral("png"));
    dialog->selectFile(QStringLiteral("maze.png"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) {
        if (m_model && !renderReplay(*m_model, pictureSize, palette()).save(file, "PNG")) {
            m_parts->hover->setText(
                tr("The picture could not be written to %1: choose another folder.").arg(file));
        }
    });
    dialog->open();
}

void ReplayView::copyPicture()
{
    if (m_model)
        QGuiApplication::clipboard()->setImage(renderReplay(*m_model, pictureSize, palette()));
}

void ReplayView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) {
        setIcons();
        showFacts();
    }
    QWidget::changeEvent(event);
}

void ReplayView::keyPressEvent(QKeyEvent *event)
{
    if (!m_model || !playerKey(*m_model, event->key(), event->modifiers()))
        QWidget::keyPressEvent(event);
}

bool ReplayView::playerKey(models::ReplayModel &model, int key, Qt::KeyboardModifiers modifiers)
{
    if (modifiers & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))
        return false;
    const qsizetype stride = modifiers & Qt::ShiftModifier ? manySteps : 1;
    // As in video editors: a second press of J or L in the same direction doubles the speed.
    const auto shuttle = [&model](bool reverse) {
        if (model.isPlaying() && model.isReverse() == reverse)
            model.setSpeed(model.speed() * 2);
        else if (reverse)
            model.playReverse();
        else
            model.play();
    };
    switch (key) {
    case Qt::Key_Space:
        model.togglePlaying();
        return true;
    case Qt::Key_Left:
        model.stepBy(-stride);
        return true;
    case Qt::Key_Right:
        model.stepBy(stride);
        return true;
    case Qt::Key_Home:
        model.seek(0);
        return true;
    case Qt::Key_End:
        model.seek(model.stepCount());
        return true;
    case Qt::Key_J:
        shuttle(true);
        return true;
    case Qt::Key_K:
        model.pause();
        return true;
    case Qt::Key_L:
        shuttle(false);
        return true;
    case Qt::Key_BracketLeft:
        model.setLoopBegin(model.currentStep());
        return true;
    case Qt::Key_BracketRight:
        model.setLoopEnd(model.currentStep());
        return true;
    }
    return false;
}

} // namespace batchyard::ui
