#include <algorithm>
#include <optional>

#include "base/error.h"
#include "engine/by_statement.h"
#include "sql/quote.h"

namespace sluice::engine {
namespace {

using base::Error;
using base::ErrorKind;
using ledger::StatementRecord;

constexpr const char* kKept =
    "the ranges before it took effect and are recorded; put the rows right and run again, or undo "
    "what was done, forget it (`sluice repair --abandon`) and correct the statement";

// A key's text means the same key under whatever settings the statement runs.
constexpr const char* kKeySettings =
    "SAVEPOINT sluice_keys; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL TimeZone = 'UTC'; "
    "SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 3";
constexpr const char* kOwnSettings =
    "ROLLBACK TO SAVEPOINT sluice_keys; RELEASE SAVEPOINT sluice_keys";

class Batches {
 public:
  Batches(Execution& execution, const Step& step, size_t index, StatementRecord record)
      : execution_(execution),
        step_(step),
        index_(index),
        statement_(step.script.statements[index]),
        batch_(*statement_.batch),
        record_(std::move(record)) {}

  void run() {
    if (!record_.end_key) {
      save([&] {
        prepare();
        record_.end_key = last_key();
        if (!record_.end_key) record_.state = StatementRecord::State::Done;
      });
    } else {
      save([&] { prepare(); });
    }
    while (record_.state != StatementRecord::State::Done) {
      const StatementRecord before = record_;
      save([&] { run_range(before); });
      execution_.observer().batch_finished(step_, index_ + 1,
                                           {record_.met, record_.changed, total_});
      if (record_.state != StatementRecord::State::Done)
        execution_.pause(step_, std::chrono::milliseconds(batch_.pause_ms));
    }
  }

 private:
  postgres::Session& session() { return execution_.session(); }
  std::string place() const { return step_.place(statement_.line) + ": "; }

  [[noreturn]] void fail(const std::string& what, const std::string& remedy) const {
    throw Error(ErrorKind::Invalid, "BatchInvalid", place() + what, remedy);
  }

  // Rows without a key would be passed over, and without an index each range would read the whole
  // table.
  void prepare() {
    execution_.replay_settings(step_, index_);
    const postgres::Rows rows = session().query(
        "SELECT a.attnotnull, pg_catalog.format_type(a.atttypid, a.atttypmod), "
        "EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = "
        "i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam WHERE i.indrelid = a.attrelid AND "
        "i.indkey[0] = a.attnum AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree'), "
        "greatest(c.reltuples, 0)::bigint, a.attname "
        "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
        "WHERE a.attrelid = to_regclass($1) AND a.attname = (parse_ident($2))[1] AND a.attnum > 0 "
        "AND NOT a.attisdropped",
        {batch_.table, batch_.key});
    const std::string name = "`" + batch_.table + "`.`" + batch_.key + "`";
    if (rows.empty())
      fail("there is no column " + name + " to batch by", "correct the line `-- batch:`");
    if (rows[0][0] != "t")
      fail("column " + name + " may be null, and rows without a key belong to no range",
           "batch by the primary key");
    if (rows[0][2] != "t")
      fail("column " + name + " leads no index, so that each range would read the whole table",
           "batch by the primary key, or create an index first");
    type_ = rows[0][1].value_or("");
    total_ = std::stoull(rows[0][3].value_or("0"));
    key_ = sql::quote_identifier(rows[0][4].value_or(""));
  }

  std::optional<std::string> last_key() {
    // The text of a key sorts by another order than the key.
    session().execute(kKeySettings);
    const postgres::Rows rows =
        session().query("SELECT k::text FROM (SELECT " + key_ + " AS k FROM " + batch_.table +
                        " ORDER BY " + key_ + " DESC LIMIT 1) last");
    session().execute(kOwnSettings);
    return rows.empty() ? std::nullopt : rows[0][0];
  }

  void run_range(const StatementRecord& before) {
    execution_.replay_settings(step_, index_);
    session().execute(kKeySettings);
    const std::string from =
        before.last_key ? key_ + " > $3::" + type_ + " AND " : "$3::text IS NULL AND ";
    const postgres::Rows rows = session().query(
        "WITH range AS (SELECT " + key_ + " AS k FROM " + batch_.table + " WHERE " + from + key_ +
            " <= $1::" + type_ + " ORDER BY " + key_ +
            " LIMIT $2::bigint) SELECT (SELECT k::text FROM range ORDER BY range.k LIMIT 1), "
            "(SELECT k::text FROM range ORDER BY range.k DESC LIMIT 1), (SELECT count(*) FROM "
            "range)",
        {before.end_key, std::to_string(batch_.size), before.last_key});
    session().execute(kOwnSettings);
    record_ = before;
    if (!rows[0][0]) {
      record_.state = StatementRecord::State::Done;
      return;
    }
    record_.changed += execution_.send(step_, index_, kKept, {rows[0][0], rows[0][1]});
    record_.met += std::stoull(rows[0][2].value_or("0"));
    record_.last_key = rows[0][1];
    if (record_.last_key == record_.end_key) record_.state = StatementRecord::State::Done;
  }

  template <typename Work>
  void save(Work work) {
    execution_.commit_once(
        step_,
        [&] {
          work();
          session().execute(kOwnRole);
          ledger::write_statement(session(), execution_.run(), record_);
          return std::string();
        },
        [&] {
          const auto now =
              ledger::find_statement(session(), record_.revision, record_.up, record_.number);
          return now && now->state == record_.state && now->last_key == record_.last_key &&
                 now->end_key == record_.end_key;
        });
  }

  Execution& execution_;
  const Step& step_;
  const size_t index_;
  const sql::Statement& statement_;
  const sql::Batch& batch_;
  StatementRecord record_;
  std::string type_;
  std::string key_;
  uint64_t total_ = 0;
};

}  // namespace

void run_batches(Execution& execution, const Step& step, size_t index, StatementRecord record) {
  Batches(execution, step, index, std::move(record)).run();
}

}  // namespace sluice::engine
