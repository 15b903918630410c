#include "models/draft/documentfile.h"

#include "backend/batch/json.h"
#include "backend/savefile.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QStringDecoder>

namespace batchyard::models {

namespace {
struct DocumentFile {
    Q_DECLARE_TR_FUNCTIONS(batchyard::models::DocumentFile)
};
} // namespace

Result<QString> readDocument(const QString &fileName)
{
    const QFileInfo info(fileName);
    if (!info.exists())
        return failure(ErrorCode::NotFound,
                       DocumentFile::tr("The file %1 does not exist.").arg(fileName));
    if (!info.isFile())
        return failure(ErrorCode::InvalidInput,
                       DocumentFile::tr("%1 is not a regular file.").arg(fileName));
    if (info.size() > batch::maximumDocumentBytes)
        return failure(ErrorCode::InvalidInput,
                       DocumentFile::tr("%1 has %2 bytes; a document has at most %3.")
                           .arg(fileName)
                           .arg(info.size())
                           .arg(batch::maximumDocumentBytes));
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Io, DocumentFile::tr("%1 cannot be read.").arg(fileName),
                       file.errorString());
    const QByteArray bytes = file.read(batch::maximumDocumentBytes);
    if (bytes.startsWith("\xFF\xFE") || bytes.startsWith("\xFE\xFF"))
        return failure(ErrorCode::InvalidInput,
                       DocumentFile::tr("%1 is UTF-16; documents are UTF-8.").arg(fileName));
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString text = decoder.decode(bytes);
    if (decoder.hasError())
        return failure(ErrorCode::InvalidInput,
                       DocumentFile::tr("%1 is not valid UTF-8.").arg(fileName));
    return text;
}

Result<void> writeDocument(const QString &fileName, const QString &text)
{
    QSaveFile file(fileName);
    if (!file.open(QIODevice::WriteOnly) || file.write(text.toUtf8()) < 0 || !commitWhole(file))
        return failure(ErrorCode::Io, DocumentFile::tr("%1 cannot be written.").arg(fileName),
                       file.errorString());
    return {};
}

} // namespace batchyard::models
