#include "models/draft/draft.h"

#include <QRegularExpression>

#include <algorithm>

using namespace std::chrono_literals;

namespace batchyard::models {

namespace {
// A pause this long between two edits makes them two undo steps.
constexpr auto typingPause = 1s;
} // namespace

DraftBase::DraftBase(QObject *parent)
    : QObject(parent)
{
    m_pause.setSingleShot(true);
    m_pause.setInterval(typingPause);
    connect(&m_pause, &QTimer::timeout, this, [this] { endStep(); });
}

bool DraftBase::hasErrors() const
{
    return batch::hasErrors(m_faults);
}

void DraftBase::setInputProblem(const QString &path, const QString &message)
{
    if (m_inputProblems.value(path) == message)
        return;
    if (message.isEmpty())
        m_inputProblems.remove(path);
    else
        m_inputProblems.insert(path, message);
    collectFaults();
    emit changed();
}

QStringList DraftBase::inputProblemsIn(const QString &listPath) const
{
    QStringList paths;
    for (auto it = m_inputProblems.cbegin(); it != m_inputProblems.cend(); ++it) {
        if (it.key().startsWith(listPath + u'['))
            paths.append(it.key());
    }
    return paths;
}

void DraftBase::publish(Reading reading)
{
    m_jsonText = std::move(reading.jsonText);
    m_jsonProblem = std::move(reading.jsonProblem);
    m_valueFaults = std::move(reading.faults);
    collectFaults();
    emit changed();
}

void DraftBase::collectFaults()
{
    m_faults.clear();
    if (m_jsonProblem)
        m_faults.append(batch::Fault{{}, m_jsonProblem->message});
    for (auto it = m_inputProblems.cbegin(); it != m_inputProblems.cend(); ++it)
        m_faults.append(batch::Fault{it.key(), it.value()});
    // A field whose text is no value has one fault: what the value lacks would only confuse.
    std::copy_if(
        m_valueFaults.cbegin(), m_valueFaults.cend(), std::back_inserter(m_faults),
        [this](const batch::Fault &fault) { return !m_inputProblems.contains(fault.path); });
}

DraftBase::JsonProblem DraftBase::toJsonProblem(const batch::Faults &faults)
{
    const auto error = std::find_if(faults.cbegin(), faults.cend(), [](const batch::Fault &fault) {
        return fault.severity == batch::Fault::Severity::Error;
    });
    JsonProblem problem;
    problem.message = error != faults.cend() ? error->message : tr("The JSON cannot be read.");
    static const QRegularExpression position(QStringLiteral("line (\\d+),? column (\\d+)"),
                                             QRegularExpression::CaseInsensitiveOption);
    if (const auto match = position.match(problem.message); match.hasMatch()) {
        problem.line = match.captured(1).toInt();
        problem.column = match.captured(2).toInt();
    }
    if (error != faults.cend() && !error->path.isEmpty() && !problem.message.contains(error->path))
        problem.message = error->path + QStringLiteral(": ") + problem.message;
    return problem;
}

} // namespace batchyard::models
