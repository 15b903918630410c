#include "backend/executor/api/namefilter.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype maximumValues = 100;

Result<ListFilter> listFilter(const Json &json, const QString &path, const QStringList &allowed)
{
    if (!json.is_object())
        return failure(ErrorCode::InvalidInput, path % u": expected an object {name, values}.");
    const auto name = requiredText(json, "name");
    if (!name)
        return tl::unexpected(name.error());
    if (!allowed.contains(*name))
        return failure(ErrorCode::InvalidInput,
                       path % u".name: " % name->left(80) % u" is not known; " % allowed.join(u", ")
                           % u" are allowed.");
    const auto values = textsMember(json, "values", maximumValues);
    if (!values)
        return tl::unexpected(values.error());
    if (values->isEmpty())
        return failure(ErrorCode::InvalidInput, path % u".values: at least one value is required.");
    return ListFilter{*name, *values};
}

} // namespace

Result<QList<ListFilter>> listFilters(const Json &request, const QStringList &allowed,
                                      qsizetype maximum)
{
    QList<ListFilter> result;
    const Json *filters = member(request, "filters");
    if (!filters)
        return result;
    if (!filters->is_array() || filters->size() > static_cast<size_t>(maximum))
        return failure(ErrorCode::InvalidInput,
                       u"filters: a list of at most %1 {name, values} is allowed."_s.arg(maximum));
    for (size_t i = 0; i < filters->size(); ++i) {
        auto filter = listFilter((*filters)[i], u"filters[%1]"_s.arg(i), allowed);
        if (!filter)
            return tl::unexpected(filter.error());
        if (std::any_of(result.cbegin(), result.cend(),
                        [&](const ListFilter &other) { return other.name == filter->name; }))
            return failure(
                ErrorCode::InvalidInput,
                u"filters[%1].name: %2 is there twice."_s.arg(QString::number(i), filter->name));
        result += std::move(*filter);
    }
    return result;
}

bool matchesAny(const QStringList &values, const QString &text)
{
    return std::any_of(values.cbegin(), values.cend(), [&](const QString &value) {
        return value.endsWith(u'*')
            ? text.startsWith(QStringView(value).chopped(1), Qt::CaseInsensitive)
            : text.compare(value, Qt::CaseInsensitive) == 0;
    });
}

} // namespace batchyard::executor::api
