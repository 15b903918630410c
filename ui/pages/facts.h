// Pairs of a name and a value, one per line; values can be selected with the mouse.
#pragma once

#include <QWidget>

class QGridLayout;

namespace batchyard::ui {

class Facts final : public QWidget
{
    Q_OBJECT

public:
    explicit Facts(QWidget *parent = nullptr);

    // Pairs with an empty value are left out.
    void setFacts(const QList<std::pair<QString, QString>> &facts);

private:
    QGridLayout *m_grid;
    QList<std::pair<QString, QString>> m_facts;
};

} // namespace batchyard::ui
