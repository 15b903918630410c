// The app-wide rule that labels show plain text: text from jobs, images and services must never be
// taken for HTML (it could load files or look like the program's own words). Dialog texts and
// tooltips are labels too.
#pragma once

#include <QObject>

namespace batchyard::ui {

class PlainTextRule final : public QObject
{
public:
    using QObject::QObject;

    bool eventFilter(QObject *watched, QEvent *event) override;
};

} // namespace batchyard::ui
