// Small pieces that reading and writing share. Private to this folder; includes nlohmann.
#pragma once

#include "backend/batch/jsonvalues.h"

#include <nlohmann/json.hpp>

#include <type_traits>

namespace batchyard::batch {

template <typename T>
inline constexpr bool isOptional = false;
template <typename T>
inline constexpr bool isOptional<std::optional<T>> = true;

template <typename T>
inline constexpr bool isList = false;
template <typename T>
inline constexpr bool isList<QList<T>> = true;

// What a value cannot tell from an absent member: no text, no elements.
template <typename T>
[[nodiscard]] bool isEmptyValue(const T &value)
{
    if constexpr (isOptional<T>)
        return !value.has_value();
    else if constexpr (requires { value.isEmpty(); })
        return value.isEmpty();
    else
        return false;
}

// What `source` has and `written` has not: the members that a value did not take up, at any depth.
// null when there is nothing. Lists of unequal length are taken as replaced.
[[nodiscard]] Json leftOver(const Json &source, const Json &written);
// Puts left-over members back; what is written already wins.
void mergeLeftOver(Json &written, const Json &left);

[[nodiscard]] Json parsedUnknown(const UnknownMembers &text); // an object; empty when the text is
[[nodiscard]] UnknownMembers unknownText(const Json &object); // empty for an empty object

[[nodiscard]] std::string utf8(const QString &text); // lone surrogates become U+FFFD
[[nodiscard]] QString fromUtf8(const std::string &text);

// "the string `x`", "the number 1.5", "null", "a list" …
[[nodiscard]] QString found(const Json &value);

} // namespace batchyard::batch
