#include "ui/wizards/environmentordereditor.h"

#include "ui/theme/theme.h"

#include <QComboBox>
#include <QGridLayout>
#include <QListWidget>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace batchyard::ui {

namespace {

constexpr int orderHeight = 132; // three entries

bool isSame(const batch::ComputeEnvironment &environment, const QString &nameOrArn)
{
    return environment.computeEnvironmentName == nameOrArn
        || environment.computeEnvironmentArn == nameOrArn;
}

QString choiceText(const batch::ComputeEnvironment &environment)
{
    QStringList parts{environment.computeEnvironmentName};
    if (environment.computeResources) {
        parts.append(environment.computeResources->type);
        if (const auto maximum = environment.computeResources->maxvCpus)
            parts.append(EnvironmentOrderEditor::tr("maximum vCPUs: %1").arg(*maximum));
    }
    return parts.join(QStringLiteral(" · "));
}

} // namespace

EnvironmentOrderEditor::EnvironmentOrderEditor(QWidget *parent)
    : QWidget(parent)
    , m_list(new QListWidget(this))
    , m_choice(new QComboBox(this))
    , m_add(new QPushButton(icon(QStringLiteral("list-add")), tr("Connect"), this))
{
    m_choice->setObjectName(QStringLiteral("availableEnvironments"));
    m_choice->setAccessibleName(tr("Compute environments that can be connected"));
    m_add->setObjectName(QStringLiteral("connectEnvironment"));
    m_add->setAccessibleName(tr("Connect the chosen compute environment"));
    m_list->setObjectName(QStringLiteral("connectedEnvironments"));
    m_list->setAccessibleName(tr("Connected compute environments, in the order they are tried"));
    m_list->setFixedHeight(orderHeight);
    auto *tools = new QVBoxLayout;
    m_up = addTool(QStringLiteral("environmentUp"), QStringLiteral("go-up"), tr("Earlier"));
    m_down = addTool(QStringLiteral("environmentDown"), QStringLiteral("go-down"), tr("Later"));
    m_remove = addTool(QStringLiteral("environmentRemove"), QStringLiteral("edit-delete"),
                       tr("Disconnect"));
    for (QToolButton *tool : {m_up, m_down, m_remove})
        tools->addWidget(tool);
    tools->addStretch(1);
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->addWidget(m_choice, 0, 0);
    grid->addWidget(m_add, 0, 1);
    grid->addWidget(m_list, 1, 0);
    grid->addLayout(tools, 1, 1);
    grid->setColumnStretch(0, 1);
    connect(m_add, &QPushButton::clicked, this, &EnvironmentOrderEditor::add);
    connect(m_up, &QToolButton::clicked, this, [this] { move(-1); });
    connect(m_down, &QToolButton::clicked, this, [this] { move(1); });
    connect(m_remove, &QToolButton::clicked, this, &EnvironmentOrderEditor::remove);
    connect(m_list, &QListWidget::currentRowChanged, this, &EnvironmentOrderEditor::updateButtons);
    setFocusProxy(m_choice);
    updateButtons();
}

QToolButton *EnvironmentOrderEditor::addTool(const QString &name, const QString &iconName,
                                             const QString &text)
{
    auto *tool = new QToolButton(this);
    tool->setObjectName(name);
    tool->setAccessibleName(text);
    tool->setToolTip(text);
    tool->setIcon(icon(iconName));
    return tool;
}

void EnvironmentOrderEditor::setAvailable(const QList<batch::ComputeEnvironment> &environments)
{
    m_available = environments;
    show();
}

void EnvironmentOrderEditor::setOrder(const QList<batch::ComputeEnvironmentOrder> &order)
{
    if (m_order == order)
        return;
    m_order = order;
    show();
}

QString EnvironmentOrderEditor::describe(const QString &nameOrArn) const
{
    for (const auto &environment : m_available) {
        if (isSame(environment, nameOrArn))
            return choiceText(environment);
    }
    return nameOrArn;
}

void EnvironmentOrderEditor::show()
{
    const int selected = m_list->currentRow();
    {
        const QSignalBlocker blocker(m_list);
        m_list->clear();
        for (int i = 0; i < m_order.size(); ++i)
            m_list->addItem(tr("%1.  %2").arg(i + 1).arg(describe(m_order[i].computeEnvironment)));
        m_list->setCurrentRow(
            std::clamp(selected, m_order.isEmpty() ? -1 : 0, static_cast<int>(m_order.size()) - 1));
    }
    m_choice->clear();
    for (const auto &environment : std::as_const(m_available)) {
        const bool connected = std::any_of(m_order.cbegin(), m_order.cend(),
                                           [&](const batch::ComputeEnvironmentOrder &entry) {
                                               return isSame(environment, entry.computeEnvironment);
                                           });
        if (!connected)
            m_choice->addItem(choiceText(environment), environment.computeEnvironmentName);
    }
    if (m_choice->count() == 0)
        m_choice->setPlaceholderText(m_available.isEmpty()
                                         ? tr("There is no valid compute environment of this kind.")
                                         : tr("All are connected."));
    updateButtons();
}

void EnvironmentOrderEditor::add()
{
    const QString name = m_choice->currentData().toString();
    if (name.isEmpty())
        return;
    m_order.append({0, name, {}});
    publish(static_cast<int>(m_order.size()) - 1);
}

void EnvironmentOrderEditor::move(int by)
{
    const int from = m_list->currentRow();
    const int to = from + by;
    if (from < 0 || to < 0 || to >= m_order.size())
        return;
    m_order.move(from, to);
    publish(to);
}

void EnvironmentOrderEditor::remove()
{
    const int row = m_list->currentRow();
    if (row < 0)
        return;
    m_order.removeAt(row);
    publish(std::min(row, static_cast<int>(m_order.size()) - 1));
}

void EnvironmentOrderEditor::publish(int selectedRow)
{
    for (int i = 0; i < m_order.size(); ++i)
        m_order[i].order = i + 1;
    show();
    m_list->setCurrentRow(selectedRow);
    emit edited(m_order);
}

void EnvironmentOrderEditor::updateButtons()
{
    const int row = m_list->currentRow();
    m_add->setEnabled(m_choice->count() > 0 && m_order.size() < maximum);
    m_choice->setEnabled(m_choice->count() > 0 && m_order.size() < maximum);
    m_up->setEnabled(row > 0);
    m_down->setEnabled(row >= 0 && row + 1 < m_order.size());
    m_remove->setEnabled(row >= 0);
}

} // namespace batchyard::ui
