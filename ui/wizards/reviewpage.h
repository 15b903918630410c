// The last step of a wizard: what was chosen, in words, beside the JSON that will be sent.
#pragma once

#include "ui/wizards/formpage.h"

class QVBoxLayout;

namespace batchyard::ui {

class JsonPane;

class ReviewPage final : public FormPage
{
    Q_OBJECT

public:
    struct Group {
        QString title;
        int step = 0; // that Edit goes back to
        QList<std::pair<QString, QString>> rows;
        friend bool operator==(const Group &, const Group &) = default;
    };
    using Summary = std::function<QList<Group>()>;

    ReviewPage(models::DraftBase &draft, const QString &suggestedFileName, Summary summary,
               QWidget *parent = nullptr);

    [[nodiscard]] JsonPane *json() const { return m_json; }
    // Above the summary, at the left.
    void addAside(QWidget *widget);
    [[nodiscard]] bool focusPath(const QString &path) override;

signals:
    void editWanted(int step);

protected:
    void refresh() override;

private:
    [[nodiscard]] QWidget *makeGroup(const Group &group);
    [[nodiscard]] QWidget *makeNotes(const QStringList &notes);

    Summary m_summary;
    QList<Group> m_groups;
    QStringList m_notes;
    QVBoxLayout *m_aside;
    QWidget *m_groupsWidget = nullptr;
    JsonPane *m_json;
};

// "a, b" or a word for an empty list; "5" or a word for an unset number.
[[nodiscard]] QString shownList(const QStringList &list);
[[nodiscard]] QString shownNumber(const std::optional<int> &number);
[[nodiscard]] QString shownText(const QString &text);

} // namespace batchyard::ui
