// A document while a person edits it: the value with undo and redo, its JSON text both ways, and
// its faults. Form, graph, table and JSON are views of one draft.
#pragma once

#include "backend/batch/common.h"
#include "models/draft/valuehistory.h"

#include <QMap>
#include <QObject>
#include <QTimer>

#include <optional>

namespace batchyard::models {

class DraftBase : public QObject
{
    Q_OBJECT

public:
    // Where the typed JSON text cannot be read; line and column count from 1, 0 when unknown.
    struct JsonProblem {
        QString message;
        int line = 0;
        int column = 0;
        friend bool operator==(const JsonProblem &, const JsonProblem &) = default;
    };

    explicit DraftBase(QObject *parent = nullptr);

    // The operation that takes the document ("RegisterJobDefinition").
    [[nodiscard]] virtual QString request() const = 0;
    // The value's JSON, or the typed text while that cannot be read.
    [[nodiscard]] QString jsonText() const { return m_jsonText; }
    // Text that cannot be read is kept with its problem; the value stays the last readable one.
    virtual void setJsonText(const QString &text) = 0;
    // Takes a saved jsonText() back. Unlike typed text, it may lack what AWS requires.
    virtual void restoreJsonText(const QString &text) = 0;
    [[nodiscard]] const std::optional<JsonProblem> &jsonProblem() const { return m_jsonProblem; }

    // Of the value, of fields whose text is no value, and of the JSON text (path "").
    [[nodiscard]] const batch::Faults &faults() const { return m_faults; }
    [[nodiscard]] bool hasErrors() const;

    // A field's text that its type cannot hold ("2.5" for a whole number); empty clears. Forgotten
    // by undo, redo and JSON edits.
    void setInputProblem(const QString &path, const QString &message);
    [[nodiscard]] bool hasInputProblem(const QString &path) const
    {
        return m_inputProblems.contains(path);
    }
    // Paths of input problems of a list's cells.
    [[nodiscard]] QStringList inputProblemsIn(const QString &listPath) const;

    [[nodiscard]] virtual bool canUndo() const = 0;
    [[nodiscard]] virtual bool canRedo() const = 0;
    virtual void undo() = 0;
    virtual void redo() = 0;
    // The next edit is a new undo step; also happens by itself after a pause in typing.
    virtual void endStep() = 0;

    // Whether it differs from what it was started with.
    [[nodiscard]] virtual bool isModified() const = 0;

signals:
    void changed(); // value, text or faults

protected:
    struct Reading {
        QString jsonText;
        std::optional<JsonProblem> jsonProblem;
        batch::Faults faults; // of the value
    };

    // Takes over what was found and tells the views.
    void publish(Reading reading);
    void forgetInputProblems() { m_inputProblems.clear(); }
    void restartPause() { m_pause.start(); }

    // The first error as a problem of the text, with the line and column that its message names.
    [[nodiscard]] static JsonProblem toJsonProblem(const batch::Faults &faults);

private:
    void collectFaults();

    QString m_jsonText;
    std::optional<JsonProblem> m_jsonProblem;
    batch::Faults m_valueFaults;
    QMap<QString, QString> m_inputProblems;
    batch::Faults m_faults;
    QTimer m_pause;
};

// How a kind of document is read, written and checked.
template <typename Value>
struct DocumentFormat;

template <typename Value>
class Draft : public DraftBase
{
public:
    explicit Draft(const Value &value = {}, QObject *parent = nullptr)
        : DraftBase(parent)
    {
        start(value);
    }

    [[nodiscard]] const Value &value() const { return m_history.value().value; }

    // Begins anew with this value; what was before cannot be undone to.
    void start(const Value &value)
    {
        m_history = ValueHistory<State>(State{value, {}});
        m_initial = m_history.value();
        forgetInputProblems();
        refresh();
    }

    // change(Value &) makes the edit. Edits of one key run together into one undo step.
    template <typename Function>
    void edit(const QString &key, Function change)
    {
        Value next = value();
        change(next);
        if (next == value() && !jsonProblem())
            return;
        apply(State{std::move(next), {}, {}, m_history.value().parseWarnings}, key);
    }

    [[nodiscard]] QString request() const override
    {
        return QString(DocumentFormat<Value>::request);
    }

    void setJsonText(const QString &text) override
    {
        if (text == jsonText())
            return;
        auto parsed = DocumentFormat<Value>::parse(text.toUtf8());
        forgetInputProblems();
        if (parsed.value) {
            apply(State{*parsed.value, text, {}, parsed.faults}, QStringLiteral("json"));
        } else {
            apply(State{value(), text, toJsonProblem(parsed.faults), {}}, QStringLiteral("json"));
        }
    }

    void restoreJsonText(const QString &text) override
    {
        const auto parsed = DocumentFormat<Value>::parseDraft(text.toUtf8());
        if (parsed.value)
            apply(State{*parsed.value, {}, {}, parsed.faults}, {});
        else
            setJsonText(text);
    }

    [[nodiscard]] bool canUndo() const override { return m_history.canUndo(); }
    [[nodiscard]] bool canRedo() const override { return m_history.canRedo(); }

    void undo() override
    {
        m_history.undo();
        forgetInputProblems();
        refresh();
    }

    void redo() override
    {
        m_history.redo();
        forgetInputProblems();
        refresh();
    }

    void endStep() override { m_history.endStep(); }

    [[nodiscard]] bool isModified() const override
    {
        return !(m_history.value().value == m_initial.value) || m_history.value().problem;
    }

    // Checks again; for drafts whose rules depend on more than the value.
    void refresh()
    {
        const State &state = m_history.value();
        publish({state.text.isEmpty() && !state.problem ? DocumentFormat<Value>::write(value())
                                                        : state.text,
                 state.problem, state.parseWarnings + findFaults()});
    }

protected:
    [[nodiscard]] virtual batch::Faults findFaults() const
    {
        return DocumentFormat<Value>::validate(value());
    }

private:
    struct State {
        Value value;
        QString text; // as typed, so that the editor's text does not jump; empty: made from value
        std::optional<JsonProblem> problem = {};
        batch::Faults parseWarnings = {};
        friend bool operator==(const State &, const State &) = default;
    };

    void apply(State next, const QString &key)
    {
        m_history.set(std::move(next), key);
        restartPause();
        refresh();
    }

    ValueHistory<State> m_history;
    State m_initial;
};

} // namespace batchyard::models
