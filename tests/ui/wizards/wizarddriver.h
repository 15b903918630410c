// What a person does in a wizard: find a field by its name, type, click, look.
#pragma once

#include "ui/wizards/field.h"
#include "ui/wizards/wizarddialog.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

namespace batchyard::test {

class WizardDriver
{
public:
    explicit WizardDriver(ui::WizardDialog &wizard)
        : m_wizard(wizard)
    {
    }

    // The visible widget of this name; a test that looks for what is not there has failed.
    template <typename Widget = QWidget>
    Widget *find(const QString &name) const
    {
        for (Widget *widget : m_wizard.findChildren<Widget *>(name)) {
            if (widget->isVisible())
                return widget;
        }
        qWarning("no visible widget %s", qPrintable(name));
        return nullptr;
    }

    // Replaces what a field says, key by key.
    void type(const QString &name, const QString &text) const
    {
        auto *widget = find(name);
        if (auto *combo = qobject_cast<QComboBox *>(widget))
            widget = combo->lineEdit();
        auto *edit = qobject_cast<QLineEdit *>(widget);
        edit->setFocus();
        edit->selectAll();
        if (text.isEmpty())
            QTest::keyClick(edit, Qt::Key_Delete);
        // keyClicks() knows ASCII only.
        for (const QChar &c : text)
            QTest::sendKeyEvent(QTest::Click, edit, Qt::Key_unknown, QString(c), Qt::NoModifier);
    }

    void click(const QString &name) const
    {
        auto *button = find<QAbstractButton>(name);
        // A check box takes clicks on its mark, not on the rest of a wide line.
        QTest::mouseClick(button, Qt::LeftButton, {}, QPoint(10, button->height() / 2));
    }

    void choose(const QString &name, const QString &text) const
    {
        auto *combo = find<QComboBox>(name);
        combo->setFocus();
        for (int i = 0; i < combo->count() && combo->currentText() != text; ++i)
            QTest::keyClick(combo, i == 0 ? Qt::Key_Home : Qt::Key_Down);
    }

    void next() const
    {
        QTest::mouseClick(find<QPushButton>(QStringLiteral("next")), Qt::LeftButton);
    }

    [[nodiscard]] bool canGoOn() const
    {
        return find<QPushButton>(QStringLiteral("next"))->isEnabled();
    }

    // Why Next is closed, whole; empty while it is open.
    [[nodiscard]] QString problems() const
    {
        const auto *button = m_wizard.findChild<QPushButton *>(QStringLiteral("problems"));
        return button->isVisible() ? button->toolTip() : QString();
    }

    // What stands in red below a field.
    [[nodiscard]] QString fault(const QString &name) const
    {
        for (const QWidget *at = find(name); at; at = at->parentWidget()) {
            if (const auto *field = qobject_cast<const ui::Field *>(at))
                return field->shownFault();
        }
        return {};
    }

    // All fault texts that can be seen.
    [[nodiscard]] QString faults() const
    {
        QStringList texts;
        for (const auto *label : m_wizard.findChildren<QLabel *>(QStringLiteral("fault"))) {
            if (label->isVisible())
                texts.append(label->text());
        }
        return texts.join(u'\n');
    }

private:
    ui::WizardDialog &m_wizard;
};

} // namespace batchyard::test
