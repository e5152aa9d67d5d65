#include "cli/import_alembic.h"

#include <stdlib.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "cli/alembic_program.h"
#include "sql/scan.h"
#include "sql/split.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using nlohmann::json;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (fs::temp_directory_path() / "sluice-import-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
      throw Error(ErrorKind::Failed, "ImportFailed", "cannot make a directory at " + pattern);
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// What the program wrote, or what it died of.
json run_program(const AlembicSource& source) {
  if (std::error_code code; !fs::is_directory(source.directory, code))
    throw Error(ErrorKind::Invalid, "SourceMissing",
                source.directory + ": there is no such directory",
                "name the project's directory, which has alembic.ini, or its migrations");
  const TemporaryDirectory directory;
  const fs::path answer = directory.path() / "answer.json";
  base::Command command;
  command.argv = {source.python, "-c", kAlembicProgram, source.directory, answer.string()};
  // Nothing of ours stays in the user's directory.
  command.environment["PYTHONDONTWRITEBYTECODE"] = "1";
  std::stop_source stop;
  base::CommandResult result;
  {
    std::jthread timer([&](const std::stop_token& ended) {
      std::mutex mutex;
      std::condition_variable_any wake;
      std::unique_lock guard(mutex);
      wake.wait_for(guard, ended, source.timeout, [] { return false; });
      if (!ended.stop_requested()) stop.request_stop();
    });
    result = base::run(command, stop.get_token());
  }
  const std::string errors =
      result.errors.empty() ? "" : "\n" + std::string(base::trim(result.errors));
  if (result.stopped)
    throw Error(ErrorKind::Failed, "ImportFailed",
                source.directory + ": Alembic has not answered in " +
                    std::to_string(source.timeout.count()) + " s" + errors,
                "look at what env.py waits for, or allow more with --timeout");
  if (result.status != 0 || !fs::exists(answer))
    throw Error(ErrorKind::Failed, "ImportFailed",
                source.python + " ended with status " + std::to_string(result.status) + errors,
                "name the Python that runs alembic here with --python");
  json document = json::parse(base::read_file(answer, size_t{1} << 30U), nullptr, false);
  if (document.is_discarded() || document.contains("error"))
    throw Error(ErrorKind::Failed, "ImportFailed",
                source.directory + ": " +
                    (document.is_discarded() ? "no answer" : document.value("error", "")) + errors,
                "`alembic upgrade head --sql` (or `flask db upgrade --sql`) has to work there; "
                "--python names the Python that has its modules");
  return document;
}

// The text without the given statement, its semicolon and the line that it leaves empty.
void erase_statement(std::string& text, size_t begin, size_t end) {
  if (end < text.size() && text[end] == ';') ++end;
  while (end < text.size() && (text[end] == '\n' || text[end] == ' ')) ++end;
  text.erase(begin, end - begin);
}

// Takes BEGIN and COMMIT out, which Alembic writes around what has to run outside of a transaction.
// Answers whether anything has to.
bool settle(std::string& text, const std::string& file) {
  const sql::Script script = sql::split(text, file);
  std::vector<sql::Token> tokens = sql::scan(text).tokens;
  std::erase_if(tokens, [](const sql::Token& token) {
    return token.kind == sql::kSqlComment || token.kind == sql::kBlockComment || token.kind == ';';
  });
  bool outside = false;
  std::vector<std::pair<size_t, size_t>> places;
  size_t next = 0;
  for (const sql::Statement& statement : script.statements) {
    const auto first =
        std::ranges::find_if(tokens, [&](const sql::Token& token) { return token.start >= next; });
    if (first == tokens.end()) break;
    next = first->start + statement.text.size();
    if (statement.kind == sql::Kind::OutsideTransaction) outside = true;
    if (statement.kind == sql::Kind::TransactionControl) places.emplace_back(first->start, next);
  }
  for (auto place = places.rbegin(); place != places.rend(); ++place)
    erase_statement(text, place->first, place->second);
  const size_t end = text.find_last_not_of(" \n\t");
  text.erase(end == std::string::npos ? 0 : end + 1);
  if (!text.empty()) text += '\n';
  return outside || !places.empty();
}

class Converter {
 public:
  explicit Converter(bool keep_going) : keep_going_(keep_going) {}

  void add(const json& from) {
    revisions::Revision revision;
    revision.id = from.at("id");
    revision.file = from.at("file");
    revision.revises = from.at("revises").get<std::vector<std::string>>();
    revision.depends_on = from.at("depends_on").get<std::vector<std::string>>();
    revision.branch_labels = from.at("labels").get<std::vector<std::string>>();
    revision.message = from.at("message");
    std::ranges::replace(revision.message, '\n', ' ');
    revision.created = from.at("created");
    if (!is_converted(revision, from.at("up"), "upgrade")) {
      revision.up.sql =
          "DO $$ BEGIN\n  RAISE EXCEPTION 'revision " + revision.id +
          " was not converted: its upgrade() in Alembic cannot be written as SQL';\nEND $$;\n";
      imported_.failed.push_back(revision.id);
    } else {
      revision.up.sql = from.at("up").at("sql");
      revision.transactional = !settle(revision.up.sql, revision.file);
    }
    add_down(revision, from.at("down"));
    if (from.value("tabs", false))
      imported_.remarks.push_back(
          revision.file +
          ": it has tabs, and Alembic's offline mode writes four spaces for each; look at the SQL "
          "where that matters");
    imported_.revisions.push_back(std::move(revision));
  }

  Imported take() { return std::move(imported_); }

 private:
  void add_down(revisions::Revision& revision, const json& down) {
    if (down.is_null()) {
      imported_.remarks.push_back(revision.file + ": revision " + revision.id +
                                  " has no way down: its downgrade() is not implemented");
    } else if (is_converted(revision, down, "downgrade")) {
      revision.down.emplace().sql = down.at("sql");
      if (settle(revision.down->sql, revision.file)) revision.transactional = false;
    }
  }

  bool is_converted(const revisions::Revision& revision, const json& answer,
                    const std::string& function) {
    if (answer.is_object() && answer.contains("sql")) return true;
    const std::string what = revision.file + ":" + std::to_string(answer.value("line", 1)) + ": " +
                             function + "() of revision " + revision.id +
                             " cannot be written as SQL: " + answer.value("error", "");
    if (!keep_going_) {
      const bool asks = answer.is_object() && answer.value("asks", false);
      throw Error(ErrorKind::Invalid, asks ? "ImportNeedsConnection" : "ImportFailed", what,
                  std::string(asks ? "it asks a live database; "
                                   : "correct it (`alembic upgrade head --sql` has to work), or ") +
                      "write that revision's SQL by hand after an import with --keep-going, which "
                      "converts the others");
    }
    imported_.remarks.push_back(what);
    return false;
  }

  const bool keep_going_;
  Imported imported_;
};

}  // namespace

Imported revisions_of_alembic(const json& answer, bool keep_going) {
  Converter converter(keep_going);
  try {
    for (const json& revision : answer.at("revisions")) converter.add(revision);
  } catch (const json::exception& error) {
    throw Error(ErrorKind::Failed, "ImportFailed",
                std::string("Alembic's answer is not as expected: ") + error.what(),
                "use a version of Alembic from 1.5 on");
  }
  return converter.take();
}

Imported import_alembic(const AlembicSource& source) {
  return revisions_of_alembic(run_program(source), source.keep_going);
}

}  // namespace sluice::cli
