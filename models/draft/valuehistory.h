// Undo and redo for a value: each step keeps the whole value, which Qt's implicit sharing makes
// cheap. Edits that carry the same key run together into one step until endStep().
#pragma once

#include <QString>

#include <vector>

namespace batchyard::models {

template <typename Value>
class ValueHistory
{
public:
    static constexpr std::size_t maximumSteps = 500; // the oldest are forgotten beyond it

    explicit ValueHistory(Value initial = {}) { m_values.push_back(std::move(initial)); }

    [[nodiscard]] const Value &value() const { return m_values[m_index]; }

    void set(Value next, const QString &key)
    {
        if (next == value())
            return;
        const bool runsOn = m_index > 0 && !key.isEmpty() && key == m_openKey;
        m_values.resize(m_index + 1, value());
        if (runsOn) {
            m_values[m_index] = std::move(next);
        } else {
            m_values.push_back(std::move(next));
            ++m_index;
        }
        m_openKey = key;
        if (m_values.size() > maximumSteps + 1) {
            m_values.erase(m_values.begin());
            --m_index;
        }
    }

    void endStep() { m_openKey.clear(); }

    [[nodiscard]] bool canUndo() const { return m_index > 0; }
    [[nodiscard]] bool canRedo() const { return m_index + 1 < m_values.size(); }

    void undo()
    {
        if (canUndo())
            --m_index;
        endStep();
    }

    void redo()
    {
        if (canRedo())
            ++m_index;
        endStep();
    }

private:
    std::vector<Value> m_values;
    std::size_t m_index = 0;
    QString m_openKey;
};

} // namespace batchyard::models
