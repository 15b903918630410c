#include "moves.h"

#include <nlohmann/json.hpp>

namespace simulation {

namespace {

// Takes the list value by value: a walk of millions of moves never becomes a tree in memory.
class MoveReader final : public nlohmann::json_sax<nlohmann::json>
{
public:
    MoveReader(int width, int height)
        : m_width(width)
        , m_height(height)
    {
        m_moves.walked.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    }

    [[nodiscard]] Moves take() { return std::move(m_moves); }

    bool null() override { return refuse(); }
    bool boolean(bool) override { return refuse(); }
    bool number_integer(number_integer_t) override { return refuse(); }
    bool number_float(number_float_t, const string_t &) override { return refuse(); }
    bool string(string_t &) override { return refuse(); }
    bool binary(binary_t &) override { return refuse(); }
    bool start_object(std::size_t) override { return refuse(); }
    bool key(string_t &) override { return refuse(); }
    bool end_object() override { return refuse(); }

    bool number_unsigned(number_unsigned_t value) override
    {
        if (m_depth != 2 || m_count == 2)
            return refuse();
        if (value >= static_cast<number_unsigned_t>(m_count == 0 ? m_width : m_height))
            return refuse();
        m_pair[m_count++] = static_cast<int>(value);
        return true;
    }

    bool start_array(std::size_t) override
    {
        m_count = 0;
        return ++m_depth <= 2 || refuse();
    }

    bool end_array() override
    {
        if (m_depth-- == 1)
            return true;
        if (m_count != 2)
            return refuse();
        m_moves.walked[static_cast<std::size_t>(m_pair[1]) * static_cast<std::size_t>(m_width)
                       + static_cast<std::size_t>(m_pair[0])]
            = true;
        ++m_index;
        return true;
    }

    bool parse_error(std::size_t, const std::string &, const nlohmann::detail::exception &) override
    {
        m_moves.error = "The body must be a JSON list of [x, y] moves.";
        return false;
    }

private:
    bool refuse()
    {
        if (m_depth == 0) {
            m_moves.error = "The body must be a JSON list of [x, y] moves.";
        } else {
            m_moves.error = "Move " + std::to_string(m_index)
                + " must be [x, y] with whole numbers x from 0 to " + std::to_string(m_width - 1)
                + " and y from 0 to " + std::to_string(m_height - 1) + ".";
        }
        return false;
    }

    int m_width;
    int m_height;
    int m_depth = 0;
    std::size_t m_index = 1;
    std::size_t m_count = 0;
    int m_pair[2] = {0, 0};
    Moves m_moves;
};

} // namespace

Moves parseMoves(const std::string &body, int width, int height)
{
    MoveReader reader(width, height);
    nlohmann::json::sax_parse(body, &reader);
    return reader.take();
}

} // namespace simulation
