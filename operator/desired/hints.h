// Renames, which no comparison of two schemas can know: comments in the wanted schema's files,
//   -- sluice:rename table app.client -> customer
//   -- sluice:rename column users.mail -> email
//   -- sluice:rename index users_mail_key -> users_email_key
//   -- sluice:rename constraint users.users_mail_check -> users_email_check
// Names are as SQL writes them; without a schema they are of `public`. A table that is renamed,
// too, may have either name. A hint may stay in the file once it has been followed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/diff.h"
#include "sql/split.h"

namespace sluice::desired {

// Pure. Throws Error{Invalid, "HintInvalid"} with file:line.
std::vector<schema::Rename> hints_of(const std::vector<sql::Directive>& directives,
                                     std::string_view file);

// Those that are still to be done on the way between two schemas: `from` has the old name, and not
// the new one. `relation` is the name that the wanted schema has. Pure. Throws Error{Invalid,
// "RenameUnknown"} with file:line for a hint whose new name the wanted schema does not have, or
// whose old name nothing has where it would be looked for; Error{Invalid, "HintInvalid"} for one
// that both schemas contradict.
std::vector<schema::Rename> pending(const std::vector<schema::Rename>& hints,
                                    const schema::Catalog& from, const schema::Catalog& to);

// The same without any complaint: those that are neither done nor contradicted.
std::vector<schema::Rename> applicable(const std::vector<schema::Rename>& hints,
                                       const schema::Catalog& from, const schema::Catalog& to);

// The way back.
std::vector<schema::Rename> reversed(std::vector<schema::Rename> hints);

}  // namespace sluice::desired
