#include "ui/wizards/dependencytable.h"

#include "models/draft/dependencytablemodel.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

namespace batchyard::ui {

using models::DependencyTableModel;

namespace {

// Offers the texts that the model allows in a cell.
class ChoiceDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &,
                          const QModelIndex &index) const override
    {
        auto *combo = new QComboBox(parent);
        combo->setObjectName(QStringLiteral("dependencyChoice"));
        combo->setAccessibleName(
            index.model()->headerData(index.column(), Qt::Horizontal).toString());
        combo->addItems(index.data(DependencyTableModel::ChoicesRole).toStringList());
        return combo;
    }

    void setEditorData(QWidget *editor, const QModelIndex &index) const override
    {
        static_cast<QComboBox *>(editor)->setCurrentText(index.data(Qt::EditRole).toString());
    }

    void setModelData(QWidget *editor, QAbstractItemModel *model,
                      const QModelIndex &index) const override
    {
        model->setData(index, static_cast<QComboBox *>(editor)->currentText());
    }
};

} // namespace

DependencyTable::DependencyTable(QWidget *parent)
    : QWidget(parent)
    , m_model(new DependencyTableModel(this))
    , m_view(new QTableView(this))
    , m_add(new QPushButton(icon(QStringLiteral("list-add")), tr("Add dependency"), this))
    , m_remove(new QPushButton(icon(QStringLiteral("edit-delete")), tr("Remove"), this))
    , m_refusal(plainLabel({}, this))
{
    m_view->setObjectName(QStringLiteral("dependencyTable"));
    m_view->setAccessibleName(tr("Container dependencies"));
    m_view->setModel(m_model);
    m_view->setItemDelegate(new ChoiceDelegate(m_view));
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed
                            | QAbstractItemView::AnyKeyPressed);
    m_view->setShowGrid(false);
    m_view->setTabKeyNavigation(false);
    m_view->verticalHeader()->hide();
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_add->setObjectName(QStringLiteral("addDependency"));
    m_add->setAccessibleName(tr("Add dependency"));
    m_remove->setObjectName(QStringLiteral("removeDependencyRow"));
    m_remove->setAccessibleName(tr("Remove dependency"));
    m_refusal->setObjectName(QStringLiteral("dependencyRefusal"));
    m_refusal->setWordWrap(true);
    m_refusal->hide();
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_add);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_refusal);
    layout->addLayout(buttons);
    auto *del = new QShortcut(QKeySequence::Delete, m_view, nullptr, nullptr, Qt::WidgetShortcut);
    connect(del, &QShortcut::activated, m_remove, &QPushButton::click);
    connect(m_add, &QPushButton::clicked, this, [this] {
        if (m_model->addDependency())
            m_view->selectRow(m_model->rowCount() - 1);
    });
    connect(m_remove, &QPushButton::clicked, this,
            [this] { m_model->removeDependency(m_view->currentIndex().row()); });
    connect(m_model, &DependencyTableModel::taskEdited, this, [this](const auto &task) {
        m_refusal->hide();
        emit taskEdited(task);
    });
    connect(m_model, &DependencyTableModel::refused, this, [this](const QString &reason) {
        QPalette palette = m_refusal->palette();
        palette.setColor(QPalette::WindowText, toneColour(Tone::Bad));
        m_refusal->setPalette(palette);
        m_refusal->setText(reason);
        m_refusal->show();
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &DependencyTable::updateButtons);
    connect(m_model, &QAbstractItemModel::modelReset, this, &DependencyTable::updateButtons);
    updateButtons();
}

void DependencyTable::setTask(const batch::EcsTaskProperties &task)
{
    m_model->setTask(task);
}

void DependencyTable::updateButtons()
{
    m_remove->setEnabled(m_view->currentIndex().isValid());
}

} // namespace batchyard::ui
