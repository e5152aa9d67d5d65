// The little of protobuf's wire format that libpg_query's answers need: fields in order, varints
// and nested messages. Field numbers are those of libpg_query's pg_query.proto (15-4.0.0).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::sql {

struct Field {
  uint32_t number = 0;
  uint64_t varint = 0;     // wire type 0
  std::string_view bytes;  // wire type 2
};

// Reads the fields of one message; nullopt at its end.
class Message {
 public:
  explicit Message(std::string_view bytes) : rest_(bytes) {}

  std::optional<Field> next() {
    if (rest_.empty()) return std::nullopt;
    const uint64_t key = varint();
    Field field{static_cast<uint32_t>(key >> 3U), 0, {}};
    switch (key & 7U) {
      case 0:
        field.varint = varint();
        break;
      case 1:
        field.bytes = take(8);
        break;
      case 2:
        field.bytes = take(varint());
        break;
      case 5:
        field.bytes = take(4);
        break;
      default:
        rest_ = {};
        return std::nullopt;
    }
    return field;
  }

 private:
  uint64_t varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) break;
    }
    return value;
  }
  std::string_view take(uint64_t size) {
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(bytes.size());
    return bytes;
  }

  std::string_view rest_;
};

// The last field of that number, as protobuf wants it.
inline Field field(std::string_view message, uint32_t number) {
  Field last;
  Message fields(message);
  while (const std::optional<Field> next = fields.next())
    if (next->number == number) last = *next;
  return last;
}

}  // namespace sluice::sql
