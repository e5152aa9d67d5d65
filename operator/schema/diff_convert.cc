#include "schema/diff_convert.h"

#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "schema/column_type.h"
#include "schema/ddl_column.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"

namespace sluice::schema {
namespace {

constexpr std::string_view kArray = "[]";

// The range of that name, or whose multirange has it.
const Object* range_named(const Catalog& catalog, const std::string& type) {
  if (const Object* const range = type_named(catalog, Kind::Range, type)) return range;
  const auto found = std::ranges::find_if(catalog.objects, [&](const Object& object) {
    return object.key.kind == Kind::Range && multirange_of(details<Range>(object)) == type;
  });
  return found == catalog.objects.end() ? nullptr : &*found;
}

class ThroughText {
 public:
  ThroughText(const Work& work, const Object& was, const Object& is)
      : work_(work), was_(was), is_(is) {}

  Conversion operator()() {
    const std::string& type = details<Column>(is_).type;
    std::string value = read(is_.identity, details<Column>(was_).type, type, true);
    if (value != is_.identity) value = "(" + value + ")";
    answer_.expression = value + (type.ends_with(kArray) ? "::text[]::" : "::text::") + type;
    return std::move(answer_);
  }

 private:
  // An expression whose text the new type reads. `alone`: `value` is an expression, and no element
  // of what is one.
  std::string read(const std::string& value, const std::string& was_type,
                   const std::string& is_type, bool alone) {
    std::string was = below_domains(work_.from, was_type);
    std::string is = below_domains(work_.to, is_type);
    if (was.ends_with(kArray) && is.ends_with(kArray)) {
      was.resize(was.size() - kArray.size());
      is.resize(is.size() - kArray.size());
      read("", was, is, false);
      return value;
    }
    const Object* const old_one = type_named(work_.from, Kind::Composite, was);
    const Object* const new_one = type_named(work_.to, Kind::Composite, is);
    if (old_one != nullptr && new_one != nullptr)
      return stays(*old_one, *new_one) ? value : attributes(value, *old_one, *new_one, alone);
    const Object* const old_range = range_named(work_.from, was);
    const Object* const new_range = range_named(work_.to, is);
    if (old_range != nullptr && new_range != nullptr)
      read("", subtype_of(details<Range>(*old_range)), subtype_of(details<Range>(*new_range)),
           false);
    else if (type_change(work_.from, was, work_.to, is).cuts)
      warn(lint::RuleId::NarrowColumnType, "values of " + place_of(is_) + ", of type " +
                                               details<Column>(is_).type +
                                               ", are rounded or cut to " + is);
    return value;
  }

  std::string attributes(const std::string& value, const Object& old_one, const Object& new_one,
                         bool alone) {
    const std::vector<CompositeField>& old = details<Composite>(old_one).fields;
    const std::vector<CompositeField>& wanted = details<Composite>(new_one).fields;
    bool same = old.size() == wanted.size();
    std::vector<std::string> parts;
    for (size_t i = 0; i < wanted.size(); ++i) {
      const auto before = std::ranges::find(old, wanted[i].name, &CompositeField::name);
      if (before == old.end()) {
        same = false;
        parts.emplace_back("NULL");
        continue;
      }
      const std::string part = "(" + value + ")." + quoted(before->name);
      parts.push_back(read(part, before->type, wanted[i].type, alone));
      same = same && before - old.begin() == static_cast<ptrdiff_t>(i) && parts.back() == part;
    }
    for (const CompositeField& field : old)
      if (std::ranges::find(wanted, field.name, &CompositeField::name) == wanted.end())
        warn(lint::RuleId::DropColumn, "the values of attribute " + field.name + " of type " +
                                           old_one.identity + " in " + place_of(is_) +
                                           " are gone, and who names it fails");
    if (same) return value;
    if (!alone) refuse(old_one);
    // IS NULL would be true of a row of nulls, too.
    return "CASE WHEN " + value + " IS DISTINCT FROM NULL THEN ROW(" + base::join(parts, ", ") +
           ") END";
  }

  bool stays(const Object& old_one, const Object& new_one) const {
    const auto ref = static_cast<Ref>(&old_one - work_.from.objects.data());
    return old_one.key == new_one.key && !work_.is_dropped(ref);
  }

  void warn(lint::RuleId rule, std::string text) {
    Hazard hazard{rule, std::move(text)};
    if (std::ranges::find(answer_.hazards, hazard) == answer_.hazards.end())
      answer_.hazards.push_back(std::move(hazard));
  }

  [[noreturn]] void refuse(const Object& type) const {
    throw base::Error(base::ErrorKind::Refused, "NotSupported",
                      title(type) +
                          " would have other attributes, or the same in another order, "
                          "and " +
                          title(was_) + " has such values in an array or a range",
                      "make a new column of a new type, and move the values");
  }

  const Work& work_;
  const Object& was_;
  const Object& is_;
  Conversion answer_;
};

}  // namespace

Conversion convert_through_text(const Work& work, const Object& was, const Object& is) {
  return ThroughText(work, was, is)();
}

}  // namespace sluice::schema
