#include "desired/revision_parts.h"

#include <algorithm>

#include "base/text.h"
#include "schema/bodies.h"

namespace sluice::desired {
namespace {

using schema::Group;
using schema::Statement;

bool leaves_bodies_unchecked(const Statement& statement) {
  return statement.sql == schema::kLeaveBodiesUnchecked;
}

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

// Outside of a transaction the setting is the session's, once.
std::string sql_of(const std::vector<Group>& groups, bool transactional) {
  std::string sql;
  if (!transactional && std::ranges::any_of(groups, [](const Group& group) {
        return std::ranges::any_of(group.statements, leaves_bodies_unchecked);
      }))
    sql = "SET check_function_bodies = off;\n";
  for (const Group& group : groups)
    for (const Statement& statement : group.statements) {
      if (!transactional && leaves_bodies_unchecked(statement)) continue;
      for (const schema::Hazard& hazard : statement.hazards)
        sql +=
            "-- " + std::string(lint::rule(hazard.rule).name) + ": " + one_line(hazard.text) + "\n";
      sql += statement.sql + ";\n";
    }
  return sql;
}

std::string refusal(const std::string& why) {
  return "-- sluice:irreversible " + one_line(why) + "\n";
}

std::vector<std::string> losses(const RevisionPart& part) {
  std::vector<std::string> texts;
  for (const Group& group : part.groups)
    for (const Statement& statement : group.statements)
      for (const schema::Hazard& hazard : statement.hazards)
        if (lint::rule(hazard.rule).category == lint::Category::LosesData)
          texts.push_back(hazard.text);
  return texts;
}

}  // namespace

std::vector<RevisionPart> split_up(const std::vector<Group>& groups) {
  std::vector<RevisionPart> parts;
  size_t at = 0;
  if (!groups.empty() && groups.front().transactional && groups.front().statements.size() > 1)
    parts.push_back({true, {groups[at++]}});
  if (at == groups.size()) return parts;
  RevisionPart rest;
  rest.groups.assign(groups.begin() + static_cast<std::ptrdiff_t>(at), groups.end());
  rest.transactional = rest.groups.size() == 1 && rest.groups.front().transactional;
  parts.push_back(std::move(rest));
  return parts;
}

std::string up_sql(const RevisionPart& part) { return sql_of(part.groups, part.transactional); }

Down down_sql(const RevisionPart& up, const schema::Diff& back) {
  Down down;
  down.fits = !up.transactional || back.groups.empty() ||
              (back.groups.size() == 1 && back.groups.front().transactional);
  down.sql = sql_of(back.groups, up.transactional && down.fits);
  const std::vector<std::string> lost = losses(up);
  if (lost.empty()) return down;
  down.irreversible = base::join(lost, "; ");
  down.sql =
      refusal(down.irreversible) +
      "-- What follows brings the structure back, and no data. To accept that, remove the line\n"
      "-- above; when this revision is applied already, `sluice repair` takes that over.\n" +
      down.sql;
  return down;
}

Down no_way_back(const std::string& why) {
  Down down;
  down.irreversible = why;
  down.sql = refusal(why);
  return down;
}

}  // namespace sluice::desired
