#include "backend/batch/fargate.h"

#include <QStringList>

#include <array>

namespace batchyard::batch {

namespace {

struct Row {
    double vcpus;
    int minimum; // MiB
    int maximum;
    int step;
};

constexpr std::array<Row, 7> rows{{{0.25, 512, 2048, 0}, // doubles: 512, 1024, 2048
                                   {0.5, 1024, 4096, 1024},
                                   {1, 2048, 8192, 1024},
                                   {2, 4096, 16384, 1024},
                                   {4, 8192, 30720, 1024},
                                   {8, 16384, 61440, 4096},
                                   {16, 32768, 122880, 8192}}};

QString vcpuNames()
{
    QStringList names;
    for (const double vcpus : fargateVcpus())
        names.append(QString::number(vcpus));
    return names.join(QStringLiteral(", "));
}

} // namespace

QList<double> fargateVcpus()
{
    QList<double> result;
    for (const Row &row : rows)
        result.append(row.vcpus);
    return result;
}

QList<int> fargateMemory(double vcpus)
{
    QList<int> result;
    for (const Row &row : rows) {
        if (row.vcpus != vcpus)
            continue;
        for (int memory = row.minimum; memory <= row.maximum;
             memory = row.step == 0 ? memory * 2 : memory + row.step)
            result.append(memory);
    }
    return result;
}

QString fargateSizeFault(double vcpus, qint64 memoryMiB)
{
    const QList<int> allowed = fargateMemory(vcpus);
    if (allowed.isEmpty())
        return QStringLiteral("The containers ask for %1 vCPUs together; Fargate has tasks of %2.")
            .arg(QString::number(vcpus), vcpuNames());
    if (memoryMiB <= allowed.last() && allowed.contains(static_cast<int>(memoryMiB)))
        return {};
    QStringList names;
    for (const int memory : allowed)
        names.append(QString::number(memory));
    const QString choice = allowed.size() <= 4 ? names.join(QStringLiteral(", "))
                                               : QStringLiteral("%1 to %2 in steps of %3")
                                                     .arg(allowed.first())
                                                     .arg(allowed.last())
                                                     .arg(allowed[1] - allowed[0]);
    return QStringLiteral("The containers ask for %1 MiB together; with %2 vCPUs Fargate allows %3 "
                          "MiB.")
        .arg(memoryMiB)
        .arg(QString::number(vcpus), choice);
}

} // namespace batchyard::batch
