// The player of a maze job: the maze with the walk on it, the verdict and the transport bar. Shows
// one ReplayModel, which the owner feeds with log lines.
#pragma once

#include <QPointer>
#include <QWidget>

#include <memory>

namespace batchyard::models {
class ReplayModel;
}

namespace batchyard::ui {

class ReplayCanvas;
class TransportBar;

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
    void keyPressEvent(QKeyEvent *event) override;

private:
    void showFacts();
    void savePicture();
    void copyPicture();

    struct Parts;
    std::unique_ptr<Parts> m_parts;
    QPointer<models::ReplayModel> m_model;
};

} // namespace batchyard::ui
