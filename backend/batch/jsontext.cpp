// Text to a JSON value: a strict scan of our own finds faults with their place, then nlohmann
// builds the value of what is known to be sound.
#include "backend/batch/jsonscanner.h"
#include "backend/batch/jsonvalues.h"
#include "backend/batch/wording.h"

#include <nlohmann/json.hpp>

namespace batchyard::batch {

namespace {

QString sizeText(qint64 bytes)
{
    if (bytes < 1024)
        return QStringLiteral("%1 bytes").arg(bytes);
    if (bytes < 1024 * 1024)
        return QStringLiteral("%1 KiB").arg((bytes + 1023) / 1024);
    return QStringLiteral("%1 MiB").arg((bytes + 1024 * 1024 - 1) / (1024 * 1024));
}

bool looksLikeUtf16(const QByteArray &text)
{
    if (text.startsWith("\xFE\xFF") || text.startsWith("\xFF\xFE"))
        return true;
    return text.size() >= 2 && (text[0] == '\0') != (text[1] == '\0');
}

// The offset of the first byte that is no UTF-8, or -1.
qsizetype invalidUtf8(const QByteArray &text)
{
    const auto byte = [&text](qsizetype i) { return static_cast<unsigned char>(text[i]); };
    for (qsizetype i = 0; i < text.size();) {
        const unsigned char lead = byte(i);
        qsizetype length = 1;
        unsigned char lowest = 0x80;
        unsigned char highest = 0xBF;
        if (lead >= 0x80) {
            if (lead < 0xC2 || lead > 0xF4)
                return i;
            length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
            lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80; // no overlong forms
            highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF; // no surrogates, <= 10FFFF
        }
        for (qsizetype k = 1; k < length; ++k) {
            if (i + k >= text.size() || byte(i + k) < lowest || byte(i + k) > highest)
                return i;
            lowest = 0x80;
            highest = 0xBF;
        }
        i += length;
    }
    return -1;
}

// What a text that is no JSON probably is, as the end of a sentence; empty when unclear.
QString guessedKind(const QByteArray &text)
{
    const QByteArray head = text.left(4096);
    if (head.contains("AWSTemplateFormatVersion") || head.contains("AWS::Batch::"))
        return QStringLiteral(" This looks like a CloudFormation template in YAML; only JSON of "
                              "the AWS Batch API can be read.");
    if (head.contains("resource \"aws_") || head.contains("provider \"aws\""))
        return QStringLiteral(" This looks like Terraform; only JSON of the AWS Batch API can be "
                              "read.");
    const char first = head.trimmed().isEmpty() ? '\0' : head.trimmed().front();
    const QByteArray firstLine = head.trimmed().split('\n').first();
    if (first != '{' && first != '[' && first != '"'
        && (head.trimmed().startsWith("---") || firstLine.contains(": ")
            || firstLine.trimmed().endsWith(':')))
        return QStringLiteral(" This looks like YAML; write it as JSON.");
    return {};
}

QString refusal(const QByteArray &text, qint64 maximumBytes)
{
    if (text.size() > maximumBytes)
        return QStringLiteral("The document has %1 (%2 bytes); at most %3 are allowed.")
            .arg(sizeText(text.size()))
            .arg(text.size())
            .arg(sizeText(maximumBytes));
    if (looksLikeUtf16(text))
        return QStringLiteral("The document is UTF-16 text; JSON must be UTF-8. Save it as UTF-8.");
    if (text.trimmed().isEmpty())
        return QStringLiteral("The document is empty; expected a JSON object.");
    if (const qsizetype offset = invalidUtf8(text); offset >= 0)
        return QStringLiteral("Byte %1 (0x%2) is no valid UTF-8.")
            .arg(offset)
            .arg(static_cast<unsigned char>(text[offset]), 2, 16, QLatin1Char('0'));
    if (const auto fault = JsonScanner(text).scan())
        return *fault + guessedKind(text);
    return {};
}

} // namespace

Result<Json> parseJson(const QByteArray &text, qint64 maximumBytes)
{
    const QByteArray content = text.startsWith("\xEF\xBB\xBF") ? text.mid(3) : text;
    if (const QString message = refusal(content, maximumBytes); !message.isEmpty())
        return failure(ErrorCode::InvalidInput, message);
    try {
        return Json::parse(content.begin(), content.end());
    } catch (const nlohmann::json::exception &e) {
        return failure(ErrorCode::InvalidInput, QStringLiteral("The document is no valid JSON."),
                       QString::fromUtf8(e.what()));
    }
}

} // namespace batchyard::batch
