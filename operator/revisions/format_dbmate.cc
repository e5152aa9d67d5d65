// dbmate: `-- migrate:up` and `-- migrate:down`, at the beginning of a line, with options behind.
// Versions are the digits with which a name begins; files run in the order of their names.
#include <optional>

#include "base/text.h"
#include "revisions/foreign.h"

namespace sluice::revisions {
namespace {

class Reader {
 public:
  explicit Reader(const ForeignFile& file) : file_(file) {}

  Revision read() {
    revision_.id = leading_number(file_.base);
    revision_.file = file_.name;
    revision_.message = message_after_number(file_.base);
    for_each_line(file_.text, [this](const TextLine& line) { read_line(line); });
    if (!up_)
      refuse_line(file_.name, 1, "no line `-- migrate:up`",
                  "begin the SQL with that line, at the beginning of the line");
    revision_.up.line = up_line_;
    revision_.up.sql = file_.text.substr(*up_, down_ ? *down_ - *up_ : std::string::npos);
    if (down_) revision_.down = Section{file_.text.substr(down_begin_), down_line_};
    return std::move(revision_);
  }

 private:
  void read_line(const TextLine& line) {
    const std::optional<std::string_view> comment = comment_at_start(line.text);
    const bool up = is_directive(comment, "migrate:up");
    const bool down = is_directive(comment, "migrate:down");
    if (up || down) return read_directive(line, *comment, up);
    if (!up_ && !base::trim(line.text).empty() && !base::trim(line.text).starts_with("--"))
      refuse_line(file_.name, line.number, "SQL before `-- migrate:up`",
                  "put it below that line; dbmate does not run it either");
  }

  static bool is_directive(const std::optional<std::string_view>& comment, std::string_view word) {
    if (!comment || !comment->starts_with(word)) return false;
    const std::string_view rest = comment->substr(word.size());
    return rest.empty() || rest.front() == ' ' || rest.front() == '\t';
  }

  void read_directive(const TextLine& line, std::string_view comment, bool up) {
    if (up ? up_.has_value() : down_.has_value())
      refuse_line(file_.name, line.number,
                  std::string("`-- migrate:") + (up ? "up" : "down") + "` a second time",
                  "keep one of each in a file");
    if (!up && !up_)
      refuse_line(file_.name, line.number, "`-- migrate:down` before `-- migrate:up`", "swap them");
    read_options(line, comment.substr(comment.find(':') + (up ? 3 : 5)));
    if (up) {
      up_ = line.next;
      up_line_ = line.number + 1;
    } else {
      down_ = line.begin;
      down_begin_ = line.next;
      down_line_ = line.number + 1;
    }
  }

  // One of the two sections without a transaction means both: a revision has one answer.
  void read_options(const TextLine& line, std::string_view options) {
    std::string spaced(options);
    for (char& c : spaced)
      if (c == '\t') c = ' ';
    for (const std::string& option : base::split_list(spaced, ' ')) {
      if (option == "transaction:true") continue;
      if (option != "transaction:false")
        refuse_line(file_.name, line.number, "unknown option `" + option + "`",
                    "known are transaction:false and transaction:true");
      revision_.transactional = false;
      revision_.transaction_line = line.number;
    }
  }

  const ForeignFile& file_;
  Revision revision_;
  std::optional<size_t> up_, down_;  // where the SQL begins; where the directive does
  size_t down_begin_ = 0;
  uint32_t up_line_ = 1, down_line_ = 1;
};

}  // namespace

std::vector<Revision> read_dbmate(const std::vector<ForeignFile>& files) {
  std::vector<Revision> revisions;
  revisions.reserve(files.size());
  for (const ForeignFile& file : files) revisions.push_back(Reader(file).read());
  return revisions;
}

}  // namespace sluice::revisions
