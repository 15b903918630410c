#include "ui/wizards/reviewpage.h"

#include "ui/theme/card.h"
#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"
#include "ui/wizards/jsonpane.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace batchyard::ui {

namespace {
constexpr int asideWidth = 400;
}

QString shownText(const QString &text)
{
    return text.isEmpty() ? ReviewPage::tr("not set") : text;
}

QString shownList(const QStringList &list)
{
    return list.isEmpty() ? ReviewPage::tr("none") : list.join(QStringLiteral(", "));
}

QString shownNumber(const std::optional<int> &number)
{
    return number ? QString::number(*number) : ReviewPage::tr("not set");
}

ReviewPage::ReviewPage(models::DraftBase &draft, const QString &suggestedFileName, Summary summary,
                       QWidget *parent)
    : FormPage(draft, parent)
    , m_summary(std::move(summary))
    , m_json(new JsonPane(draft, suggestedFileName, this))
{
    auto *row = new QWidget(this);
    auto *columns = new QHBoxLayout(row);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(spacing::wide);
    auto *scroll = new QScrollArea(row);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumWidth(asideWidth);
    auto *inner = new QWidget(scroll);
    inner->setProperty("page", true);
    m_aside = new QVBoxLayout(inner);
    m_aside->setContentsMargins(0, 0, spacing::normal, 0);
    m_aside->setSpacing(spacing::normal);
    m_aside->addStretch(1);
    scroll->setWidget(inner);
    columns->addWidget(scroll, 2);
    columns->addWidget(m_json, 3);
    addFree(row, 1);
    ReviewPage::refresh();
}

void ReviewPage::addAside(QWidget *widget)
{
    m_aside->insertWidget(0, widget);
}

QWidget *ReviewPage::makeGroup(const Group &group)
{
    auto *card = new Card(group.title, m_groupsWidget);
    auto *edit = new QPushButton(tr("Edit"), card);
    edit->setObjectName(QStringLiteral("edit.%1").arg(group.title));
    edit->setAccessibleName(tr("Edit %1").arg(group.title));
    edit->setProperty("link", true);
    edit->setAutoDefault(false);
    card->head()->addWidget(edit);
    connect(edit, &QPushButton::clicked, this,
            [this, step = group.step] { emit editWanted(step); });
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(spacing::wide);
    form->setVerticalSpacing(spacing::tight);
    form->setRowWrapPolicy(QFormLayout::DontWrapRows);
    for (const auto &[label, value] : group.rows) {
        QLabel *text = plainLabel(value, card);
        text->setWordWrap(true);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        form->addRow(mutedLabel(label, card), text);
    }
    card->body()->addLayout(form);
    return card;
}

QWidget *ReviewPage::makeNotes(const QStringList &notes)
{
    auto *card = new Card(tr("Worth knowing"), m_groupsWidget);
    for (const QString &note : notes) {
        auto *row = new QHBoxLayout;
        auto *mark = new QLabel(card);
        mark->setPixmap(
            icon(QStringLiteral("emblem-warning"), toneColour(Tone::Waiting)).pixmap(16));
        QLabel *text = plainLabel(note, card);
        text->setWordWrap(true);
        row->addWidget(mark, 0, Qt::AlignTop);
        row->addWidget(text, 1);
        card->body()->addLayout(row);
    }
    return card;
}

void ReviewPage::refresh()
{
    FormPage::refresh();
    const QList<Group> groups = m_summary();
    QStringList notes;
    for (const batch::Fault &fault : draft().faults()) {
        if (fault.severity == batch::Fault::Severity::Warning && !notes.contains(fault.message))
            notes.append(fault.message);
    }
    if (groups == m_groups && notes == m_notes && m_groupsWidget)
        return;
    m_groups = groups;
    m_notes = notes;
    if (m_groupsWidget) {
        m_groupsWidget->hide();
        m_groupsWidget->deleteLater();
    }
    m_groupsWidget = new QWidget(this);
    auto *column = new QVBoxLayout(m_groupsWidget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacing::normal);
    if (!notes.isEmpty())
        column->addWidget(makeNotes(notes));
    for (const Group &group : groups)
        column->addWidget(makeGroup(group));
    m_aside->insertWidget(m_aside->count() - 1, m_groupsWidget);
}

bool ReviewPage::focusPath(const QString &)
{
    m_json->editor()->setFocus();
    return true;
}

} // namespace batchyard::ui
