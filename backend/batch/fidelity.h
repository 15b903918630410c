// What becomes of each field of the API's requests on this machine: one table, for people and for
// programs that show it. Tests check that no field is missing, neither of the documents that this
// folder reads nor of the AWS SDK's model (tests/sdk/fields.test.mjs).
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace batchyard::batch {

struct Fidelity {
    enum class Verdict {
        Faithful, // a program sees what it would see on AWS
        Approximated, // an effect that is near AWS's; the note says how it differs
        NoEffect, // kept and told back, without an effect here
    };
    Verdict verdict = Verdict::Faithful;
    QString note; // one sentence
};
// "faithful", "approximated", "no effect locally"
[[nodiscard]] QString toString(Fidelity::Verdict verdict);

// request: an operation with a document ("RegisterJobDefinition", "SubmitJob",
// "CreateComputeEnvironment", "UpdateJobQueue" …). path: a field of it that is no object itself,
// with `[]` behind each list of objects ("ecsProperties.taskProperties[].containers[].user"); the
// entries of a map are one field. nullopt for what the API does not have.
[[nodiscard]] std::optional<Fidelity> fidelityOf(const QString &request, const QString &path);

// The requests whose fields are listed, and all fields of one.
[[nodiscard]] QStringList documentedRequests();
[[nodiscard]] QStringList fieldsOf(const QString &request);

// The table as text for a terminal: of one request or, when it is empty, of all, only fields whose
// path has this text in it. Empty when there are none.
[[nodiscard]] QString fidelityText(const QString &request = {}, const QString &part = {});

} // namespace batchyard::batch
