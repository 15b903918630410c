#include "ui/replay/transportbar.h"

#include "ui/replay/replaycolours.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>
#include <limits>

namespace batchyard::ui {

namespace {

constexpr double speeds[] = {0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100};
constexpr char iconProperty[] = "iconName";

QString speedText(double speed)
{
    return TransportBar::tr("%1×").arg(QLocale().toString(speed, 'g', 3));
}

} // namespace

TransportBar::TransportBar(QWidget *parent)
    : QWidget(parent)
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    addButton(QStringLiteral("replayFirst"), QStringLiteral("media-skip-backward"),
              tr("To the start"), tr("Home"), [](models::ReplayModel &model) { model.seek(0); });
    m_reverse = addButton(QStringLiteral("replayReverse"), QStringLiteral("media-seek-backward"),
                          tr("Play backwards"), tr("J"), [](models::ReplayModel &model) {
                              if (model.isPlaying() && model.isReverse())
                                  model.pause();
                              else
                                  model.playReverse();
                          });
    addButton(QStringLiteral("replayBack"), QStringLiteral("go-previous"), tr("One step back"),
              tr("←; Shift+← for ten"), [](models::ReplayModel &model) { model.stepBy(-1); });
    m_play = addButton(QStringLiteral("replayPlay"), QStringLiteral("media-playback-start"),
                       tr("Play"), tr("Space"), [](models::ReplayModel &model) {
                           if (model.isPlaying())
                               model.pause();
                           else
                               model.play();
                       });
    addButton(QStringLiteral("replayForward"), QStringLiteral("go-next"), tr("One step forward"),
              tr("→; Shift+→ for ten"), [](models::ReplayModel &model) { model.stepBy(1); });
    addButton(QStringLiteral("replayLast"), QStringLiteral("media-skip-forward"), tr("To the end"),
              tr("End"), [](models::ReplayModel &model) { model.seek(model.stepCount()); });
    m_loop = addButton(QStringLiteral("replayLoop"), QStringLiteral("media-playlist-repeat"),
                       tr("Loop"), tr("[ and ] set its range"),
                       [](models::ReplayModel &model) { model.setLooping(!model.isLooping()); });
    m_loop->setCheckable(true);
    layout->addSpacing(6);
    addSpeed();
    layout->addStretch(1);
    addStep();
    layout->addSpacing(6);
    addLive();
    setIcons();
    readModel();
}

QToolButton *TransportBar::addButton(const QString &name, const QString &iconName,
                                     const QString &text, const QString &keys, Act act)
{
    auto *button = new QToolButton(this);
    button->setObjectName(name);
    button->setAccessibleName(text);
    button->setToolTip(tr("%1 (%2)").arg(text, keys));
    button->setProperty(iconProperty, iconName);
    button->setAutoRaise(true);
    button->setIconSize(QSize(20, 20));
    button->setFocusPolicy(Qt::TabFocus);
    connect(button, &QToolButton::clicked, this, [this, act] {
        if (m_model)
            act(*m_model);
        readModel();
    });
    layout()->addWidget(button);
    return button;
}

void TransportBar::addSpeed()
{
    m_speed = new QComboBox(this);
    m_speed->setObjectName(QStringLiteral("replaySpeed"));
    m_speed->setAccessibleName(tr("Speed"));
    m_speed->setToolTip(tr("Speed: 1× shows %1 steps a second")
                            .arg(QLocale().toString(models::ReplayModel::stepsPerSecond)));
    m_speed->setFocusPolicy(Qt::TabFocus);
    for (const double speed : speeds)
        m_speed->addItem(speedText(speed), speed);
    connect(m_speed, &QComboBox::activated, this, [this](int index) {
        if (m_model && index >= 0)
            m_model->setSpeed(m_speed->itemData(index).toDouble());
    });
    layout()->addWidget(m_speed);
}

void TransportBar::addStep()
{
    auto *label = plainLabel(tr("Step"), this);
    m_step = new QSpinBox(this);
    m_step->setObjectName(QStringLiteral("replayStep"));
    m_step->setAccessibleName(tr("Step"));
    m_step->setKeyboardTracking(false);
    m_step->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_step->setAlignment(Qt::AlignRight);
    label->setBuddy(m_step);
    connect(m_step, &QSpinBox::valueChanged, this, [this](int step) {
        if (m_model)
            m_model->seek(step);
    });
    connect(m_step, &QSpinBox::editingFinished, this, [this] {
        if (m_step->hasFocus())
            emit stepTyped();
    });
    m_steps = plainLabel(QString(), this);
    m_steps->setObjectName(QStringLiteral("replaySteps"));
    layout()->addWidget(label);
    layout()->addWidget(m_step);
    layout()->addWidget(m_steps);
}

void TransportBar::addLive()
{
    m_live = addButton(QStringLiteral("replayLive"), QStringLiteral("media-record"), tr("Live"),
                       tr("stay at the newest step"),
                       [](models::ReplayModel &model) { model.setLive(!model.isLive()); });
    m_live->setText(tr("Live"));
    m_live->setCheckable(true);
    m_live->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
}

void TransportBar::setModel(models::ReplayModel *model)
{
    if (m_model)
        m_model->disconnect(this);
    m_model = model;
    if (model) {
        for (const auto signal :
             {&models::ReplayModel::factsChanged, &models::ReplayModel::stepsAppended,
              &models::ReplayModel::walkReplaced, &models::ReplayModel::playbackChanged}) {
            connect(model, signal, this, &TransportBar::readModel);
        }
        connect(model, &models::ReplayModel::currentStepChanged, this, &TransportBar::readModel);
    }
    readModel();
}

void TransportBar::readModel()
{
    const bool hasSteps = m_model && m_model->stepCount() > 0;
    for (QToolButton *button : findChildren<QToolButton *>())
        button->setEnabled(hasSteps);
    m_speed->setEnabled(hasSteps);
    m_step->setEnabled(hasSteps);
    const bool isLive = m_model && m_model->isLive();
    m_live->setEnabled(m_model && !m_model->isFinished());
    m_live->setVisible(m_model && !m_model->isFinished());
    m_live->setChecked(isLive);
    m_loop->setChecked(m_model && m_model->isLooping());

    const bool isPlaying = m_model && m_model->isPlaying();
    const QString playIcon = isPlaying ? QStringLiteral("media-playback-pause")
                                       : QStringLiteral("media-playback-start");
    if (m_play->property(iconProperty).toString() != playIcon) {
        const QString text = isPlaying ? tr("Pause") : tr("Play");
        m_play->setProperty(iconProperty, playIcon);
        m_play->setAccessibleName(text);
        m_play->setToolTip(tr("%1 (%2)").arg(text, tr("Space")));
        m_play->setIcon(icon(playIcon));
    }
    const QSignalBlocker stepBlocker(m_step);
    constexpr qsizetype most = std::numeric_limits<int>::max();
    const qsizetype count = m_model ? m_model->stepCount() : 0;
    if (m_step->maximum() != std::min(count, most)) {
        m_step->setRange(0, int(std::min(count, most)));
        const QString widest = QString::number(count) + QStringLiteral("0");
        m_step->setFixedWidth(m_step->fontMetrics().horizontalAdvance(widest) + 28);
    }
    if (!m_step->hasFocus())
        m_step->setValue(m_model ? int(std::min(m_model->currentStep(), most)) : 0);
    m_steps->setText(tr("/ %1").arg(QLocale().toString(qlonglong(count))));

    const double speed = m_model ? m_model->speed() : 1.0;
    const QSignalBlocker speedBlocker(m_speed);
    int index = m_speed->findData(speed);
    if (index < 0) {
        // A speed between the usual ones, reached by the keyboard, is the last entry.
        if (m_speed->count() > int(std::size(speeds)))
            m_speed->removeItem(m_speed->count() - 1);
        m_speed->addItem(speedText(speed), speed);
        index = m_speed->count() - 1;
    }
    m_speed->setCurrentIndex(index);
}

void TransportBar::setIcons()
{
    for (QToolButton *button : findChildren<QToolButton *>()) {
        const QColor colour = button == m_live ? ReplayColours::of(palette()).recentWalk : QColor();
        button->setIcon(icon(button->property(iconProperty).toString(), colour));
    }
}

void TransportBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange && m_live)
        setIcons();
    QWidget::changeEvent(event);
}

} // namespace batchyard::ui
