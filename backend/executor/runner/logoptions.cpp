#include "backend/executor/runner/logoptions.h"

#include "backend/batch/wording.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace batchyard::executor {

namespace {

// As Docker reads sizes, but that 1 KB is always 1024 bytes. nullopt: no size.
std::optional<double> bytesOf(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("\\A([0-9]{1,15}(?:\\.[0-9]{1,15})?) ?"
                                                        "([kmgtp])?i?b?\\z"),
                                         QRegularExpression::CaseInsensitiveOption);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const QString unit = match.captured(2).toLower();
    const double number = match.captured(1).toDouble();
    return unit.isEmpty()
        ? number
        : std::ldexp(number, 10 * (1 + static_cast<int>(QStringView(u"kmgtp").indexOf(unit))));
}

Result<void> limitSize(QMap<QString, QString> &options, const QString &name, qint64 most)
{
    const auto option = options.find(name);
    if (option == options.end())
        return {};
    const std::optional<double> bytes = bytesOf(*option);
    if (!bytes)
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("The log option %1 is %2; a number of bytes is allowed, with "
                                      "k, m or g behind it.")
                           .arg(name, batch::shown(*option)));
    if (*bytes > static_cast<double>(most))
        *option = QString::number(most);
    return {};
}

} // namespace

Result<QMap<QString, QString>> limitedLogOptions(const QString &driver,
                                                 QMap<QString, QString> options)
{
    const QString size = QStringLiteral("max-size");
    const QString files = QStringLiteral("max-file");
    if (const auto ok = limitSize(options, QStringLiteral("max-buffer-size"), mostLogBufferBytes);
        !ok)
        return tl::unexpected(ok.error());
    if (driver != u"json-file" && driver != u"local")
        return options;
    if (!options.contains(size))
        options.insert(size, QString::number(engineLogFileBytes));
    if (!options.contains(files))
        options.insert(files, QStringLiteral("2"));
    if (const auto ok = limitSize(options, size, engineLogFileBytes); !ok)
        return tl::unexpected(ok.error());
    bool isNumber = false;
    const int count = options.value(files).toInt(&isNumber);
    if (!isNumber)
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("The log option %1 is %2; a number is allowed.")
                           .arg(files, batch::shown(options.value(files))));
    options.insert(files, QString::number(std::min(count, mostLogFiles)));
    return options;
}

} // namespace batchyard::executor
