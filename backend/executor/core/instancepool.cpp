#include "backend/executor/core/instancepool.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace batchyard::executor::core {

InstanceIds::InstanceIds(quint64 seed)
    : m_random(seed)
{
}

QString InstanceIds::next()
{
    constexpr int digits = 17;
    QString id = QString::number(m_random(), 16).rightJustified(16, u'0')
        + QString::number(m_random() % 16, 16);
    return QStringLiteral("i-") + id.first(digits);
}

// Tries where tasks go, on a copy of the figures.
class InstancePool::Search
{
public:
    // bins: none for an environment without any instance.
    Search(const InstancePool &pool, const std::vector<Bin> &bins, const QString &without)
        : m_pool(pool)
        , m_existing(std::ssize(bins))
    {
        for (const Bin &bin : bins) {
            Room room{bin.all - bin.used, bin.type, bin.takesTasks, bin.tasks.isEmpty()};
            qsizetype others = 0;
            for (const auto &[jobId, held] : bin.tasks) {
                if (jobId == without)
                    room.free += held;
                else
                    ++others;
            }
            room.isIdle = others == 0;
            m_running += bin.type.installed.vcpus;
            m_rooms.append(room);
        }
    }

    std::optional<Plan> run(const QList<Resources> &tasks)
    {
        QList<qsizetype> order(tasks.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&tasks](qsizetype a, qsizetype b) {
            return std::tuple(tasks[a].gpus, tasks[a].vcpus, tasks[a].memoryMiB)
                > std::tuple(tasks[b].gpus, tasks[b].vcpus, tasks[b].memoryMiB);
        });
        m_plan.bins.resize(tasks.size());
        for (const qsizetype task : std::as_const(order)) {
            qsizetype room = fullestWithRoom(tasks[task]);
            if (room < 0)
                room = startFor(tasks[task]);
            if (room < 0)
                return {};
            m_rooms[room].free -= tasks[task];
            m_rooms[room].isIdle = false;
            m_plan.bins[task] = room;
        }
        return std::move(m_plan);
    }

private:
    struct Room {
        Resources free;
        InstanceType type;
        bool takesTasks = true;
        bool isIdle = false;
        bool isEnded = false;
    };

    [[nodiscard]] qsizetype fullestWithRoom(const Resources &task) const
    {
        qsizetype best = -1;
        for (qsizetype i = 0; i < m_rooms.size(); ++i) {
            const Room &room = m_rooms[i];
            if (!room.takesTasks || room.isEnded || !fits(task, room.free))
                continue;
            if (best < 0
                || std::pair(room.type.installed.gpus, room.free.vcpus)
                    < std::pair(m_rooms[best].type.installed.gpus, m_rooms[best].free.vcpus))
                best = i;
        }
        return best;
    }

    // The first idle instances make room where the maximum leaves none.
    qsizetype startFor(const Resources &task)
    {
        const InstanceType *type = m_pool.typeFor(task);
        if (!type)
            return -1;
        double running = m_running;
        QList<qsizetype> ended;
        for (qsizetype i = 0; i < m_existing && !m_pool.mayStart(running, type->installed.vcpus);
             ++i) {
            if (!m_rooms[i].isIdle || m_rooms[i].isEnded)
                continue;
            running -= m_rooms[i].type.installed.vcpus;
            ended.append(i);
        }
        if (!m_pool.mayStart(running, type->installed.vcpus))
            return -1;
        for (const qsizetype i : std::as_const(ended))
            m_rooms[i].isEnded = true;
        m_running = running + type->installed.vcpus;
        m_plan.ended += ended;
        m_plan.started.append(*type);
        m_rooms.append({type->forTasks(), *type, true, true});
        return m_rooms.size() - 1;
    }

    const InstancePool &m_pool;
    qsizetype m_existing;
    QList<Room> m_rooms;
    double m_running = 0; // vCPUs of all instances
    Plan m_plan;
};

InstancePool::InstancePool(InstanceIds &ids)
    : m_ids(ids)
{
}

void InstancePool::setCapacity(const EnvironmentCapacity &capacity)
{
    const bool sameTypes = capacity.instanceTypes == m_capacity.instanceTypes
        && capacity.allocationStrategy == m_capacity.allocationStrategy;
    m_capacity = capacity;
    if (sameTypes)
        return;
    m_types = instanceTypes(capacity.instanceTypes).value_or(QList<InstanceType>());
    const bool keepsOrder = capacity.allocationStrategy == u"BEST_FIT_PROGRESSIVE_ORDERED"
        || capacity.allocationStrategy == u"SPOT_CAPACITY_OPTIMIZED_PRIORITIZED";
    std::stable_sort(
        m_types.begin(), m_types.end(), [keepsOrder](const InstanceType &a, const InstanceType &b) {
            if (keepsOrder)
                return a.installed.gpus < b.installed.gpus;
            return std::tuple(a.installed.gpus, a.installed.vcpus, a.installed.memoryMiB)
                < std::tuple(b.installed.gpus, b.installed.vcpus, b.installed.memoryMiB);
        });
    for (Bin &bin : m_bins)
        bin.takesTasks = !bin.isLost && isListed(bin.type);
}

std::optional<InstancePool::Plan> InstancePool::plan(const QList<Resources> &tasks,
                                                     const QString &without) const
{
    return Search(*this, m_bins, without).run(tasks);
}

bool InstancePool::canEverHold(const QList<Resources> &tasks) const
{
    return Search(*this, {}, {}).run(tasks).has_value();
}

std::optional<InstanceType> InstancePool::smallestType(const Resources &task) const
{
    const InstanceType *type = typeFor(task);
    return type ? std::optional(*type) : std::nullopt;
}

QStringList InstancePool::carryOut(const Plan &plan, const QString &jobId,
                                   const QList<Resources> &tasks)
{
    for (const InstanceType &type : plan.started)
        start(type);
    QStringList ids;
    for (qsizetype task = 0; task < tasks.size(); ++task) {
        Bin &bin = m_bins[static_cast<size_t>(plan.bins[task])];
        hold(bin, jobId, tasks[task]);
        ids.append(bin.id);
    }
    QList<qsizetype> ended = plan.ended;
    std::sort(ended.begin(), ended.end(), std::greater<>());
    for (const qsizetype bin : std::as_const(ended))
        m_bins.erase(m_bins.begin() + bin);
    return ids;
}

void InstancePool::adopt(const QString &jobId, const QList<Resources> &tasks,
                         const QStringList &instances)
{
    for (qsizetype task = 0; task < tasks.size() && task < instances.size(); ++task) {
        Bin *bin = find(instances[task]);
        if (!bin)
            bin = &start({}, instances[task]);
        hold(*bin, jobId, tasks[task]);
        makeFit(*bin);
    }
}

void InstancePool::release(const QString &jobId, const QStringList &instances, Timestamp at)
{
    for (const QString &id : instances) {
        Bin *bin = find(id);
        if (!bin)
            continue;
        for (const auto &[holder, held] : std::as_const(bin->tasks)) {
            if (holder == jobId)
                bin->used -= held;
        }
        bin->tasks.removeIf([&jobId](const auto &task) { return task.first == jobId; });
        if (!bin->tasks.isEmpty())
            continue;
        bin->used = {};
        bin->idleSince = at;
        if (bin->isLost)
            m_bins.erase(m_bins.begin() + (bin - m_bins.data()));
    }
}

void InstancePool::drain(const QString &instanceId)
{
    Bin *bin = find(instanceId);
    if (!bin)
        return;
    bin->isLost = true;
    bin->takesTasks = false;
    if (bin->tasks.isEmpty())
        m_bins.erase(m_bins.begin() + (bin - m_bins.data()));
}

void InstancePool::scale(Timestamp now)
{
    double running = vcpus();
    for (auto bin = m_bins.begin(); bin != m_bins.end();) {
        const bool isDue = !bin->idleSince || now - *bin->idleSince >= m_capacity.scaleDownDelay;
        if (!isDispensable(*bin, running) || (bin->takesTasks && !isDue)) {
            ++bin;
            continue;
        }
        running -= bin->type.installed.vcpus;
        bin = m_bins.erase(bin);
    }
    while (!m_types.isEmpty() && m_capacity.usable && exceeds(m_capacity.minvCpus, running)
           && mayStart(running, m_types.first().installed.vcpus)) {
        start(m_types.first());
        running += m_types.first().installed.vcpus;
    }
}

std::optional<Timestamp> InstancePool::nextEnd() const
{
    const double running = vcpus();
    std::optional<Timestamp> next;
    for (const Bin &bin : m_bins) {
        if (!bin.idleSince || !isDispensable(bin, running))
            continue;
        const Timestamp end = *bin.idleSince + m_capacity.scaleDownDelay;
        next = next ? std::min(*next, end) : end;
    }
    return next;
}

QList<Instance> InstancePool::instances() const
{
    QList<Instance> instances;
    for (const Bin &bin : m_bins)
        instances.append({bin.id, bin.type.name, bin.all, bin.used, jobsOf(bin)});
    return instances;
}

double InstancePool::vcpus() const
{
    double sum = 0;
    for (const Bin &bin : m_bins)
        sum += bin.type.installed.vcpus;
    return sum;
}

double InstancePool::largestFreeVcpus() const
{
    double largest = 0;
    for (const Bin &bin : m_bins) {
        if (bin.takesTasks)
            largest = std::max(largest, bin.all.vcpus - bin.used.vcpus);
    }
    return largest;
}

QStringList InstancePool::jobsOn(const QString &instanceId) const
{
    for (const Bin &bin : m_bins) {
        if (bin.id == instanceId)
            return jobsOf(bin);
    }
    return {};
}

const InstanceType *InstancePool::typeFor(const Resources &task) const
{
    const auto type = std::find_if(m_types.begin(), m_types.end(), [&task](const auto &each) {
        return fits(task, each.forTasks());
    });
    return type == m_types.end() ? nullptr : &*type;
}

// On-demand BEST_FIT never starts an instance beyond maxvCpus; the others may, by less than one
// instance (API_ComputeResource.maxvCpus).
bool InstancePool::mayExceed() const
{
    const bool isBestFit
        = m_capacity.allocationStrategy.isEmpty() || m_capacity.allocationStrategy == u"BEST_FIT";
    return m_capacity.kind == EnvironmentKind::Spot || !isBestFit;
}

bool InstancePool::mayStart(double running, double vcpus) const
{
    return mayExceed() ? exceeds(m_capacity.maxvCpus, running)
                       : !exceeds(running + vcpus, m_capacity.maxvCpus);
}

bool InstancePool::isListed(const InstanceType &type) const
{
    return m_types.contains(type);
}

// Without it the minimum is still there; a type that is listed no more is not kept for it.
bool InstancePool::isDispensable(const Bin &bin, double running) const
{
    return bin.tasks.isEmpty()
        && (!bin.takesTasks || !exceeds(m_capacity.minvCpus, running - bin.type.installed.vcpus));
}

void InstancePool::hold(Bin &bin, const QString &jobId, const Resources &task)
{
    bin.used += task;
    bin.tasks.append({jobId, task});
    bin.idleSince.reset();
}

// The type with the fewest vCPUs, whatever would be preferred for a new instance: what its jobs
// hold fitted into the type that it really was, so the environment is not fuller than it was.
void InstancePool::makeFit(Bin &bin) const
{
    if (fits(bin.used, bin.all))
        return;
    const InstanceType *smallest = nullptr;
    for (const InstanceType &type : m_types) {
        if (fits(bin.used, type.forTasks())
            && (!smallest || type.installed.vcpus < smallest->installed.vcpus))
            smallest = &type;
    }
    if (smallest) {
        bin.type = *smallest;
        bin.all = smallest->forTasks();
        return;
    }
    bin.all = bin.used;
    bin.type.installed = bin.used;
    bin.takesTasks = false;
}

InstancePool::Bin &InstancePool::start(const InstanceType &type, const QString &id)
{
    Bin bin;
    bin.id = id;
    while (bin.id.isEmpty() || (id.isEmpty() && find(bin.id)))
        bin.id = m_ids.next();
    bin.type = type;
    bin.all = type.name.isEmpty() ? Resources() : type.forTasks();
    m_bins.push_back(bin);
    return m_bins.back();
}

QStringList InstancePool::jobsOf(const Bin &bin)
{
    QStringList jobs;
    for (const auto &[jobId, held] : bin.tasks) {
        if (!jobs.contains(jobId))
            jobs.append(jobId);
    }
    return jobs;
}

InstancePool::Bin *InstancePool::find(const QString &instanceId)
{
    const auto bin = std::find_if(m_bins.begin(), m_bins.end(),
                                  [&instanceId](const Bin &each) { return each.id == instanceId; });
    return bin == m_bins.end() ? nullptr : &*bin;
}

} // namespace batchyard::executor::core
