#include "ui/wizards/containerspage.h"

#include "models/draft/containersmodel.h"
#include "models/draft/taskedits.h"
#include "ui/graph/containergraphview.h"
#include "ui/theme/theme.h"
#include "ui/wizards/containerdelegate.h"
#include "ui/wizards/containerform.h"
#include "ui/wizards/definitionparts.h"
#include "ui/wizards/dependencytable.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QListView>
#include <QPushButton>
#include <QRegularExpression>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using batch::JobDefinition;

namespace {

struct ContainersTexts {
    Q_DECLARE_TR_FUNCTIONS(batchyard::ui::ContainersPage)
};

constexpr int leftWidth = 330;
constexpr int formWidth = 380;
constexpr int listHeight = 96;

QPushButton *listButton(const QString &name, const QString &iconName, const QString &text,
                        QWidget *parent)
{
    auto *button = new QPushButton(icon(iconName), text, parent);
    button->setObjectName(name);
    button->setAccessibleName(text);
    button->setAutoDefault(false);
    return button;
}

} // namespace

ContainersPage::ContainersPage(models::JobDefinitionDraft &draft)
    : BoundPage(draft)
    , m_definition(draft)
    , m_model(new models::ContainersModel(this))
    , m_form(new ContainerForm(draft))
{
    auto *splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    m_left = buildLeft();
    m_scroll = new QScrollArea(splitter);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setMinimumWidth(formWidth);
    m_scroll->setWidget(m_form);
    splitter->addWidget(m_left);
    splitter->addWidget(m_scroll);
    splitter->setStretchFactor(0, 4);
    splitter->setStretchFactor(1, 5);
    addFree(splitter, 1);
    ContainersPage::refresh();
    select(0);
}

QWidget *ContainersPage::buildLeft()
{
    auto *left = new QSplitter(Qt::Vertical, this);
    left->setChildrenCollapsible(false);
    left->setMinimumWidth(leftWidth);
    auto *tabs = new QTabWidget(left);
    tabs->setObjectName(u"dependencyViews"_s);
    tabs->setAccessibleName(ContainersTexts::tr("Dependencies as graph or table"));
    m_graph = new ContainerGraphView(tabs);
    m_graph->setEditable(true);
    m_table = new DependencyTable(tabs);
    tabs->addTab(m_graph, ContainersTexts::tr("Graph"));
    tabs->addTab(m_table, ContainersTexts::tr("Table"));
    left->addWidget(buildList());
    left->addWidget(tabs);
    left->setStretchFactor(0, 2);
    left->setStretchFactor(1, 3);
    connect(m_graph, &ContainerGraphView::taskEdited, this,
            [this](const auto &task) { setTask(task); });
    connect(m_table, &DependencyTable::taskEdited, this,
            [this](const auto &task) { setTask(task); });
    connect(m_graph, &ContainerGraphView::containerSelected, this, [this](const QString &name) {
        const auto &containers = taskOf(document()).containers;
        for (int i = 0; i < containers.size(); ++i) {
            if (containers[i].name == name)
                select(i);
        }
    });
    connect(m_graph, &ContainerGraphView::containerActivated, this,
            [this] { m_form->focusFirst(); });
    return left;
}

QWidget *ContainersPage::buildList()
{
    auto *box = new QWidget(this);
    m_list = new QListView(box);
    m_list->setObjectName(u"containers"_s);
    m_list->setAccessibleName(ContainersTexts::tr("Containers"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new ContainerDelegate(m_list));
    m_list->setMinimumHeight(listHeight);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_add = listButton(u"addContainer"_s, u"list-add"_s, ContainersTexts::tr("Add container"), box);
    m_duplicate = listButton(u"duplicateContainer"_s, u"edit-copy"_s,
                             ContainersTexts::tr("Duplicate"), box);
    m_remove
        = listButton(u"removeContainer"_s, u"edit-delete"_s, ContainersTexts::tr("Remove"), box);
    auto *buttons = new QHBoxLayout;
    for (QPushButton *button : {m_add, m_duplicate, m_remove})
        buttons->addWidget(button);
    buttons->addStretch(1);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_list, 1);
    layout->addLayout(buttons);
    connect(m_add, &QPushButton::clicked, this, [this] { addContainer(); });
    connect(m_duplicate, &QPushButton::clicked, this, [this] { duplicateContainer(); });
    connect(m_remove, &QPushButton::clicked, this, [this] { removeContainer(); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex &current) {
                if (current.isValid() && !m_refreshing)
                    select(current.row());
            });
    return box;
}

void ContainersPage::select(int index)
{
    const auto &containers = taskOf(document()).containers;
    if (index < 0 || index >= containers.size())
        return;
    m_form->setIndex(index);
    const QScopedValueRollback refreshing(m_refreshing, true);
    m_list->setCurrentIndex(m_model->index(index));
    m_graph->selectContainer(containers[index].name);
}

void ContainersPage::setTask(const batch::EcsTaskProperties &task)
{
    m_definition.endStep();
    edit(QString(), [&](JobDefinition &definition) { taskOf(definition) = task; });
}

void ContainersPage::addContainer()
{
    batch::EcsTaskProperties task = taskOf(document());
    task.containers.append(newContainer(task));
    const int index = static_cast<int>(task.containers.size()) - 1;
    setTask(task);
    select(index);
    m_form->focusFirst();
}

void ContainersPage::duplicateContainer()
{
    const auto &containers = taskOf(document()).containers;
    if (m_form->index() >= containers.size())
        return;
    const auto result = models::withDuplicate(taskOf(document()), containers[m_form->index()].name);
    setTask(result.task);
    select(m_form->index() + 1);
}

void ContainersPage::removeContainer()
{
    const auto &containers = taskOf(document()).containers;
    const int index = m_form->index();
    if (index >= containers.size())
        return;
    batch::EcsTaskProperties task = taskOf(document());
    const QString name = task.containers[index].name;
    task.containers.removeAt(index);
    // Of two with one name the dependencies mean the one that stays.
    if (!models::find(task, name))
        task = models::withoutContainer(task, name);
    setTask(task);
    select(std::max(0, index - 1));
}

void ContainersPage::refresh()
{
    BoundPage::refresh();
    if (!m_left)
        return;
    const QScopedValueRollback refreshing(m_refreshing, true);
    const auto &task = taskOf(document());
    const auto count = static_cast<int>(task.containers.size());
    m_left->setVisible(!isLegacy(document()));
    m_model->setContainers(task.containers, draft().faults(),
                           taskPrefix(document()) + u"containers"_s);
    m_graph->setTask(task);
    m_table->setTask(task);
    m_add->setEnabled(count < models::maximumContainers);
    m_add->setToolTip(count < models::maximumContainers
                          ? QString()
                          : ContainersTexts::tr("A task has at most %1 containers.")
                                .arg(models::maximumContainers));
    m_duplicate->setEnabled(count > 0 && count < models::maximumContainers);
    m_remove->setEnabled(count > 0);
    m_form->setVisible(isLegacy(document()) || count > 0);
    if (!isLegacy(document()) && count > 0) {
        m_form->setIndex(std::min(m_form->index(), count - 1));
        m_list->setCurrentIndex(m_model->index(m_form->index()));
        m_graph->selectContainer(task.containers[m_form->index()].name);
    }
}

bool ContainersPage::owns(const QString &path) const
{
    return isWithin(path, u"ecsProperties"_s) || isWithin(path, u"containerProperties"_s);
}

void ContainersPage::touchAll()
{
    m_form->touchAll();
}

bool ContainersPage::focusPath(const QString &path)
{
    static const QRegularExpression index(QStringLiteral("\\.containers\\[(\\d+)\\]"));
    if (const auto match = index.match(path); match.hasMatch())
        select(match.captured(1).toInt());
    m_form->touchAll();
    if (m_form->focusPath(path))
        return true;
    m_add->setFocus();
    return true;
}

void ContainersPage::focusFirst()
{
    if (isLegacy(document()) || taskOf(document()).containers.size() == 1)
        m_form->focusFirst();
    else
        m_list->setFocus();
}

} // namespace batchyard::ui
