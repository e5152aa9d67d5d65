// goose: annotations `-- +goose …` at the beginning of a line, whatever their case. Where
// statements end is PostgreSQL's parser's to say, so StatementBegin and StatementEnd matter only
// because the statement between them may lack its semicolon.
#include <algorithm>
#include <optional>

#include "base/text.h"
#include "revisions/foreign.h"

namespace sluice::revisions {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

class Reader {
 public:
  explicit Reader(const ForeignFile& file) : file_(file) {}

  Revision read() {
    revision_.id = leading_number(file_.base);
    revision_.file = file_.name;
    revision_.message = message_after_number(file_.base);
    for_each_line(file_.text, [this](const TextLine& line) { read_line(line); });
    if (section_ == nullptr)
      refuse_line(file_.name, 1, "no line `-- +goose Up`", "begin the SQL with that line");
    if (block_line_ != 0)
      refuse_line(file_.name, block_line_, "`-- +goose StatementBegin` without its StatementEnd",
                  "write `-- +goose StatementEnd` below the statement");
    return std::move(revision_);
  }

 private:
  void read_line(const TextLine& line) {
    const std::string_view trimmed = base::trim(line.text);
    const std::optional<std::string_view> comment = comment_at_start(trimmed);
    if (comment && lower(comment->substr(0, 6)) == "+goose") {
      if (trimmed.data() != line.text.data())
        refuse_line(file_.name, line.number, "an annotation that does not begin its line",
                    "remove the white space before it; goose does not take it either");
      return annotate(line, lower(base::trim(comment->substr(6))));
    }
    if (section_ == nullptr) {
      if (!trimmed.empty() && !trimmed.starts_with("--"))
        refuse_line(file_.name, line.number, "SQL before `-- +goose Up`", "put it below that line");
      return;
    }
    section_->sql += line.text;
    section_->sql += '\n';
    if (block_line_ != 0 && !trimmed.empty()) last_of_block_ = trimmed;
  }

  void annotate(const TextLine& line, const std::string& word) {
    if (word == "no transaction") {
      revision_.transactional = false;
      revision_.transaction_line = line.number;
    } else if (word == "up") {
      if (section_ != nullptr)
        refuse_line(file_.name, line.number, "`-- +goose Up` a second time, or after Down",
                    "keep one, before `-- +goose Down`");
      begin(revision_.up, line);
      return;
    } else if (word == "down") {
      if (section_ == nullptr || revision_.down)
        refuse_line(file_.name, line.number,
                    section_ == nullptr ? "`-- +goose Down` before `-- +goose Up`"
                                        : "`-- +goose Down` a second time",
                    "a file has one Up, then at most one Down");
      outside_block(line, word);
      begin(revision_.down.emplace(), line);
      return;
    } else if (word == "statementbegin") {
      if (section_ == nullptr)
        refuse_line(file_.name, line.number, "`-- +goose StatementBegin` before `-- +goose Up`",
                    "put it below that line");
      outside_block(line, word);
      block_line_ = line.number;
      last_of_block_.clear();
    } else if (word == "statementend") {
      if (block_line_ == 0)
        refuse_line(file_.name, line.number, "`-- +goose StatementEnd` without its StatementBegin",
                    "remove it, or write `-- +goose StatementBegin` above the statement");
      block_line_ = 0;
      const bool ended = last_of_block_.empty() || (last_of_block_.ends_with(';') &&
                                                    last_of_block_.find("--") == std::string::npos);
      if (!ended) return section_->sql += ";\n", void();
    } else if (word.starts_with("envsub") && !word.ends_with(" off")) {
      refuse_line(file_.name, line.number, "`-- +goose ENVSUB ON`: variables are not replaced",
                  "write the values out, or keep this revision with goose");
    } else if (!word.starts_with("envsub")) {
      refuse_line(file_.name, line.number,
                  "unknown annotation `-- +goose " + base::truncate_utf8(word, 40) + "`",
                  "known are Up, Down, StatementBegin, StatementEnd, NO TRANSACTION");
    }
    // So that lines keep their numbers.
    if (section_ != nullptr) section_->sql += std::string(line.text) + "\n";
  }

  void outside_block(const TextLine& line, const std::string& word) const {
    if (block_line_ != 0)
      refuse_line(file_.name, line.number,
                  "`-- +goose " + word + "` inside the StatementBegin of line " +
                      std::to_string(block_line_),
                  "write `-- +goose StatementEnd` before it");
  }

  void begin(Section& section, const TextLine& line) {
    section_ = &section;
    section.line = line.number + 1;
  }

  const ForeignFile& file_;
  Revision revision_;
  Section* section_ = nullptr;
  uint32_t block_line_ = 0;  // of the StatementBegin that is open; 0: none
  std::string last_of_block_;
};

}  // namespace

std::vector<Revision> read_goose(const std::vector<ForeignFile>& files) {
  std::vector<Revision> revisions;
  revisions.reserve(files.size());
  for (const ForeignFile& file : files) revisions.push_back(Reader(file).read());
  return revisions;
}

}  // namespace sluice::revisions
