// An ordered set that tells how many elements stand before one: sorted blocks of a bounded size.
// Finding, adding and removing cost the logarithm plus a move within one block, a rank the number
// of blocks. For the files of this folder only.
#pragma once

#include <QtGlobal>

#include <algorithm>
#include <iterator>
#include <vector>

namespace batchyard::executor::core {

// T has < as a strict order over all elements.
template <typename T>
class RankedSet
{
public:
    [[nodiscard]] bool isEmpty() const { return m_blocks.empty(); }
    [[nodiscard]] qsizetype size() const { return m_size; }
    // Pre-condition: not empty.
    [[nodiscard]] const T &first() const { return m_blocks.front().front(); }

    void insert(const T &value)
    {
        if (m_blocks.empty())
            m_blocks.emplace_back();
        auto block = blockOf(value);
        if (block == m_blocks.end())
            --block;
        const auto place = std::lower_bound(block->begin(), block->end(), value);
        if (place != block->end() && !(value < *place))
            return;
        block->insert(place, value);
        ++m_size;
        if (block->size() > blockSize) {
            const auto middle = block->begin() + blockSize / 2;
            Block upper(std::make_move_iterator(middle), std::make_move_iterator(block->end()));
            block->erase(middle, block->end());
            m_blocks.insert(std::next(block), std::move(upper));
        }
    }

    void remove(const T &value)
    {
        const auto block = blockOf(value);
        if (block == m_blocks.end())
            return;
        const auto place = std::lower_bound(block->begin(), block->end(), value);
        if (place == block->end() || value < *place)
            return;
        block->erase(place);
        --m_size;
        if (block->empty())
            m_blocks.erase(block);
    }

    // How many stand before value, which need not be in the set.
    [[nodiscard]] qsizetype rank(const T &value) const
    {
        qsizetype before = 0;
        for (const Block &block : m_blocks) {
            if (block.back() < value) {
                before += std::ssize(block);
                continue;
            }
            return before + (std::lower_bound(block.begin(), block.end(), value) - block.begin());
        }
        return before;
    }

    // Pre-condition: 0 <= rank < size().
    [[nodiscard]] const T &at(qsizetype rank) const
    {
        auto block = m_blocks.begin();
        for (; rank >= std::ssize(*block); ++block)
            rank -= std::ssize(*block);
        return (*block)[static_cast<size_t>(rank)];
    }

private:
    using Block = std::vector<T>;
    static constexpr qsizetype blockSize = 512;

    // The first whose last element is not before value.
    [[nodiscard]] auto blockOf(const T &value)
    {
        return std::lower_bound(m_blocks.begin(), m_blocks.end(), value,
                                [](const Block &block, const T &each) {
                                    return !block.empty() && block.back() < each;
                                });
    }

    std::vector<Block> m_blocks; // none is empty, but while inserting
    qsizetype m_size = 0;
};

} // namespace batchyard::executor::core
