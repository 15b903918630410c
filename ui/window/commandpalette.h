// Ctrl+K: every action and object, found by typing.
#pragma once

#include "ui/window/palettemodel.h"

#include <QDialog>

class QLineEdit;
class QListView;

namespace batchyard::ui {

class CommandPalette final : public QDialog
{
    Q_OBJECT

public:
    CommandPalette(models::Console &console, const ActionRegistry &registry, QWidget *parent);

    void openOver(const QWidget *window);

signals:
    void locationRequested(const batchyard::ui::Location &location);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void activate(const QModelIndex &index);

    PaletteModel *m_model;
    QLineEdit *m_words;
    QListView *m_list;
};

} // namespace batchyard::ui
