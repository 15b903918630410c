#include "ui/logs/logtext.h"

namespace batchyard::ui {

namespace {

constexpr char16_t controlPictures = 0x2400;
constexpr char16_t deletePicture = 0x2421;

// Joiners shape emoji and the letters of some scripts; between such they stay. Beside ASCII they
// would do nothing but hide.
bool isJoinerAmongOthers(const QString &text, qsizetype at)
{
    constexpr char16_t nonJoiner = 0x200c;
    constexpr char16_t joiner = 0x200d;
    constexpr char16_t lastOfAscii = 0x7f;
    const char16_t unit = text.at(at).unicode();
    return (unit == nonJoiner || unit == joiner) && at > 0 && at + 1 < text.size()
        && text.at(at - 1).unicode() > lastOfAscii && text.at(at + 1).unicode() > lastOfAscii;
}

} // namespace

QString harmlessText(QString text)
{
    const QString given = text;
    for (qsizetype i = 0; i < text.size(); ++i) {
        QChar &character = text[i];
        const char16_t unit = character.unicode();
        if (unit < 0x20 && unit != u'\t') {
            character = QChar(static_cast<char16_t>(controlPictures + unit));
        } else if (unit == 0x7f || (unit >= 0x80 && unit < 0xa0)) {
            character = QChar(deletePicture);
        } else if (unit == QChar::LineSeparator || unit == QChar::ParagraphSeparator) {
            character = QChar(controlPictures + u'\n');
        } else if (character.category() == QChar::Other_Format) {
            if (!isJoinerAmongOthers(given, i))
                character = QChar(QChar::ReplacementCharacter);
        } else if (character.isHighSurrogate() && i + 1 < text.size()
                   && text.at(i + 1).isLowSurrogate()) {
            const char32_t whole = QChar::surrogateToUcs4(character, text.at(i + 1));
            if (QChar::category(whole) == QChar::Other_Format)
                text.replace(i, 2, QString(2, QChar(QChar::ReplacementCharacter)));
            ++i;
        }
    }
    return text;
}

} // namespace batchyard::ui
