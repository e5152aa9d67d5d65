// Extensions, each as one object.
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {

void read_extensions(Gathering& gathering) {
  // plpgsql is in every database from its beginning.
  each_row(
      gathering.session,
      "SELECT x.oid, x.extname, quote_ident(x.extname), x.extversion, n.nspname, x.extowner, "
      "n.oid FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE x.extname "
      "<> 'plpgsql' ORDER BY x.oid",
      [&](Fields& row) {
        const Oid oid = row.oid();
        const std::string_view name = row.view();
        const std::string_view quoted = row.view();
        Extension extension;
        extension.version = row.text();
        extension.schema = row.text();
        Object& object = gathering.add({kExtensionClass, oid, 0}, Kind::Extension, 0, name, quoted);
        object.owner = gathering.role(row.oid());
        object.details = std::move(extension);
        const auto schema = gathering.refs.find({kNamespaceClass, row.oid(), 0});
        if (schema != gathering.refs.end()) object.needs.push_back(schema->second);
      });
}

}  // namespace sluice::schema
