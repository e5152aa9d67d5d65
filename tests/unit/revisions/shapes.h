// Graphs for tests, from pairs of text: {"a", ""}, {"b", "a"}, {"m", "b, c"}.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "revisions/graph.h"

namespace sluice::revisions {

struct Shape {
  std::string id;
  std::string revises;
  std::string label = {};
  std::string depends_on = {};
};

inline std::vector<Revision> make(const std::vector<Shape>& shapes) {
  std::vector<Revision> revisions;
  for (const Shape& shape : shapes) {
    Revision revision;
    revision.id = shape.id;
    revision.file = shape.id + ".sql";
    revision.revises = base::split_list(shape.revises, ',');
    revision.branch_labels = base::split_list(shape.label, ',');
    revision.depends_on = base::split_list(shape.depends_on, ',');
    revisions.push_back(std::move(revision));
  }
  return revisions;
}

}  // namespace sluice::revisions
