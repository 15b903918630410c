// All of one container of a job definition, as the AWS console's container card has it.
#pragma once

#include "models/draft/drafts.h"
#include "ui/wizards/boundpage.h"

namespace batchyard::ui {

class ContainerForm final : public BoundPage<batch::JobDefinition, batch::ContainerBase>
{
public:
    explicit ContainerForm(models::JobDefinitionDraft &draft);

    // Which container of the task is shown; of the legacy form there is only one.
    void setIndex(int index);
    [[nodiscard]] int index() const { return m_index; }

protected:
    void refresh() override;

private:
    void addGeneral();
    void addResources();
    void addEnvironment();
    void addDependencies();
    void addLinux();
    void addFileSystem();
    void addLogging();
    [[nodiscard]] Field *resource(const QString &label, const QString &type, bool mayBeAbsent);
    [[nodiscard]] Field *taskNumber(const QString &label, const QString &path,
                                    std::optional<int> batch::TaskContainerProperties::*member);
    [[nodiscard]] Field *baseFlag(const QString &label, const QString &path,
                                  std::optional<bool> batch::ContainerBase::*member);
    [[nodiscard]] Field *linuxNumber(const QString &label, const QString &path,
                                     std::optional<int> batch::LinuxParameters::*member);
    // The container in the new form; an empty one in the legacy form.
    [[nodiscard]] batch::TaskContainerProperties taskContainer() const;
    template <typename Function>
    void editTaskContainer(const QString &path, Function change);

    models::JobDefinitionDraft &m_definition;
    int m_index = 0;
    QList<QWidget *> m_taskOnly; // the legacy form does not have them
    RowsEditor *m_dependencies = nullptr;
    RowsEditor *m_mounts = nullptr;
};

} // namespace batchyard::ui
