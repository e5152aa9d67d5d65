// Schemas as catalogs: a database is read as it is; files and revisions are loaded into a scratch
// database and read there, so that PostgreSQL brings them into one form.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "desired/source.h"
#include "schema/catalog.h"
#include "schema/diff.h"
#include "scratch/place.h"

namespace sluice::desired {

struct Loaded {
  schema::Catalog catalog;
  std::vector<schema::Rename> hints;
  std::string described;  // where it came from
  std::string digest;     // of the source
};

class Loader {
 public:
  // The place of the scratch databases is chosen when the first is needed.
  Loader(scratch::Wish wish, std::stop_token stop);

  // Throws what Place, Session and schema::read() throw; of files Error{Invalid, "SchemaInvalid"}
  // with file:line and PostgreSQL's words, Error{Invalid, "ExtensionMissing"}, Error{Invalid,
  // "SourceEmpty"} where no file holds a statement, and what sql/split.h says; of revisions what
  // engine/plan.h and engine/apply.h say.
  Loaded load(const Source& source);

  // Both, at the same time where the first is a database.
  std::pair<Loaded, Loaded> load(const Source& from, const Source& to);

  // Loads the source, and hands over a session to the database that it is in, which is gone
  // afterwards. Not for Source::Kind::Database.
  void with(const Source& source, const std::function<void(postgres::Session&)>& use);

  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  scratch::Place& place();
  void fill(const Source& source, postgres::Session& session, Loaded& loaded);
  void make_roles(const Source& source, postgres::Session& session);
  void check_stop() const;

  const scratch::Wish wish_;
  const std::stop_token stop_;
  std::unique_ptr<scratch::Place> place_;
  std::vector<std::string> warnings_;
  bool left_over_told_ = false;
};

}  // namespace sluice::desired
