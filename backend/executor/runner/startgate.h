// Lets only so many container starts be under way at a time: beyond a few for each core each
// start only takes longer. First come, first served.
#pragma once

#include <QObject>
#include <QPointer>

#include <deque>
#include <functional>
#include <memory>

namespace batchyard::executor {

class StartGate : public QObject
{
    Q_OBJECT

public:
    // A place within the limit; it is free again when the last copy is dropped.
    using Pass = std::shared_ptr<void>;

    explicit StartGate(int limit, QObject *parent = nullptr);

    void setLimit(int limit);
    // Calls act(pass) now or when there is a place, unless the context is gone by then.
    void enter(QObject *context, std::function<void(Pass)> act);
    [[nodiscard]] int inside() const { return m_inside; }
    [[nodiscard]] int limit() const { return m_limit; }

private:
    struct Waiting {
        QPointer<QObject> context;
        std::function<void(Pass)> act;
    };

    [[nodiscard]] Pass makePass();
    void admit();

    int m_limit;
    int m_inside = 0;
    std::deque<Waiting> m_waiting;
};

} // namespace batchyard::executor
