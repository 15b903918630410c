#include "ui/pages/facts.h"

#include "ui/theme/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>

#include <algorithm>

namespace batchyard::ui {

namespace {

constexpr qsizetype longWord = 24; // characters

// Text of which any word may be broken: ids and ARNs are wider than the page's side.
class BreakingLabel final : public QWidget
{
public:
    BreakingLabel(const QString &text, QWidget *parent)
        : QWidget(parent)
        , m_text(text)
    {
        QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
        policy.setHeightForWidth(true);
        setSizePolicy(policy);
        setMinimumWidth(80);
        setAccessibleName(text);
        setToolTip(text);
    }

    [[nodiscard]] int heightForWidth(int width) const override
    {
        return fontMetrics().boundingRect(QRect(0, 0, width, 10'000), flags, m_text).height();
    }
    [[nodiscard]] QSize sizeHint() const override
    {
        return {fontMetrics().horizontalAdvance(m_text), fontMetrics().height()};
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setPen(colours().text);
        painter.drawText(rect(), flags, m_text);
    }

private:
    static constexpr int flags
        = static_cast<int>(Qt::TextWrapAnywhere) | Qt::AlignLeft | Qt::AlignTop;
    QString m_text;
};

bool hasLongWord(const QString &text)
{
    const QStringList words = text.split(u' ');
    return std::any_of(words.begin(), words.end(),
                       [](const QString &word) { return word.size() > longWord; });
}

} // namespace

Facts::Facts(QWidget *parent)
    : QWidget(parent)
    , m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(spacing::wide);
    m_grid->setVerticalSpacing(spacing::tight + 2);
    m_grid->setColumnStretch(1, 1);
}

void Facts::setFacts(const QList<std::pair<QString, QString>> &facts)
{
    if (facts == m_facts)
        return;
    m_facts = facts;
    while (QLayoutItem *item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    for (const auto &[name, value] : facts) {
        if (value.isEmpty())
            continue;
        m_grid->addWidget(mutedLabel(name, this), row, 0, Qt::AlignTop);
        if (hasLongWord(value)) {
            m_grid->addWidget(new BreakingLabel(value, this), row, 1);
        } else {
            auto *text = plainLabel(value, this);
            text->setWordWrap(true);
            text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
            text->setTextInteractionFlags(Qt::TextSelectableByMouse);
            m_grid->addWidget(text, row, 1);
        }
        ++row;
    }
}

} // namespace batchyard::ui
