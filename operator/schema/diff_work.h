// What becomes of each object: decided first, then made into operations. Internal to this room.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schema/catalog.h"
#include "schema/diff.h"
#include "schema/owned_sequences.h"

namespace sluice::schema {

inline constexpr Ref kNone = kNoRef;

enum class Fate : uint8_t {
  Keep,  // there before and after; altered where `alterations` has something
  Gone,  // of `from`: dropped, and made again where it has a counterpart
  Made,  // of `to`
  Left,  // different, and left as it is: by policy, or because of a doubt
};

struct Work {
  Work(const Catalog& from_catalog, const Catalog& to_catalog, const DiffOptions& diff_options);

  const Catalog& from;
  const Catalog& to;
  const DiffOptions& options;

  std::vector<Ref> to_of, from_of;  // the counterparts; kNone: none
  // Whose creation makes it, whose drop takes it along: a column's table, the column of a parent
  // that it is inherited from, the column that owns a sequence. Itself: nobody's.
  std::vector<Ref> comes_with, goes_with;
  // Of a foreign key of a partition that is dropped: the one that it comes from, which takes it
  // along where it has a drop of its own. PostgreSQL drops no inherited constraint by itself.
  std::map<Ref, Ref> inherited_key;
  // Columns and checks of `from` that are dropped from their table alone: a child keeps its own.
  std::set<Ref> drops_only;
  std::vector<Fate> from_fate, to_fate;
  // By the object of `to`: what alter() said, comments, privileges and owner included.
  std::map<Ref, std::vector<Statement>> alterations;
  // Columns of `to` whose default (or identity that ends) is dropped before and set again after.
  std::vector<bool> redefault;
  // Columns of `to` that are converted to a type that is made again.
  std::vector<bool> convert;
  // Of `from`, what is renamed aside and dropped once its successor is there: types and collations
  // while columns are converted, sequences, indexes and keys.
  std::vector<bool> aside;
  // Of a sequence of `from`: the column of `to` whose identity goes on from where it stands.
  std::map<Ref, Ref> followed;
  // Of a sequence of `to`: the column of `from` whose identity it goes on from.
  std::map<Ref, Ref> follows;
  // Sequences of `from` that are dropped, by their identity.
  std::map<std::string, Ref> dropped_sequences;
  // Columns of `from` whose identity goes first, by its sequence: a new one has that name.
  std::map<std::string, Ref> freed_sequences;
  // Partitions of `to` whose parent is made again.
  std::vector<bool> reattach;

  // Who needs an object; what belongs to a relation.
  std::vector<std::vector<Ref>> needed_by, parts;        // of `from`
  std::vector<std::vector<Ref>> to_needed_by, to_parts;  // of `to`
  const OwnedSequences owned, to_owned;

  std::vector<Difference> differences;
  std::vector<LeftUndone> left_undone;
  std::vector<std::string> warnings;

  bool is_made(Ref to_ref) const { return to_fate[to_ref] == Fate::Made; }
  bool is_dropped(Ref from_ref) const { return from_fate[from_ref] == Fate::Gone; }
  bool stays(Ref from_ref) const {
    return from_fate[from_ref] == Fate::Keep && to_of[from_ref] != kNone;
  }
  // A column that stays, whose type or collation a statement of this plan changes.
  bool changes_type(Ref from_ref) const;
  bool is_remade(Ref from_ref) const { return is_dropped(from_ref) && to_of[from_ref] != kNone; }
  // Of a column of `to`: the one whose ALTER COLUMN … TYPE changes it, too: its parent's, or
  // itself.
  Ref typed_by(Ref to_column) const;
  // The relation it belongs to is made by this plan.
  bool on_fresh(Ref to_ref) const;
  // Parents of a table by inheritance or partitioning.
  static std::vector<Ref> parents(const Catalog& catalog, Ref table);
  // The column or constraint of the same name of each parent of its table, but not of what it is
  // a partition of.
  static std::vector<Ref> bequeathed_by(const Catalog& catalog, Ref part);
  // Whether a table that stays has a parent that it keeps, by the ref in `to`.
  bool keeps_parent(Ref to_table) const;
  // PARTITION OF another (or the same, made again, or in another way) than before.
  bool attaches(Ref to_table) const;
  bool detaches(Ref from_table) const;
};

// `to` as it is meant where owners are not compared: a role that owns an object on one side only
// neither gains nor loses there what the other side cannot know. nullopt: as it is.
std::optional<Catalog> with_privileges_of_owners(const Catalog& from, const Catalog& to);

// Of a foreign key that a partition has from its parent: the parent's. kNone: none.
Ref inherited_key(const Catalog& catalog, const Object& object);

// Pairs, compares, and decides as if nothing depended on anything; names that differ in case only
// are left out, and so are other tools' histories.
void decide(Work& work);
// additive_only: what hints would rename stays, and nothing is added under the new name.
void leave_hinted(Work& work);
// What has to be dropped and made again because something else is; what has to move aside.
void cascade(Work& work);
// What of alterations has to go before, or come after, because of that; what may stand side by
// side.
void refine(Work& work);
// additive_only: takes back what does more than add, and what needs something that is left.
void restrain(Work& work);
// Settles comes_with and goes_with.
void settle(Work& work);
// The operations, in an order that works.
std::vector<Group> arrange(const Work& work);

}  // namespace sluice::schema
