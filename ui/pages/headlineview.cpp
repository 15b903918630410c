#include "ui/pages/headlineview.h"

#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace batchyard::ui {

using namespace Qt::Literals::StringLiterals;
using Kind = models::JobHeadline::Kind;

namespace {

std::pair<Tone, QString> lookOf(Kind kind)
{
    switch (kind) {
    case Kind::Waiting:
        return {Tone::Waiting, u"clock"_s};
    case Kind::Running:
        return {Tone::Running, u"media-playback-start"_s};
    case Kind::Good:
        return {Tone::Good, u"dialog-ok-apply"_s};
    case Kind::Bad:
        return {Tone::Bad, u"dialog-cancel"_s};
    }
    return {};
}

} // namespace

HeadlineView::HeadlineView(QWidget *parent)
    : QFrame(parent)
    , m_icon(plainLabel({}, this))
    , m_text(plainLabel({}, this))
    , m_explanation(mutedLabel({}, this))
{
    setObjectName(u"jobHeadline"_s);
    m_text->setObjectName(u"headlineText"_s);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QFont font = m_text->font();
    font.setWeight(QFont::DemiBold);
    m_text->setFont(font);
    m_explanation->setObjectName(u"headlineExplanation"_s);
    m_explanation->setWordWrap(true);
    m_explanation->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_text);
    texts->addWidget(m_explanation);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::normal);
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addLayout(texts, 1);
}

void HeadlineView::setHeadline(const models::JobHeadline &headline)
{
    m_headline = headline;
    m_text->setText(headline.text);
    m_explanation->setText(headline.explanation);
    m_explanation->setVisible(!headline.explanation.isEmpty());
    updateColours();
}

QString HeadlineView::text() const
{
    return m_text->text();
}

void HeadlineView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange && m_icon)
        updateColours();
    QFrame::changeEvent(event);
}

void HeadlineView::updateColours()
{
    const auto [tone, iconName] = lookOf(m_headline.kind);
    m_icon->setPixmap(icon(iconName, toneColour(tone)).pixmap(QSize(18, 18), devicePixelRatioF()));
    // A colour of its own on the label alone, so that a theme switch is not undone by it.
    const QString sheet = u"color: %1"_s.arg(toneColour(tone).name());
    if (m_text->styleSheet() != sheet)
        m_text->setStyleSheet(sheet);
}

} // namespace batchyard::ui
