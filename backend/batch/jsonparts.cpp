#include "backend/batch/jsonparts.h"

#include "backend/batch/wording.h"

namespace batchyard::batch {

namespace {

Json leftOverOfLists(const Json &source, const Json &written)
{
    if (source.size() != written.size())
        return nullptr;
    Json result = Json::array();
    bool any = false;
    for (size_t i = 0; i < source.size(); ++i) {
        Json left = leftOver(source[i], written[i]);
        any = any || !left.is_null();
        result.push_back(left.is_null() ? Json::object() : std::move(left));
    }
    return any ? result : Json(nullptr);
}

} // namespace

Json leftOver(const Json &source, const Json &written)
{
    if (source.is_array() && written.is_array())
        return leftOverOfLists(source, written);
    if (!source.is_object() || !written.is_object())
        return nullptr;
    Json result = Json::object();
    for (const auto &[name, value] : source.items()) {
        const auto same = written.find(name);
        if (same == written.end()) {
            result[name] = value;
            continue;
        }
        Json left = leftOver(value, *same);
        if (!left.is_null())
            result[name] = std::move(left);
    }
    return result.empty() ? Json(nullptr) : result;
}

void mergeLeftOver(Json &written, const Json &left)
{
    if (written.is_array() && left.is_array() && written.size() == left.size()) {
        for (size_t i = 0; i < left.size(); ++i)
            mergeLeftOver(written[i], left[i]);
    }
    if (!written.is_object() || !left.is_object())
        return;
    for (const auto &[name, value] : left.items()) {
        const auto same = written.find(name);
        if (same == written.end())
            written[name] = value;
        else
            mergeLeftOver(*same, value);
    }
}

Json parsedUnknown(const UnknownMembers &text)
{
    if (text.empty())
        return Json::object();
    Json object = Json::parse(text, nullptr, false);
    return object.is_object() ? object : Json::object();
}

UnknownMembers unknownText(const Json &object)
{
    return object.empty() ? UnknownMembers() : object.dump();
}

std::string utf8(const QString &text)
{
    return text.toUtf8().toStdString();
}

QString fromUtf8(const std::string &text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString found(const Json &value)
{
    switch (value.type()) {
    case Json::value_t::object:
        return QStringLiteral("an object");
    case Json::value_t::array:
        return QStringLiteral("a list");
    case Json::value_t::string:
        return QStringLiteral("the string ")
            + shown(fromUtf8(value.get_ref<const std::string &>()));
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
        return QStringLiteral("the number ") + fromUtf8(value.dump());
    case Json::value_t::boolean:
    case Json::value_t::null:
    case Json::value_t::binary:
    case Json::value_t::discarded:
        break;
    }
    return fromUtf8(value.dump());
}

} // namespace batchyard::batch
