#include "cli/env_file.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace sluice::cli {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 20U;

class Line {
 public:
  Line(std::string_view file, size_t number, std::string_view text)
      : file_(file), number_(number), text_(text) {}

  std::pair<std::string, std::string> parse() {
    constexpr std::string_view kExport = "export";
    if (text_.starts_with(kExport) && text_.size() > kExport.size() &&
        std::isspace(static_cast<unsigned char>(text_[kExport.size()])) != 0)
      text_ = base::trim(text_.substr(kExport.size()));
    const size_t equals = text_.find('=');
    if (equals == std::string_view::npos) fail("no `=`", "write KEY=VALUE");
    const std::string key(base::trim(text_.substr(0, equals)));
    const auto is_name = [](char c) {
      return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
    };
    if (key.empty() || !std::ranges::all_of(key, is_name) ||
        std::isdigit(static_cast<unsigned char>(key.front())) != 0)
      fail("the part before `=` is no name of a variable", "use letters, digits and underscores");
    rest_ = base::trim(text_.substr(equals + 1));
    if (!rest_.empty() && (rest_.front() == '\'' || rest_.front() == '"'))
      return {key, quoted(rest_.front())};
    return {key, plain()};
  }

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& remedy) const {
    throw base::Error(base::ErrorKind::Invalid, "EnvFileInvalid",
                      std::string(file_) + ":" + std::to_string(number_) + ": " + what, remedy);
  }

  std::string quoted(char quote) const {
    std::string value;
    for (size_t at = 1; at < rest_.size(); ++at) {
      const char c = rest_[at];
      if (c == quote) {
        const std::string_view after = base::trim(rest_.substr(at + 1));
        if (!after.empty() && after.front() != '#')
          fail("more after the closing quote", "put all of the value into the quotes");
        return value;
      }
      if (c == '\\' && quote == '"' && at + 1 < rest_.size()) {
        const char next = rest_[++at];
        if (next != 'n' && next != '"' && next != '\\' && next != '$') value += '\\';
        value += next == 'n' ? '\n' : next;
      } else {
        value += c;
      }
    }
    fail("a quote that is not closed on the line", "close it; a line break is \\n in \"…\"");
  }

  std::string plain() const {
    size_t end = rest_.starts_with('#') ? 0 : rest_.size();
    for (const std::string_view comment : {" #", "\t#"}) end = std::min(end, rest_.find(comment));
    return std::string(base::trim(rest_.substr(0, end)));
  }

  std::string_view file_;
  size_t number_;
  std::string_view text_;
  std::string_view rest_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_env_file(std::string_view name,
                                                                std::string_view text) {
  if (constexpr std::string_view kMark = "\xEF\xBB\xBF"; text.starts_with(kMark))
    text.remove_prefix(kMark.size());
  std::vector<std::pair<std::string, std::string>> variables;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = base::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find('\0') != std::string_view::npos)
      throw base::Error(base::ErrorKind::Invalid, "EnvFileInvalid",
                        std::string(name) + ":" + std::to_string(number) + ": a NUL byte",
                        "name a text file");
    if (!line.empty() && line.front() != '#') variables.push_back(Line(name, number, line).parse());
  }
  return variables;
}

void set_from_env_file(const std::string& path) {
  const std::string text = base::read_file(path, kMaxBytes);
  // The last line of a name counts, as in a shell; what the environment had before, always.
  std::vector<std::pair<std::string, std::string>> variables = parse_env_file(path, text);
  std::ranges::reverse(variables);
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 0);
}

}  // namespace sluice::cli
