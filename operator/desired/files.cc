#include "desired/files.h"

#include <pg_query.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "base/error.h"
#include "base/text.h"
#include "lint/tree.h"
#include "postgres/errors.h"
#include "sql/quote.h"
#include "sql/scan.h"

namespace sluice::desired {
namespace {

using base::Error;
using base::ErrorKind;
using postgres::StatementError;
using sql::Kind;
using sql::Statement;

// Source: PostgreSQL's errcodes.
constexpr std::string_view kUndefinedObject = "42704";
constexpr std::string_view kPermissionDenied = "42501";

std::string first_words(const std::string& statement) {
  std::string line;
  for (const char c : statement.substr(0, 200)) {
    const bool space = c == ' ' || c == '\n' || c == '\t';
    if (!space || (!line.empty() && line.back() != ' ')) line += space ? ' ' : c;
  }
  return base::truncate_utf8(base::trim(line), 80);
}

bool may_share_a_message(const Statement& statement) {
  return statement.kind == Kind::Plain && !statement.setting && !statement.server_wide &&
         !statement.has_parameters;
}

class Run {
 public:
  Run(postgres::Session& session, const std::string& name, const FileRules& rules,
      std::vector<std::string>& warnings, const std::stop_token& stop)
      : session_(session), name_(name), rules_(rules), warnings_(warnings), stop_(stop) {}

  void all(std::span<const Statement> all) {
    session_.reset();
    for (size_t at = 0; at < all.size();) {
      check_stop();
      const size_t count = shared(all.subspan(at));
      if (count > 1 && run_together(all.subspan(at, count))) {
        at += count;
        continue;
      }
      for (const Statement& statement : all.subspan(at, std::max(count, size_t{1}))) run(statement);
      at += std::max(count, size_t{1});
    }
    if (session_.in_transaction()) session_.execute("COMMIT");
    session_.reset();
  }

 private:
  static size_t shared(std::span<const Statement> statements) {
    constexpr size_t kMost = 100;
    size_t count = 0;
    while (count < statements.size() && count < kMost && may_share_a_message(statements[count]))
      ++count;
    return count;
  }

  // All in one transaction, or in a part of the file's own; false: one of them failed, and nothing
  // of them is done.
  bool run_together(std::span<const Statement> statements) {
    std::string sql;
    for (const Statement& statement : statements) sql += statement.text + ";\n";
    const bool inside = session_.in_transaction();
    if (inside) session_.execute("SAVEPOINT sluice_statements");
    try {
      session_.execute(sql);
    } catch (const StatementError& error) {
      if (error.reason() == "ConnectionLost" || error.reason() == "Cancelled") throw;
      if (inside) session_.execute("ROLLBACK TO SAVEPOINT sluice_statements");
      return false;
    }
    if (inside) session_.execute("RELEASE SAVEPOINT sluice_statements");
    return true;
  }

  void run(const Statement& statement) {
    check_stop();
    if (statement.server_wide) {
      warnings_.push_back(place(statement, nullptr) + ": `" + first_words(statement.text) +
                          "` is about the server, not about a schema: passed over");
      return;
    }
    // In a transaction of the file's own, what fails may not spoil the rest.
    const bool guarded = session_.in_transaction() && statement.kind != Kind::TransactionControl;
    if (guarded) session_.execute("SAVEPOINT sluice_statement");
    try {
      send(statement);
    } catch (const StatementError& error) {
      if (guarded && error.reason() != "ConnectionLost")
        session_.execute("ROLLBACK TO SAVEPOINT sluice_statement");
      recover(statement, error);
    }
    session_.keep_utf8();
  }

  void send(const Statement& statement) {
    if (statement.kind == Kind::CopyFromStdin) {
      session_.copy_in(statement.text, statement.copy_data.value_or(""));
    } else {
      session_.execute(statement.text);
    }
  }

  void recover(const Statement& statement, const StatementError& error) {
    const std::string& state = error.answer().sqlstate;
    if (state == kUndefinedObject && rules_.make_roles && make_roles(statement))
      return run(statement);
    if (state == kPermissionDenied || state == kUndefinedObject) {
      const lint::Tree tree(statement);
      if (tree.root() != nullptr && is_about_owner(*tree.root())) {
        warnings_.push_back(place(statement, &error) + ": " + error.answer().message +
                            ": passed over, `" + first_words(statement.text) + "`");
        return;
      }
    }
    fail(statement, error);
  }

  static bool is_about_owner(const PgQuery__Node& node) {
    if (node.node_case == PG_QUERY__NODE__NODE_ALTER_OWNER_STMT) return true;
    if (node.node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_STMT) return false;
    const PgQuery__AlterTableStmt& alter = *node.alter_table_stmt;
    return std::ranges::all_of(
        lint::nodes(alter.n_cmds, alter.cmds), [](const PgQuery__Node* command) {
          return command->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD &&
                 command->alter_table_cmd->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner;
        });
  }

  // Whether there was any to make.
  bool make_roles(const Statement& statement) {
    bool made = false;
    for (const std::string& role : roles_of(statement.text)) {
      if (!session_.query("SELECT FROM pg_catalog.pg_roles WHERE rolname = $1", {role}).empty())
        continue;
      session_.execute("CREATE ROLE " + sql::quote_identifier(role));
      made = true;
    }
    return made;
  }

  [[noreturn]] void fail(const Statement& statement, const StatementError& error) {
    if (error.reason() == "ConnectionLost" || error.reason() == "Cancelled") throw error;
    const lint::Tree tree(statement);
    if (tree.root() != nullptr &&
        tree.root()->node_case == PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT)
      expect_extension(statement, error, *tree.root()->create_extension_stmt);
    std::string remedy = "correct the file";
    if (error.answer().sqlstate == kUndefinedObject && !roles_of(statement.text).empty())
      remedy += "; a role has to be on the scratch database's server";
    throw Error(ErrorKind::Invalid, "SchemaInvalid",
                place(statement, &error) + ": " + error.message() + " (`" +
                    first_words(statement.text) + "`)",
                remedy + (error.remedy().empty() ? "" : "; " + error.remedy()));
  }

  void expect_extension(const Statement& statement, const StatementError& error,
                        const PgQuery__CreateExtensionStmt& wanted) {
    const std::string name(lint::text_of(wanted.extname));
    if (error.answer().sqlstate == kPermissionDenied) return;
    if (!session_.query("SELECT FROM pg_catalog.pg_available_extensions WHERE name = $1", {name})
             .empty())
      return;
    throw Error(ErrorKind::Invalid, "ExtensionMissing",
                place(statement, &error) + ": the server " + session_.where() +
                    " does not have the extension " + name,
                "install its package on that server, or name a server that has it with "
                "--scratch-url");
  }

  std::string place(const Statement& statement, const StatementError* error) const {
    const uint32_t line = error == nullptr
                              ? statement.line
                              : statement.line + std::max(error->answer().line, uint32_t{1}) - 1;
    return name_ + ":" + std::to_string(line);
  }

  void check_stop() const {
    if (stop_.stop_requested())
      throw Error(ErrorKind::Transient, "Cancelled", "stopped on request", "run it again");
  }

  postgres::Session& session_;
  const std::string& name_;
  const FileRules& rules_;
  std::vector<std::string>& warnings_;
  const std::stop_token& stop_;
};

void collect_roles(const nlohmann::json& node, std::vector<std::string>& roles) {
  if (node.is_object()) {
    if (const auto role = node.find("rolename"); role != node.end() && role->is_string())
      roles.push_back(*role);
    for (const auto& [key, value] : node.items()) collect_roles(value, roles);
  } else if (node.is_array()) {
    for (const nlohmann::json& item : node) collect_roles(item, roles);
  }
}

}  // namespace

void run_file(postgres::Session& session, const std::string& name, const sql::Script& file,
              const FileRules& rules, std::vector<std::string>& warnings,
              const std::stop_token& stop) {
  Run(session, name, rules, warnings, stop).all(file.statements);
}

std::vector<std::string> roles_of(const std::string& statement) {
  std::vector<std::string> roles;
  const PgQueryParseResult result = pg_query_parse(sql::without_comments(statement).c_str());
  if (result.error == nullptr)
    collect_roles(nlohmann::json::parse(result.parse_tree, nullptr, false), roles);
  pg_query_free_parse_result(result);
  return roles;
}

}  // namespace sluice::desired
