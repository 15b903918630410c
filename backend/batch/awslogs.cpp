#include "backend/batch/awslogs.h"

namespace batchyard::batch {

namespace {

// What Docker's page lists for awslogs-datetime-format; others stand for nothing.
QLatin1StringView expressionOf(QChar directive)
{
    switch (directive.unicode()) {
    case u'a':
        return QLatin1StringView("(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)");
    case u'A':
        return QLatin1StringView("(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)");
    case u'w':
        return QLatin1StringView("[0-6]");
    case u'd':
        return QLatin1StringView("(?:0[1-9]|[12][0-9]|3[01])");
    case u'b':
        return QLatin1StringView("(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)");
    case u'B':
        return QLatin1StringView("(?:January|February|March|April|May|June|July|August|September|"
                                 "October|November|December)");
    case u'm':
        return QLatin1StringView("(?:0[1-9]|1[0-2])");
    case u'Y':
        return QLatin1StringView("[0-9]{4}");
    case u'y':
        return QLatin1StringView("[0-9]{2}");
    case u'H':
        return QLatin1StringView("(?:[01][0-9]|2[0-3])");
    case u'I':
        return QLatin1StringView("(?:0[0-9]|1[0-2])");
    case u'p':
        return QLatin1StringView("[AP]M");
    case u'M':
    case u'S':
        return QLatin1StringView("[0-5][0-9]");
    case u'L':
        return QLatin1StringView("\\.[0-9]{3}");
    case u'f':
        return QLatin1StringView("[0-9]{6}");
    case u'z':
        return QLatin1StringView("[+-][0-9]{4}");
    case u'Z':
        return QLatin1StringView("[A-Z]{1,4}T");
    case u'j':
        return QLatin1StringView("(?:[0-2][0-9]{2}|3[0-5][0-9]|36[0-6])");
    default:
        return {};
    }
}

// All but the directives is an expression already, as Docker takes it.
QString translated(const QString &format)
{
    QString expression;
    for (qsizetype i = 0; i < format.size(); ++i) {
        if (format[i] == u'%' && i + 1 < format.size())
            expression += expressionOf(format[++i]);
        else
            expression += format[i];
    }
    return expression;
}

} // namespace

QString logGroup(const std::optional<LogConfiguration> &configuration)
{
    const QString group = configuration && configuration->logDriver == u"awslogs"
        ? configuration->options.value(logGroupOption)
        : QString();
    return group.isEmpty() ? QString(batchLogGroup) : group;
}

QRegularExpression eventStart(const std::optional<LogConfiguration> &configuration)
{
    // Bounds what an expression may cost on one line.
    const QString limit = QStringLiteral("(*LIMIT_MATCH=100000)");
    if (!configuration || configuration->logDriver != u"awslogs")
        return {};
    const QString format = configuration->options.value(datetimeFormatOption);
    const QString pattern = format.isEmpty() ? configuration->options.value(multilinePatternOption)
                                             : translated(format);
    return pattern.isEmpty()
        ? QRegularExpression()
        : QRegularExpression(limit + pattern, QRegularExpression::DontCaptureOption);
}

} // namespace batchyard::batch
