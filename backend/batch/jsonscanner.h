// A strict JSON syntax check that says where and why: line, column, the member's path, and a hint
// for the usual slips. It also refuses what parsers let pass silently: double keys, NUL and lone
// surrogates in strings, numbers out of range, depth. The text must be valid UTF-8.
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batchyard::batch {

class JsonScanner
{
public:
    explicit JsonScanner(const QByteArray &text)
        : m_text(text.constData(), static_cast<size_t>(text.size()))
    {
    }

    // The first fault as a sentence, or nullopt for sound JSON.
    [[nodiscard]] std::optional<QString> scan();

private:
    struct Segment {
        std::string key;
        int index = -1; // of a list; -1 for a key
    };
    struct Place {
        int line = 1;
        int column = 1; // in characters
    };

    bool value();
    bool object();
    bool list();
    bool string(std::string &decoded);
    bool escape(std::string &decoded);
    bool unicodeEscape(std::string &decoded);
    std::optional<unsigned> fourHexDigits();
    bool number();
    bool digits();
    bool word(std::string_view expected);
    bool separator(char close);
    bool closed(char close);
    void skipSpace();

    bool fail(const QString &what); // always false, so that callers can return it
    bool failAt(size_t position, const QString &what);
    bool unexpected(const QString &expected);
    [[nodiscard]] bool atEnd() const { return m_position >= m_text.size(); }
    [[nodiscard]] char current() const { return atEnd() ? '\0' : m_text[m_position]; }
    [[nodiscard]] Place place(size_t position) const;
    [[nodiscard]] QString path() const;
    [[nodiscard]] QString currentCharacter() const;

    std::string_view m_text;
    size_t m_position = 0;
    std::vector<Segment> m_path;
    std::vector<std::pair<char, size_t>> m_open; // brackets that are not closed yet
    std::optional<QString> m_fault;
};

} // namespace batchyard::batch
