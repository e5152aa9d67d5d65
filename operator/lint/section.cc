// One section: its statements one after the other, then the comments that ignore.
#include <algorithm>
#include <charconv>
#include <initializer_list>

#include "base/error.h"
#include "base/text.h"
#include "lint/ignore.h"
#include "lint/judge.h"
#include "lint/lint.h"
#include "sql/scan.h"

namespace sluice::lint {
namespace {

constexpr size_t kMaxIdentifier = 63;  // NAMEDATALEN - 1
constexpr size_t kExcerpt = 120;

// Where a statement is in its section.
struct Place {
  size_t begin = 0;  // bytes
  size_t end = 0;
  uint32_t line = 1;  // of the file
  uint32_t column = 1;
};

std::string excerpt_of(std::string_view text) {
  std::string line;
  for (const char c : text.substr(0, 4 * kExcerpt)) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!space) line += c;
    if (space && !line.empty() && line.back() != ' ') line += ' ';
  }
  return base::truncate_utf8(line, kExcerpt);
}

uint32_t characters(std::string_view text) {
  return static_cast<uint32_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// Whether it may hold such a name: a run of that many bytes without a space.
bool may_hold_long_name(std::string_view text) {
  size_t run = 0;
  bool in_quotes = false;
  for (const char c : text) {
    if (c == '"') in_quotes = !in_quotes;
    const bool ends = !in_quotes && (c == ' ' || c == '\n' || c == ',' || c == '(' || c == ')');
    run = ends ? 0 : run + 1;
    if (run > kMaxIdentifier) return true;
  }
  return false;
}

std::vector<std::string> long_names(const std::string& statement) {
  std::vector<std::string> names;
  if (statement.size() > kMaxTreeBytes || !may_hold_long_name(statement)) return names;
  for (const sql::Token& token : sql::scan(statement).tokens) {
    if (token.kind != sql::kIdentifier) continue;
    std::string name = statement.substr(token.start, token.end - token.start);
    if (name.starts_with('"')) {
      name = name.substr(1, name.size() - 2);
      for (size_t at = 0; (at = name.find("\"\"", at)) != std::string::npos; ++at)
        name.erase(at, 1);
    }
    if (name.size() > kMaxIdentifier) names.push_back(std::move(name));
  }
  return names;
}

std::string first_word(std::string_view statement) {
  std::string word;
  for (const char c : statement.substr(0, 16)) {
    const char low = static_cast<char>(c | 0x20);
    if (low < 'a' || low > 'z') break;
    word += low;
  }
  return word;
}

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

// Data, whose size says nothing.
bool is_data(const std::string& word) { return is_one_of(word, {"insert", "select", "copy"}); }

// Whether any rule, or what later statements have to know, depends on the statement's tree; most of
// lint's time goes into making it.
bool matters(const std::string& word, const SectionState& state) {
  if (!state.enum_values.empty()) return true;
  if (is_one_of(word, {"insert", "copy"})) return !state.locked.empty();
  return !is_one_of(word, {"comment", "grant", "revoke", "set", "reset", "analyze", "do", "call"});
}

class SectionLint {
 public:
  SectionLint(const revisions::Revision& revision, const revisions::Section& section,
              Direction direction, const Config& config, Facts& facts)
      : revision_(revision),
        section_(section),
        direction_(direction),
        config_(config),
        facts_(facts),
        file_(section.file.empty() ? revision.file : section.file) {
    state_.transactional = revision.transactional || revision.repeatable;
  }

  std::vector<Finding> run() {
    facts_.begin_section();
    try {
      script_ = sql::split(section_.sql, file_, section_.line, sql::Trees::Keep);
    } catch (const base::Error& error) {
      report_unreadable(error);
    }
    locate();
    for (current_ = 0; current_ < script_.statements.size(); ++current_)
      judge_statement(script_.statements[current_]);
    judge_section();
    apply_ignores();
    std::ranges::stable_sort(findings_, {}, [](const Finding& finding) {
      return std::pair(finding.line, finding.column);
    });
    return std::move(findings_);
  }

  size_t statements() const { return script_.statements.size(); }

 private:
  struct Raised {
    size_t statement;
    Report report;
  };
  struct PlacedIgnore {
    Ignore ignore;
    size_t statement;  // script_.statements.size(): none
    Place place;
  };

  Level level(RuleId rule) const { return level_in(revision_, direction_, config_, rule); }

  void emit(RuleId id, const Place& place, std::string message, std::string instead,
            std::string excerpt) {
    const Level counts = level(id);
    if (counts == Level::Off) return;
    if (instead.empty()) instead = rule(id).remedy;
    findings_.push_back({id, counts, file_, place.line, place.column, revision_.id,
                         std::move(message), std::move(excerpt), std::move(instead)});
  }

  // split() says "file:line: what".
  void report_unreadable(const base::Error& error) {
    Place place;
    place.line = section_.line;
    std::string_view message = error.message();
    const std::string file = file_ + ":";
    if (message.starts_with(file)) {
      message.remove_prefix(file.size());
      const char* const end = message.data() + message.size();
      const auto [rest, failure] = std::from_chars(message.data(), end, place.line);
      message.remove_prefix(static_cast<size_t>(rest - message.data()));
      if (message.starts_with(": ")) message.remove_prefix(2);
    }
    emit(RuleId::UnreadableSql, place, std::string(message), error.remedy(), {});
  }

  // Statements have a line; the byte and the column follow from the text.
  void locate() {
    const std::string& sql = section_.sql;
    size_t line_begin = 0;
    uint32_t line = section_.line;
    for (const sql::Statement& statement : script_.statements) {
      for (; line < statement.line; ++line) {
        const size_t end = sql.find('\n', line_begin);
        if (end == std::string::npos) break;
        line_begin = end + 1;
      }
      const size_t from = places_.empty() ? line_begin : std::max(line_begin, places_.back().end);
      const size_t found = sql.find(statement.text, from);
      Place place;
      place.begin = found == std::string::npos ? line_begin : found;
      place.end = std::min(place.begin + statement.text.size(), sql.size());
      place.line = statement.line;
      place.column =
          characters(std::string_view(sql).substr(line_begin, place.begin - line_begin)) + 1;
      places_.push_back(place);
    }
  }

  void raise(Report report) { raised_.push_back({current_, std::move(report)}); }

  void judge_statement(const sql::Statement& statement) {
    judge_kind(statement);
    for (const std::string& name : long_names(statement.text))
      raise({RuleId::LongIdentifier,
             "`" + name + "` has " + std::to_string(name.size()) + " bytes; PostgreSQL makes it `" +
                 name.substr(0, kMaxIdentifier) + "`",
             {},
             {}});
    if (statement.kind == sql::Kind::Unparsed) return;
    const std::string word = first_word(statement.text);
    if (!matters(word, state_)) return;
    const Tree tree(statement);
    if (tree.root() == nullptr) {
      if (!is_data(word)) raise({RuleId::NotJudged, "larger or deeper than lint reads", {}, {}});
      return;
    }
    Context context{facts_, state_, statement, [this](Report report) { raise(std::move(report)); }};
    judge(context, *tree.root());
    forgive_replaced(*tree.root());
    facts_.learn(*tree.root());
  }

  void judge_kind(const sql::Statement& statement) {
    if (statement.kind == sql::Kind::Unparsed) {
      const bool explained = script_.error && !explained_;
      explained_ = true;
      raise({RuleId::NotJudged,
             explained ? "not in PostgreSQL 15's syntax: " + script_.error->message
                       : "not in PostgreSQL 15's syntax",
             {},
             {}});
    }
    if (statement.kind == sql::Kind::CopyFromStdin && !statement.copy_data)
      raise({RuleId::UnreadableSql,
             "COPY … FROM STDIN without its data",
             "Put the data on the lines after it, and `\\.` on one of its own at their end.",
             {}});
    if (statement.kind == sql::Kind::TransactionControl)
      raise({RuleId::TransactionControl, statement.name + " in a revision", {}, {}});
    if (statement.kind == sql::Kind::OutsideTransaction && state_.transactional)
      raise({RuleId::NeedsNoTransaction,
             statement.name + " cannot run in a transaction",
             without_transaction(statement.text + ";"),
             {}});
  }

  // What is dropped to be created again in the same transaction was never gone.
  void forgive_replaced(const PgQuery__Node& node) {
    RuleId rule = RuleId::DropView;
    std::string key;
    if (node.node_case == PG_QUERY__NODE__NODE_VIEW_STMT) {
      key = key_of(node.view_stmt->view);
    } else if (node.node_case == PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT &&
               node.create_table_as_stmt->into != nullptr) {
      key = key_of(node.create_table_as_stmt->into->rel);
    } else if (node.node_case == PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT) {
      rule = RuleId::DropFunction;
      key = key_of(
          texts_of(node.create_function_stmt->n_funcname, node.create_function_stmt->funcname));
    }
    if (key.empty() || !state_.transactional) return;
    std::erase_if(raised_, [&](const Raised& raised) {
      return raised.report.rule == rule && raised.report.object == key;
    });
  }

  // What the statements say only together.
  void judge_section() {
    const std::vector<sql::Statement>& all = script_.statements;
    const auto single = std::ranges::find_if(all, [](const sql::Statement& statement) {
      return statement.kind == sql::Kind::Plain && !statement.setting &&
             !statement.waits_harmlessly && !statement.batch;
    });
    const auto counted = std::ranges::count_if(
        all, [](const sql::Statement& statement) { return !statement.setting; });
    if (!state_.transactional && counted > 1 && single != all.end()) {
      current_ = static_cast<size_t>(single - all.begin());
      raise({RuleId::StatementsWithoutTransaction,
             "when it, or one after it, fails, what came before stays",
             {},
             {}});
    }
    if (direction_ == Direction::Up && !revision_.repeatable && !all.empty() && !has_down()) {
      current_ = all.size();
      raise(
          {RuleId::MissingDown,
           revision_.down ? "`-- migrate:down` has no statement" : "there is no `-- migrate:down`",
           {},
           {}});
    }
  }

  // Any statement at all, found without splitting.
  bool has_down() const {
    if (!revision_.down) return false;
    const sql::Scan scanned = sql::scan(revision_.down->sql);
    return scanned.failed_at || std::ranges::any_of(scanned.tokens, [](const sql::Token& token) {
             return token.kind != sql::kSqlComment && token.kind != sql::kBlockComment &&
                    token.kind != ';';
           });
  }

  void add_ignores(size_t begin, size_t end, size_t before, size_t after) {
    const std::string_view text = std::string_view(section_.sql).substr(begin, end - begin);
    for (Ignore& ignore : find_ignores(text)) {
      Place place;
      place.begin = begin + ignore.at;
      const std::string_view head = std::string_view(section_.sql).substr(0, place.begin);
      place.line = section_.line + static_cast<uint32_t>(std::ranges::count(head, '\n'));
      const size_t line_begin = head.rfind('\n') + 1;  // npos + 1 is 0
      place.column = characters(head.substr(line_begin)) + 1;
      // On the line on which a statement ends, it is about that one.
      const bool trails =
          before < places_.size() && text.substr(0, ignore.at).find('\n') == std::string_view::npos;
      ignores_.push_back({std::move(ignore), trails ? before : after, place});
    }
  }

  void collect_ignores() {
    if (section_.sql.find("lint:ignore") == std::string::npos) return;
    size_t begin = 0;
    for (size_t i = 0; i < places_.size(); ++i) {
      const Place& place = places_[i];
      if (place.begin > begin) add_ignores(begin, place.begin, i == 0 ? places_.size() : i - 1, i);
      add_ignores(place.begin, place.end, i, i);
      begin = place.end;
      if (const auto& data = script_.statements[i].copy_data; data && !data->empty())
        begin = std::min(section_.sql.find('\n', begin) + 1 + data->size(), section_.sql.size());
    }
    add_ignores(begin, section_.sql.size(), places_.empty() ? 0 : places_.size() - 1,
                places_.size());
  }

  // A finding about the file is ignored from anywhere in the up section.
  static bool covers(const PlacedIgnore& placed, const Raised& raised) {
    const std::string name(rule(raised.report.rule).name);
    return !placed.ignore.reason.empty() &&
           (raised.report.rule == RuleId::MissingDown || placed.statement == raised.statement) &&
           std::ranges::find(placed.ignore.rules, name) != placed.ignore.rules.end();
  }

  void apply_ignores() {
    collect_ignores();
    for (const PlacedIgnore& placed : ignores_) judge_ignore(placed);
    for (Raised& raised : raised_) {
      if (std::ranges::any_of(ignores_, [&](const auto& placed) { return covers(placed, raised); }))
        continue;
      Report& report = raised.report;
      if (raised.statement < places_.size()) {
        emit(report.rule, places_[raised.statement], std::move(report.message),
             std::move(report.instead), excerpt_of(script_.statements[raised.statement].text));
      } else {
        Place place;
        place.line = std::max(section_.line, 2U) - 1;
        emit(report.rule, place, std::move(report.message), std::move(report.instead),
             excerpt_of(revision_.message));
      }
    }
  }

  void judge_ignore(const PlacedIgnore& placed) {
    const Ignore& ignore = placed.ignore;
    const std::string excerpt = excerpt_of(
        std::string_view(section_.sql)
            .substr(placed.place.begin)
            .substr(0, section_.sql.find('\n', placed.place.begin) - placed.place.begin));
    if (ignore.rules.empty() || ignore.reason.empty()) {
      const char* const what = ignore.rules.empty() ? "it names no rule" : "it gives no reason";
      return emit(RuleId::IgnoreWithoutReason, placed.place, what, {}, excerpt);
    }
    for (const std::string& name : ignore.rules) {
      const bool used = std::ranges::any_of(raised_, [&](const Raised& raised) {
        return rule(raised.report.rule).name == name && covers(placed, raised);
      });
      if (used) continue;
      emit(RuleId::IgnoreUnused, placed.place,
           find_rule(name) == nullptr ? "no rule is called `" + base::truncate_utf8(name, 60) + "`"
                                      : name + " finds nothing at this statement",
           {}, excerpt);
    }
  }

  const revisions::Revision& revision_;
  const revisions::Section& section_;
  const Direction direction_;
  const Config& config_;
  Facts& facts_;
  const std::string file_;
  sql::Script script_;
  SectionState state_;
  size_t current_ = 0;
  bool explained_ = false;
  std::vector<Place> places_;
  std::vector<Raised> raised_;
  std::vector<PlacedIgnore> ignores_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> lint_section(const revisions::Revision& revision,
                                  const revisions::Section& section, Direction direction,
                                  const Config& config, Facts& facts, size_t* statements) {
  SectionLint section_lint(revision, section, direction, config, facts);
  std::vector<Finding> findings = section_lint.run();
  if (statements != nullptr) *statements = section_lint.statements();
  return findings;
}

}  // namespace sluice::lint
