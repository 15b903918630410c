#include "ui/wizards/jsonhighlighter.h"

#include "ui/theme/presentation.h"
#include "ui/theme/theme.h"

#include <QRegularExpression>

namespace batchyard::ui {

namespace {
// Longer lines are data; colouring them would cost more than it tells.
constexpr int longestLine = 5000;
} // namespace

void JsonHighlighter::highlightBlock(const QString &text)
{
    if (text.size() > longestLine)
        return;
    static const QRegularExpression token(
        QStringLiteral(R"(("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b)"));
    for (auto it = token.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        const auto colour = [this, &match](int group, const QColor &value) {
            setFormat(static_cast<int>(match.capturedStart(group)),
                      static_cast<int>(match.capturedLength(group)), value);
        };
        if (match.hasCaptured(2) && match.capturedLength(2) > 0)
            colour(1, colours().link);
        else if (match.capturedLength(1) > 0)
            colour(1, toneColour(Tone::Good));
        else if (match.capturedLength(3) > 0)
            colour(3, toneColour(Tone::Waiting));
        else
            colour(4, toneColour(Tone::Starting));
    }
}

} // namespace batchyard::ui
