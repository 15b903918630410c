// Messages of the format application/vnd.amazon.eventstream ("Amazon event stream encoding"), in
// which StartLiveTail answers.
#pragma once

#include "backend/batch/jsonvalues.h"

#include <QByteArray>

namespace batchyard::executor::api {

inline constexpr const char *eventStreamType = "application/vnd.amazon.eventstream";

// An event of this type, or an exception that ends the stream.
[[nodiscard]] QByteArray eventMessage(const QByteArray &type, const batch::Json &payload);
[[nodiscard]] QByteArray exceptionMessage(const QByteArray &type, const batch::Json &payload);

// CRC-32 of the bytes, as in IEEE 802.3.
[[nodiscard]] quint32 crc32(QByteArrayView bytes);

} // namespace batchyard::executor::api
