// The player's buttons: to the ends, steps, play and pause in both directions, speed, loop, typed
// step and Live.
#pragma once

#include "models/replay/replaymodel.h"

#include <QPointer>
#include <QWidget>

class QComboBox;
class QLabel;
class QSpinBox;
class QToolButton;

namespace batchyard::ui {

class TransportBar final : public QWidget
{
    Q_OBJECT

public:
    explicit TransportBar(QWidget *parent = nullptr);

    void setModel(models::ReplayModel *model);

signals:
    void stepTyped(); // the player takes the keyboard back

protected:
    void changeEvent(QEvent *event) override;

private:
    // What a press on the button does with the model.
    using Act = void (*)(models::ReplayModel &);

    QToolButton *addButton(const QString &name, const QString &iconName, const QString &text,
                           const QString &keys, Act act);
    void addSpeed();
    void addStep();
    void addLive();
    void readModel();
    void setIcons();

    QPointer<models::ReplayModel> m_model;
    QToolButton *m_play = nullptr;
    QToolButton *m_reverse = nullptr;
    QToolButton *m_loop = nullptr;
    QToolButton *m_live = nullptr;
    QComboBox *m_speed = nullptr;
    QSpinBox *m_step = nullptr;
    QLabel *m_steps = nullptr;
};

} // namespace batchyard::ui
