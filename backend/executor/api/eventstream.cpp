#include "backend/executor/api/eventstream.h"

#include <QtEndian>

#include <nlohmann/json.hpp>

#include <array>

namespace batchyard::executor::api {

namespace {

constexpr char stringValue = 7; // a header's value is a string

QByteArray bigEndian(auto number)
{
    QByteArray bytes(sizeof number, Qt::Uninitialized);
    qToBigEndian(number, bytes.data());
    return bytes;
}

QByteArray header(const QByteArray &name, const QByteArray &value)
{
    return static_cast<char>(name.size()) + name + stringValue
        + bigEndian(static_cast<quint16>(value.size())) + value;
}

// Lengths and their checksum, headers, payload, and the checksum of all.
QByteArray message(const QByteArray &kind, const QByteArray &typeHeader, const QByteArray &type,
                   const batch::Json &payload)
{
    constexpr qsizetype framing = 16;
    const QByteArray headers = header(":message-type", kind) + header(typeHeader, type)
        + header(":content-type", "application/json");
    const QByteArray body = QByteArray::fromStdString(
        payload.dump(-1, ' ', false, batch::Json::error_handler_t::replace));
    QByteArray bytes = bigEndian(static_cast<quint32>(framing + headers.size() + body.size()))
        + bigEndian(static_cast<quint32>(headers.size()));
    bytes += bigEndian(crc32(bytes));
    bytes += headers + body;
    bytes += bigEndian(crc32(bytes));
    return bytes;
}

constexpr std::array<quint32, 256> crcTable()
{
    std::array<quint32, 256> table{};
    for (quint32 i = 0; i < 256; ++i) {
        quint32 value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1U) != 0 ? (value >> 1U) ^ 0xedb88320U : value >> 1U;
        table[i] = value;
    }
    return table;
}

} // namespace

QByteArray eventMessage(const QByteArray &type, const batch::Json &payload)
{
    return message("event", ":event-type", type, payload);
}

QByteArray exceptionMessage(const QByteArray &type, const batch::Json &payload)
{
    return message("exception", ":exception-type", type, payload);
}

quint32 crc32(QByteArrayView bytes)
{
    static constexpr auto table = crcTable();
    quint32 value = 0xffffffffU;
    for (const char byte : bytes)
        value = table[(value ^ static_cast<quint8>(byte)) & 0xffU] ^ (value >> 8U);
    return value ^ 0xffffffffU;
}

} // namespace batchyard::executor::api
