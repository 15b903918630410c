// The resources of one kind as the operations on them see them: found by name or ARN, refused when
// they are there already, described in pages, saved with a notice to those who depend on them.
#pragma once

#include "backend/batch/validation.h"
#include "backend/executor/api/operationcontext.h"

namespace batchyard::executor::api {

class ResourceTable
{
public:
    // arnKind: "job-queue" …
    ResourceTable(OperationContext &context, ResourceKind kind, QStringView arnKind)
        : m_context(context)
        , m_kind(kind)
        , m_arnKind(arnKind)
    {
    }

    // Error: NotFound.
    [[nodiscard]] Result<ResourceRecord> find(const QString &nameOrArn) const;
    // The one that a required member of the request names.
    [[nodiscard]] Result<ResourceRecord> named(const Json &request, const char *member) const;
    // The same, to be changed. Error: Conflict when it is being deleted.
    [[nodiscard]] Result<ResourceRecord> changeable(const Json &request, const char *member) const;
    // Errors: Conflict when the name is taken or `quota` of the kind are there.
    [[nodiscard]] Result<void> checkFree(const QString &name, qsizetype quota) const;

    // What the resource shows while it is on its way (settling.h).
    [[nodiscard]] bool isSettling(const ResourceRecord &record) const;
    void showSettling(const ResourceRecord &record, Json &document) const;

    // Replaces the one of this name, or adds it. createdAt stays that of the first.
    [[nodiscard]] Result<void> save(const QString &name, const Json &document,
                                    Timestamp createdAt) const;
    [[nodiscard]] Result<void> remove(const QString &name) const;

    // How compute environments and job queues go. First what a request wants to delete; kind:
    // "job queue" …. Errors: NotFound, Conflict when it is not DISABLED.
    [[nodiscard]] Result<ResourceRecord> deletable(const Json &request, const char *member,
                                                   QStringView kind) const;
    // Then it is DELETING until removeDeleted() finds nothing in its way.
    [[nodiscard]] Result<void> beginDeletion(const ResourceRecord &record,
                                             const QString &reason) const;

    using Keep = std::function<bool(const ResourceRecord &)>;
    using ToDocument = std::function<Result<Json>(const ResourceRecord &)>;
    // A page of those that `keep` lets through, in the store's order, under `listName`.
    [[nodiscard]] Result<Json> page(const PageRequest &page, const char *listName, const Keep &keep,
                                    const ToDocument &toDocument) const;
    // What a Describe operation answers: those that the request's list of names or ARNs has, or
    // all. operation: for its tokens.
    [[nodiscard]] Result<Json> describe(const Json &request, const char *operation,
                                        const char *listName, const ToDocument &toDocument) const;

private:
    OperationContext &m_context;
    ResourceKind m_kind;
    QStringView m_arnKind;
};

// What was deleted goes, if its moment is over and, of a queue, its last job has ended. Before each
// operation, so that none meets what is gone. What cannot be removed now is so the next time.
void removeDeleted(OperationContext &context);

// A request's document as a value that keeps AWS's limits and rules. Error: InvalidInput with every
// fault.
template <typename Value>
[[nodiscard]] Result<Value>
checkedValue(const Json &document, batch::Parsed<Value> (*read)(const Json &, const QString &))
{
    batch::Parsed<Value> parsed = read(document, {});
    if (const auto ok = accept(parsed.faults); !ok)
        return tl::unexpected(ok.error());
    if (const auto ok = accept(batch::validate(*parsed.value)); !ok)
        return tl::unexpected(ok.error());
    return std::move(*parsed.value);
}

// The members of `changes` that are among `names` and not null take the place of the document's.
void replaceMembers(Json &document, const Json &changes, std::initializer_list<const char *> names);

// Error: Unsupported for the first of these members that asks for something.
[[nodiscard]] Result<void>
refuseMembers(const Json &request,
              std::initializer_list<std::pair<const char *, QStringView>> namesAndReasons);

} // namespace batchyard::executor::api
