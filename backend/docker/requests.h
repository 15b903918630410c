// What is sent to the daemon: bodies in JSON and query strings. Pure functions.
#pragma once

#include "backend/docker/values.h"

#include <initializer_list>

namespace batchyard::docker {

// POST /containers/create. What the spec leaves open is left out.
[[nodiscard]] QByteArray createContainerBody(const ContainerSpec &spec);
[[nodiscard]] QByteArray createNetworkBody(const NetworkSpec &spec);
[[nodiscard]] QByteArray createVolumeBody(const VolumeSpec &spec);
// The X-Registry-Auth header of a pull, empty without credentials.
[[nodiscard]] QByteArray registryAuth(const ImagePull &pull);

// {"label":["a=1"]}, the form of `filters` parameters.
[[nodiscard]] QByteArray filtersJson(const QMap<QString, QStringList> &filters);
[[nodiscard]] QByteArray mapJson(const QMap<QString, QString> &map);

using Parameters = std::initializer_list<std::pair<const char *, QByteArray>>;
// "?a=1&b=2" with the values percent-encoded; parameters without a value are left out.
[[nodiscard]] QByteArray query(Parameters parameters);
// One segment of a path.
[[nodiscard]] QByteArray pathSegment(const QString &text);
// An image reference in a path: slashes separate segments.
[[nodiscard]] QByteArray imagePath(const QString &image);

struct ImageReference {
    QString repository;
    QString tag; // or digest ("sha256:…")
    friend bool operator==(const ImageReference &, const ImageReference &) = default;
};
// "latest" when there is none: without a tag the daemon would pull all tags.
[[nodiscard]] ImageReference splitImage(const QString &image);

} // namespace batchyard::docker
