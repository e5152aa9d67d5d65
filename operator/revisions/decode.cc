#include "revisions/decode.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "base/error.h"
#include "revisions/revision.h"

namespace sluice::revisions {
namespace {

using base::Error;
using base::ErrorKind;

[[noreturn]] void refuse(std::string_view name, const std::string& what,
                         const std::string& remedy) {
  throw Error(ErrorKind::Invalid, "RevisionInvalid", std::string(name) + ": " + what, remedy);
}

std::string too_large() {
  return "larger than " + std::to_string(kMaxRevisionBytes >> 20U) + " MiB";
}

// The length of the UTF-8 character at the start of `text`, 0 when there is none (overlong forms,
// surrogates and what lies beyond U+10FFFF are none).
size_t character(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

// Names are printed, and kept beside the text.
void refuse_name(std::string_view name) {
  std::string shown;
  bool printable = true;
  for (size_t at = 0; at < name.size();) {
    const size_t length = character(name.substr(at));
    const bool good = length > 1 || (length == 1 && name[at] >= ' ' && name[at] != '\x7F');
    shown += good ? name.substr(at, length) : std::string_view("?");
    printable = printable && good;
    at += good ? length : 1;
  }
  if (!printable)
    refuse(shown, "its name holds a control character or is not UTF-8", "rename the file");
}

}  // namespace

std::string inflate(std::string_view name, std::string_view bytes) {
  z_stream stream{};
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) refuse(name, "cannot be inflated", "");
  const auto end = [](z_stream* used) { inflateEnd(used); };
  const std::unique_ptr<z_stream, decltype(end)> guard(&stream, end);
  std::string input(bytes);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::string text;
  std::array<char, 65536> piece{};
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = piece.size();
    status = ::inflate(&stream, Z_NO_FLUSH);
    text.append(piece.data(), piece.size() - stream.avail_out);
    if (text.size() > kMaxRevisionBytes)
      refuse(name, "inflates to a text " + too_large(), "split it into several revisions");
  }
  if (status != Z_STREAM_END || stream.avail_in != 0)
    refuse(name, "is not a whole gzip file", "compress it again with gzip");
  return text;
}

std::string normalise(std::string_view name, std::string_view bytes) {
  refuse_name(name);
  if (bytes.size() > kMaxRevisionBytes)
    refuse(name, "is " + too_large(), "split it into several revisions");
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::string text;
  text.reserve(bytes.size());
  size_t line = 1;
  for (size_t at = 0; at < bytes.size();) {
    // Most of a text is of this kind.
    const size_t plain = at;
    while (at < bytes.size() && bytes[at] >= ' ' && bytes[at] <= '~') ++at;
    text.append(bytes.substr(plain, at - plain));
    if (at == bytes.size()) break;
    const char c = bytes[at];
    const auto place = [&] { return std::string(name) + ":" + std::to_string(line); };
    if (c == '\0') refuse(place(), "a NUL byte", "PostgreSQL cannot take one; remove it");
    const size_t length = character(bytes.substr(at));
    if (length == 0) refuse(place(), "not UTF-8", "save the file as UTF-8");
    if (c == '\n') ++line;
    if (c == '\r') {
      // Any number of them ends a line, or the text: read once more, it stays as it is.
      const size_t end = std::min(bytes.find_first_not_of('\r', at), bytes.size());
      if (end < bytes.size() && bytes[end] != '\n') text.append(bytes.substr(at, end - at));
      at = end;
      continue;
    }
    text.append(bytes.substr(at, length));
    at += length;
  }
  return text;
}

}  // namespace sluice::revisions
