// Colours for JSON: keys, texts, numbers and words.
#pragma once

#include <QSyntaxHighlighter>

namespace batchyard::ui {

class JsonHighlighter final : public QSyntaxHighlighter
{
    Q_OBJECT

public:
    using QSyntaxHighlighter::QSyntaxHighlighter;

protected:
    void highlightBlock(const QString &text) override;
};

} // namespace batchyard::ui
