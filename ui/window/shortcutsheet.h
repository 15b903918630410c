// `?`: all keys, made from the registry of actions.
#pragma once

#include "ui/pages/actionregistry.h"

#include <QDialog>

namespace batchyard::ui {

class ShortcutSheet final : public QDialog
{
    Q_OBJECT

public:
    ShortcutSheet(const ActionRegistry &registry, QWidget *parent);
};

} // namespace batchyard::ui
