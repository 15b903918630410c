#include "backend/executor/core/waittext.h"

#include <QLocale>
#include <QStringList>

namespace batchyard::executor::core {

QString numberText(qint64 number)
{
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(number);
}

QString vcpuText(double vcpus)
{
    QString number = QString::number(vcpus, 'f', 2);
    while (number.endsWith(u'0'))
        number.chop(1);
    if (number.endsWith(u'.'))
        number.chop(1);
    return number + QStringLiteral(" vCPU");
}

QString memoryText(qint64 mebibytes)
{
    return numberText(mebibytes) + QStringLiteral(" MiB");
}

QString ordinal(qsizetype number)
{
    const qsizetype teens = number % 100;
    const bool isTeen = teens >= 11 && teens <= 13;
    const QString text = numberText(number);
    if (!isTeen && number % 10 == 1)
        return text + QStringLiteral("st");
    if (!isTeen && number % 10 == 2)
        return text + QStringLiteral("nd");
    if (!isTeen && number % 10 == 3)
        return text + QStringLiteral("rd");
    return text + QStringLiteral("th");
}

QString resourcesText(const Resources &resources)
{
    QStringList parts{vcpuText(resources.vcpus), memoryText(resources.memoryMiB)};
    if (resources.gpus > 0)
        parts.append(QStringLiteral("%1 GPU").arg(resources.gpus));
    const QString last = parts.takeLast();
    return parts.join(QStringLiteral(", ")) + QStringLiteral(" and ") + last;
}

} // namespace batchyard::executor::core
