// The player of a maze job: the maze with the walk on it, the verdict and the transport bar. Shows
// one ReplayModel, which the owner feeds with log lines.
#pragma once

#include <QPointer>
#include <QWidget>

#include <memory>
#include <optional>

class QLayout;

namespace batchyard::models {
class ReplayModel;
}

namespace batchyard::ui {

class ReplayView final : public QWidget
{
    Q_OBJECT

public:
    explicit ReplayView(QWidget *parent = nullptr);
    ~ReplayView() override;

    // Not owned; nullptr shows an empty player.
    void setModel(models::ReplayModel *model);
    [[nodiscard]] models::ReplayModel *model() const;

protected:
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    [[nodiscard]] QLayout *makeHead();
    [[nodiscard]] QLayout *makeFacts();
    void showFacts();
    void showPlace();
    void showHover(std::optional<QPoint> cell);
    void setIcons();
    // False: the key means nothing to the player.
    static bool playerKey(models::ReplayModel &model, int key, Qt::KeyboardModifiers modifiers);
    void savePicture();
    void copyPicture();

    struct Parts;
    std::unique_ptr<Parts> m_parts;
    QPointer<models::ReplayModel> m_model;
};

} // namespace batchyard::ui
