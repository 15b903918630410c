#include "backend/batch/fidelityrows.h"

#include <QHash>

#include <algorithm>
#include <array>

namespace batchyard::batch {

namespace {

// Where a part stands, and its name in the rows. Applied one after the other.
struct Place {
    QLatin1StringView prefix;
    QLatin1StringView part;
};

constexpr std::array partPlaces{
    Place{QLatin1StringView("nodeProperties.nodeRangeProperties[].container."),
          QLatin1StringView("containerProperties.")},
    Place{QLatin1StringView("nodeProperties.nodeRangeProperties[].ecsProperties."),
          QLatin1StringView("ecsProperties.")},
    Place{QLatin1StringView("nodeProperties.nodeRangeProperties[].eksProperties."),
          QLatin1StringView("eksProperties.")},
    Place{QLatin1StringView("nodeProperties.nodeRangeProperties[].consumableResourceProperties."),
          QLatin1StringView("consumableResourceProperties.")},
    Place{QLatin1StringView("nodeOverrides.nodePropertyOverrides[].containerOverrides."),
          QLatin1StringView("containerOverrides.")},
    Place{QLatin1StringView("nodeOverrides.nodePropertyOverrides[].ecsPropertiesOverride."),
          QLatin1StringView("ecsPropertiesOverride.")},
    Place{QLatin1StringView("nodeOverrides.nodePropertyOverrides[].eksPropertiesOverride."),
          QLatin1StringView("eksPropertiesOverride.")},
    Place{QLatin1StringView(
              "nodeOverrides.nodePropertyOverrides[].consumableResourcePropertiesOverride."),
          QLatin1StringView("consumableResourceProperties.")},
    Place{QLatin1StringView("consumableResourcePropertiesOverride."),
          QLatin1StringView("consumableResourceProperties.")},
    Place{QLatin1StringView("ecsProperties.taskProperties[].containers[]."),
          QLatin1StringView("container.")},
    Place{QLatin1StringView("ecsProperties.taskProperties[]."), QLatin1StringView("task.")},
    Place{QLatin1StringView("containerProperties."), QLatin1StringView("legacy.")},
    Place{QLatin1StringView("eksProperties.podProperties.containers[]."),
          QLatin1StringView("podContainer.")},
    Place{QLatin1StringView("eksProperties.podProperties.initContainers[]."),
          QLatin1StringView("podContainer.")},
    Place{QLatin1StringView("eksProperties.podProperties."), QLatin1StringView("pod.")},
    Place{QLatin1StringView("ecsPropertiesOverride.taskProperties[].containers[]."),
          QLatin1StringView("override.")},
    Place{QLatin1StringView("containerOverrides."), QLatin1StringView("override.")},
    Place{QLatin1StringView("eksPropertiesOverride.podProperties.containers[]."),
          QLatin1StringView("podOverride.")},
    Place{QLatin1StringView("eksPropertiesOverride.podProperties.initContainers[]."),
          QLatin1StringView("podOverride.")},
    Place{QLatin1StringView("eksPropertiesOverride.podProperties."),
          QLatin1StringView("podOverride.")},
};

QString inParts(QString path)
{
    for (const Place &place : partPlaces) {
        if (path.startsWith(place.prefix))
            path = place.part + path.mid(place.prefix.size());
    }
    return path;
}

const QHash<QString, const FidelityRow *> &rowsByPath()
{
    static const auto table = [] {
        QHash<QString, const FidelityRow *> result;
        for (const auto part : {containerRows(), podRows(), jobRows(), resourceRows()}) {
            for (const FidelityRow &row : part)
                result.insert(QString::fromUtf8(row.path), &row);
        }
        return result;
    }();
    return table;
}

// The row of the path itself, else that of the nearest part above it which stands for all below.
const FidelityRow *rowAt(QString path)
{
    const auto &known = rowsByPath();
    if (const auto row = known.value(path))
        return row;
    while (!path.isEmpty()) {
        if (const auto row = known.value(path + u".*"))
            return row;
        path.truncate(std::max<qsizetype>(path.lastIndexOf(u'.'), 0));
    }
    return nullptr;
}

} // namespace

const FidelityRow *fidelityRow(const QString &request, const QString &path)
{
    const QString part = inParts(path);
    QStringList candidates{request + u'/' + part};
    if (request.startsWith(u"Update"))
        candidates.append(u"Create" + request.mid(6) + u'/' + part);
    candidates.append(part);
    if (const QString legacy = QStringLiteral("legacy."); part.startsWith(legacy)) {
        candidates.append(u"container." + part.mid(legacy.size()));
        candidates.append(u"task." + part.mid(legacy.size()));
    }
    for (const QString &candidate : candidates) {
        if (const FidelityRow *row = rowAt(candidate))
            return row;
    }
    return nullptr;
}

QString toString(Fidelity::Verdict verdict)
{
    switch (verdict) {
    case Fidelity::Verdict::Faithful:
        return QStringLiteral("faithful");
    case Fidelity::Verdict::Approximated:
        return QStringLiteral("approximated");
    case Fidelity::Verdict::NoEffect:
        return QStringLiteral("no effect locally");
    }
    Q_UNREACHABLE();
}

std::optional<Fidelity> fidelityOf(const QString &request, const QString &path)
{
    const FidelityRow *row = fidelityRow(request, path);
    if (!row)
        return {};
    return Fidelity{row->verdict, QString::fromUtf8(row->note)};
}

QString fidelityText(const QString &request, const QString &part)
{
    constexpr int verdictWidth = 19;
    QString text;
    const QStringList requests = request.isEmpty() ? documentedRequests() : QStringList{request};
    for (const QString &each : requests) {
        QString lines;
        for (const QString &path : fieldsOf(each)) {
            const std::optional<Fidelity> fidelity = fidelityOf(each, path);
            if (!fidelity || !path.contains(part, Qt::CaseInsensitive))
                continue;
            lines += u"  " + path + u"\n      "
                + toString(fidelity->verdict).leftJustified(verdictWidth) + fidelity->note + u'\n';
        }
        if (!lines.isEmpty())
            text += each + u'\n' + lines;
    }
    return text;
}

} // namespace batchyard::batch
