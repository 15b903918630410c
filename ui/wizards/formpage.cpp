#include "ui/wizards/formpage.h"

#include "ui/theme/card.h"
#include "ui/theme/theme.h"
#include "ui/wizards/field.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QRadioButton>
#include <QRegularExpression>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace batchyard::ui {

namespace {
// On the content of a folded section: the button that opens it.
constexpr const char *foldedProperty = "foldedBy";
} // namespace

bool isWithin(const QString &path, const QString &base)
{
    if (!path.startsWith(base))
        return false;
    return path.size() == base.size() || path[base.size()] == u'.' || path[base.size()] == u'[';
}

FormPage::FormPage(models::DraftBase &draft, QWidget *parent)
    : QWidget(parent)
    , m_draft(draft)
    , m_layout(new QVBoxLayout(this))
{
    setProperty("page", true);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(spacing::wide);
    connect(&draft, &models::DraftBase::changed, this, &FormPage::refresh);
}

Card *FormPage::addSection(const QString &title, const QString &description)
{
    auto *card = new Card(title, this);
    m_section = card->body();
    m_section->setSpacing(spacing::normal + spacing::tight);
    if (!description.isEmpty()) {
        QLabel *label = mutedLabel(description, card);
        label->setWordWrap(true);
        m_section->addWidget(label);
    }
    m_layout->addWidget(card);
    return card;
}

Card *FormPage::addFoldedSection(const QString &title, const QString &description)
{
    Card *card = addSection({});
    auto *toggle = new QToolButton(card);
    toggle->setObjectName(QStringLiteral("unfold.") + title);
    toggle->setAccessibleName(title);
    toggle->setText(title);
    toggle->setFont(sectionFont());
    toggle->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    toggle->setAutoRaise(true);
    toggle->setCheckable(true);
    // It is a heading that opens, not a button that stays pressed.
    toggle->setStyleSheet(QStringLiteral("QToolButton:checked { background: transparent; }"));
    auto *content = new QWidget(card);
    content->setVisible(false);
    content->setProperty(foldedProperty, QVariant::fromValue<QObject *>(toggle));
    card->body()->addWidget(toggle, 0, Qt::AlignLeft);
    card->body()->addWidget(content);
    const auto show = [toggle, content](bool open) {
        toggle->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        content->setVisible(open);
    };
    connect(toggle, &QToolButton::toggled, content, show);
    show(false);
    m_section = new QVBoxLayout(content);
    m_section->setContentsMargins(0, 0, 0, 0);
    m_section->setSpacing(spacing::normal + spacing::tight);
    if (!description.isEmpty()) {
        QLabel *label = mutedLabel(description, content);
        label->setWordWrap(true);
        m_section->addWidget(label);
    }
    return card;
}

void FormPage::unfold(const QWidget *widget) const
{
    for (const QWidget *each = widget; each && each != this; each = each->parentWidget()) {
        if (auto *toggle = each->property(foldedProperty).value<QObject *>())
            static_cast<QToolButton *>(toggle)->setChecked(true);
    }
}

void FormPage::addRow(const QList<Field *> &fields)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(spacing::wide);
    for (Field *field : fields)
        row->addWidget(field, 1, Qt::AlignTop);
    m_section->addLayout(row);
}

void FormPage::addWidget(QWidget *widget)
{
    m_section->addWidget(widget);
}

void FormPage::addFree(QWidget *widget, int stretch)
{
    m_layout->addWidget(widget, stretch);
}

void FormPage::fillUp()
{
    m_layout->addStretch(1);
}

void FormPage::addPage(FormPage *page)
{
    m_pages.append(page);
    m_layout->addWidget(page);
}

void FormPage::removePage(FormPage *page)
{
    m_pages.removeOne(page);
    m_layout->removeWidget(page);
    disconnect(&m_draft, nullptr, page, nullptr);
    page->hide();
    page->deleteLater();
}

QString FormPage::fullPath(const QString &path) const
{
    return m_prefix ? m_prefix() + path : path;
}

void FormPage::refresh()
{
    for (const Binding &binding : std::as_const(m_bindings))
        binding.load();
    showFaults();
    showFidelity();
}

void FormPage::setPlace(const Field *field, std::function<QString()> place)
{
    for (Binding &binding : m_bindings) {
        if (binding.widget == field)
            binding.place = place;
    }
}

// A field's place moves with the form of the document (ecsProperties or containerProperties).
void FormPage::showFidelity()
{
    static const QRegularExpression index(QStringLiteral("\\[\\d+\\]"));
    for (const Binding &binding : std::as_const(m_bindings)) {
        if (auto *field = qobject_cast<Field *>(binding.widget))
            field->setFidelity(batch::fidelityOf(
                m_draft.request(), placeOf(binding).replace(index, QStringLiteral("[]"))));
    }
}

QString FormPage::placeOf(const Binding &binding) const
{
    return fullPath(binding.place ? binding.place() : binding.path);
}

void FormPage::showFaults()
{
    for (const Binding &binding : std::as_const(m_bindings)) {
        const QString path = placeOf(binding);
        if (auto *field = qobject_cast<Field *>(binding.widget)) {
            batch::Faults faults;
            for (const batch::Fault &fault : m_draft.faults()) {
                if (isWithin(fault.path, path))
                    faults.append(fault);
            }
            field->setFaults(faults);
        } else if (auto *editor = qobject_cast<RowsEditor *>(binding.widget)) {
            QList<std::pair<QString, batch::Fault>> faults;
            for (const batch::Fault &fault : m_draft.faults()) {
                if (!isWithin(fault.path, path))
                    continue;
                const QString rest = fault.path.mid(path.size());
                const bool ofKey = binding.toCell && rest.startsWith(u'.');
                faults.append({ofKey ? binding.toCell(rest.mid(1)) : rest, fault});
            }
            editor->setFaults(faults);
        }
    }
}

bool FormPage::owns(const QString &path) const
{
    for (const Binding &binding : m_bindings) {
        if (isWithin(path, placeOf(binding)))
            return true;
    }
    for (const QString &owned : m_ownedPaths) {
        if (isWithin(path, owned))
            return true;
    }
    return std::any_of(m_pages.cbegin(), m_pages.cend(),
                       [&](const FormPage *page) { return page->owns(path); });
}

void FormPage::touchAll()
{
    for (const Binding &binding : std::as_const(m_bindings)) {
        if (auto *field = qobject_cast<Field *>(binding.widget))
            field->touch();
        else if (auto *editor = qobject_cast<RowsEditor *>(binding.widget))
            editor->touchAll();
    }
    for (FormPage *page : std::as_const(m_pages))
        page->touchAll();
}

void FormPage::focusFirst()
{
    // In reading order, over all fields and nested pages; tiles have a choice made already.
    for (QWidget *next = nextInFocusChain(); next && next != this;
         next = next->nextInFocusChain()) {
        const bool takesKeys = (next->focusPolicy() & Qt::TabFocus) == Qt::TabFocus;
        if (isAncestorOf(next) && takesKeys && !qobject_cast<QRadioButton *>(next)
            && next->isEnabled() && next->isVisibleTo(this)) {
            next->setFocus(Qt::TabFocusReason);
            return;
        }
    }
}

bool FormPage::focusPath(const QString &path)
{
    for (const Binding &binding : std::as_const(m_bindings)) {
        const QString base = placeOf(binding);
        if (!isWithin(path, base))
            continue;
        unfold(binding.widget);
        if (auto *field = qobject_cast<Field *>(binding.widget)) {
            field->touch();
            field->editor()->setFocus();
            return true;
        }
        if (auto *editor = qobject_cast<RowsEditor *>(binding.widget)) {
            editor->touchAll();
            return editor->focusCell(path.mid(base.size()));
        }
    }
    return std::any_of(m_pages.cbegin(), m_pages.cend(),
                       [&](FormPage *page) { return page->focusPath(path); });
}

} // namespace batchyard::ui
