// What the reader knows while it reads: objects in the order in which they come, and which rows of
// PostgreSQL's catalogs they are.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "postgres/session.h"
#include "schema/catalog.h"
#include "schema/read_rows.h"

namespace sluice::schema {

// The catalogs' own OIDs, which every server version shares.
enum CatalogClass : Oid {
  kDefaultAclClass = 826,
  kTypeClass = 1247,
  kProcClass = 1255,
  kRelationClass = 1259,
  kAccessMethodOperatorClass = 2602,
  kAccessMethodProcClass = 2603,
  kAttrdefClass = 2604,
  kCastClass = 2605,
  kConstraintClass = 2606,
  kNamespaceClass = 2615,
  kOperatorClassClass = 2616,
  kOperatorClass = 2617,
  kRewriteClass = 2618,
  kTriggerClass = 2620,
  kOperatorFamilyClass = 2753,
  kExtensionClass = 3079,
  kPolicyClass = 3256,
  kStatisticsClass = 3381,
  kCollationClass = 3456,
  kEventTriggerClass = 3466,
  kTextSearchDictionaryClass = 3600,
  kTextSearchParserClass = 3601,
  kTextSearchConfigurationClass = 3602,
  kTextSearchTemplateClass = 3764,
  kPublicationClass = 6104,
  kPublicationRelationClass = 6106,
  kPublicationNamespaceClass = 6237,
};

// As pg_depend and pg_description name an object: a column is part n of its relation.
struct Address {
  Oid catalog = 0;
  Oid object = 0;
  int part = 0;
  bool operator==(const Address&) const = default;
};
struct AddressHash {
  size_t operator()(const Address& address) const {
    const uint64_t low = address.object * uint64_t{0x9E3779B97F4A7C15U};
    return low ^ (low >> 29U) ^ address.catalog * uint64_t{0xC2B2AE3D27D4EB4FU} ^
           static_cast<uint64_t>(address.part) * uint64_t{0x165667B19E3779F9U};
  }
};

class Gathering {
 public:
  explicit Gathering(postgres::Session& from) : session(from) {}

  // Schemas (Schema objects), and the names of all roles. Before all others.
  void read_names();

  // An object with the schema's name in its key. `name`: quoted. False: not a schema that is read.
  Object& add(Address address, Kind kind, Oid schema, std::string_view name,
              std::string_view quoted_name);
  // What belongs to a relation: column, constraint, rule … nullptr: the relation is not read.
  Object* add_part(Address address, Kind kind, Oid relation, std::string_view name,
                   std::string_view quoted_name);
  // That row of a catalog is (part of) this object, too.
  void alias(Address address, Ref ref) { refs[address] = ref; }
  Ref last() const { return static_cast<Ref>(catalog.objects.size() - 1); }

  // The object at this address itself; nullptr: not read.
  Object* find(Address address);
  const std::string& role(Oid oid) const;

  // SQL conditions: in a schema that is read; no member of an extension.
  std::string in_schemas(std::string_view column) const;
  static std::string not_in_extension(std::string_view catalog, std::string_view column);

  bool version_at_least(int major) const { return session.server_version() >= major * 10000; }

  postgres::Session& session;
  Catalog catalog;
  std::unordered_map<Address, Ref, AddressHash> refs;
  // Of a domain's constraint: its name. Such a row is an alias of its domain.
  std::unordered_map<Oid, std::string> domain_constraints;

 private:
  struct Name {
    std::string plain, quoted;
  };
  std::unordered_map<Oid, Name> schemas_;
  std::unordered_map<Oid, std::string> roles_;
  std::string schema_oids_;  // '{…}'
};

// One function a family, each a few queries.
void read_extensions(Gathering& gathering);
void read_types(Gathering& gathering);
void read_relations(Gathering& gathering);
void read_columns(Gathering& gathering);
void read_sequences(Gathering& gathering);
void read_constraints(Gathering& gathering);
void read_indexes(Gathering& gathering);
void read_functions(Gathering& gathering);
void read_operators(Gathering& gathering);  // with their families, classes, and casts
void read_collations(Gathering& gathering);
void read_text_search(Gathering& gathering);
void read_triggers(Gathering& gathering);
void read_rules(Gathering& gathering);
void read_policies(Gathering& gathering);
void read_event_triggers(Gathering& gathering);
void read_publications(Gathering& gathering);
void read_statistics(Gathering& gathering);
void read_default_privileges(Gathering& gathering);

void read_comments(Gathering& gathering);
void read_grants(Gathering& gathering);
void read_needs(Gathering& gathering);
// Names what is there and none of the above reads.
void read_unread(Gathering& gathering);

// As SELECT expressions.
std::string collation_unless(std::string_view collation, std::string_view otherwise);

}  // namespace sluice::schema
