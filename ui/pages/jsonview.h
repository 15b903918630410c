// A document as JSON text, to read, search with the eye and copy.
#pragma once

#include <QWidget>

class QPlainTextEdit;

namespace batchyard::ui {

class JsonView final : public QWidget
{
    Q_OBJECT

public:
    explicit JsonView(QWidget *parent = nullptr);

    // Keeps the scroll position when the text has changed only in part.
    void setText(const QString &text);
    [[nodiscard]] QString text() const;

private:
    QPlainTextEdit *m_edit;
};

} // namespace batchyard::ui
