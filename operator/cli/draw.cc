#include "cli/draw.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "cli/lanes.h"
#include "cli/markup.h"

namespace sluice::cli {
namespace {

using revisions::Graph;
using revisions::Node;

const char* marker(const Marks& marks, const revisions::Revision& revision) {
  if (!marks.applied) return "*";
  return marks.is_applied(revision) ? "●" : "○";
}

std::vector<Node> all_of(const Graph& graph) {
  std::vector<Node> nodes(graph.revisions().size());
  std::iota(nodes.begin(), nodes.end(), Node{0});
  return nodes;
}

const char* upright(const Lanes& picture, size_t line) {
  return picture.lines[line].dependency ? "┊" : "│";
}

// The lanes beside a revision's own: those that go on past it.
std::string beside(const Lanes& picture, const Row& row, const char* mark) {
  const auto passes = [&](size_t lane) {
    return row.above[lane] && picture.lines[*row.above[lane]].parent != row.node;
  };
  size_t width = row.above.size();
  while (width > row.lane + 1 && !passes(width - 1)) --width;
  std::string text;
  for (size_t lane = 0; lane < std::max(width, row.lane + 1); ++lane) {
    const bool goes_on = lane < width && passes(lane);
    text += lane == row.lane ? mark : goes_on ? upright(picture, *row.above[lane]) : " ";
    text += ' ';
  }
  return text;
}

// The line above or below a revision on which its lines turn into its lane: `ends` are the lanes
// that turn, all to the right of the revision's.
std::string turn(const Lanes& picture, const std::vector<std::optional<size_t>>& lanes, size_t own,
                 bool goes_on, const std::vector<size_t>& ends, bool joins) {
  std::string text;
  for (size_t lane = 0; lane < std::max(lanes.size(), own + 1); ++lane) {
    const bool inside = lane > own && lane < ends.back();
    const bool is_end = std::ranges::find(ends, lane) != ends.end();
    if (lane == own) {
      text += goes_on ? "├" : joins ? "╭" : "╰";
    } else if (is_end) {
      text += lane == ends.back() ? (joins ? "╯" : "╮") : (joins ? "┴" : "┬");
    } else if (lane < lanes.size() && lanes[lane]) {
      text += inside ? "┼" : upright(picture, *lanes[lane]);
    } else {
      text += inside ? "─" : " ";
    }
    text += lane >= own && lane < ends.back() ? "─" : " ";
  }
  while (text.ends_with(' ')) text.pop_back();
  return text + "\n";
}

// The lanes that begin or end at the row's revision, without its own; whether its own is one.
struct Turns {
  std::vector<size_t> lanes;
  bool own = false;
};

Turns turns_of(const Lanes& picture, const Row& row, bool above) {
  Turns turns;
  const auto& lanes = above ? row.above : row.below;
  for (size_t lane = 0; lane < lanes.size(); ++lane) {
    if (!lanes[lane]) continue;
    const Line& line = picture.lines[*lanes[lane]];
    if ((above ? line.parent : line.child) != row.node) continue;
    if (lane == row.lane) {
      turns.own = true;
    } else {
      turns.lanes.push_back(lane);
    }
  }
  return turns;
}

std::string style_of(const Marks& marks, const revisions::Revision& revision) {
  if (!marks.applied) return "file";
  return marks.is_applied(revision) ? "applied" : "pending";
}

}  // namespace

std::string draw_text(const Graph& graph, std::vector<Node> nodes, const Marks& marks,
                      const std::function<std::string(Node)>& label) {
  const Lanes picture = lay_out(graph, std::move(nodes));
  std::string text;
  for (const Row& row : picture.rows) {
    if (const Turns joins = turns_of(picture, row, true); !joins.lanes.empty())
      text += turn(picture, row.above, row.lane, joins.own, joins.lanes, true);
    text += beside(picture, row, marker(marks, graph.at(row.node))) + label(row.node) + "\n";
    if (const Turns forks = turns_of(picture, row, false); !forks.lanes.empty())
      text += turn(picture, row.below, row.lane, forks.own, forks.lanes, false);
  }
  return text;
}

std::string draw_svg(const Graph& graph, const Marks& marks) {
  constexpr size_t kRow = 28;
  constexpr size_t kLane = 20;
  constexpr size_t kMargin = 20;
  constexpr size_t kLetter = 8;
  const Lanes picture = lay_out(graph, all_of(graph));
  std::vector<const Row*> row_of(graph.revisions().size());
  std::vector<size_t> number(graph.revisions().size());
  size_t longest = 0;
  for (size_t i = 0; i < picture.rows.size(); ++i) {
    const revisions::Revision& revision = graph.at(picture.rows[i].node);
    row_of[picture.rows[i].node] = &picture.rows[i];
    number[picture.rows[i].node] = i;
    longest = std::max(longest, revision.id.size() + revision.message.size() + 12);
  }
  const auto x = [](size_t lane) { return std::to_string(kMargin + lane * kLane); };
  const auto y = [](size_t row) { return kMargin + row * kRow; };
  const size_t text_x = kMargin + std::max<size_t>(picture.width, 1) * kLane;
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" +
      std::to_string(text_x + longest * kLetter + kMargin) + "\" height=\"" +
      std::to_string(2 * kMargin + picture.rows.size() * kRow) +
      "\" font-family=\"monospace\" font-size=\"13\">\n"
      "<title>revisions</title>\n"
      "<style>path{fill:none;stroke:#888;stroke-width:2}"
      ".dependency{stroke-dasharray:4 4}circle{stroke:#333;stroke-width:2}"
      ".applied circle{fill:#2e7d32}.pending circle{fill:#fff}.file circle{fill:#90a4ae}"
      ".pending text{fill:#777}</style>\n";
  for (const Line& line : picture.lines) {
    const size_t top = y(number[line.child]);
    const size_t bottom = y(number[line.parent]);
    svg += "<path";
    if (line.dependency) svg += " class=\"dependency\"";
    svg += " d=\"M" + x(row_of[line.child]->lane) + " " + std::to_string(top) + "L" + x(line.lane) +
           " " + std::to_string(top + kRow / 2) + "L" + x(line.lane) + " " +
           std::to_string(bottom - kRow / 2) + "L" + x(row_of[line.parent]->lane) + " " +
           std::to_string(bottom) + "\"/>\n";
  }
  for (const Row& row : picture.rows) {
    const revisions::Revision& revision = graph.at(row.node);
    const std::string labels = base::join(revision.branch_labels, ", ");
    svg += "<g class=\"" + style_of(marks, revision) + "\"><circle cx=\"" + x(row.lane) +
           "\" cy=\"" + std::to_string(y(number[row.node])) + "\" r=\"6\"/><text x=\"" +
           std::to_string(text_x) + "\" y=\"" + std::to_string(y(number[row.node]) + 4) + "\">" +
           escape_xml(revision.id + (labels.empty() ? "" : " (" + labels + ")") +
                      (marks.applied ? marks.is_applied(revision) ? " applied" : " pending" : "") +
                      (revision.message.empty() ? "" : "  " + revision.message)) +
           "</text></g>\n";
  }
  return svg + "</svg>\n";
}

std::string draw_mermaid(const Graph& graph, const Marks& marks) {
  std::string text = "flowchart BT\n";
  for (Node node = 0; node < graph.revisions().size(); ++node) {
    const revisions::Revision& revision = graph.at(node);
    text += "  r" + std::to_string(node) + "[\"" + escape_mermaid(revision.id);
    if (!revision.branch_labels.empty())
      text += escape_mermaid(" (" + base::join(revision.branch_labels, ", ") + ")");
    if (!revision.message.empty()) text += "<br/>" + escape_mermaid(revision.message);
    text += "\"]:::" + style_of(marks, revision) + "\n";
  }
  for (Node node = 0; node < graph.revisions().size(); ++node)
    for (const Node parent : graph.parents(node)) {
      const bool dependency =
          std::ranges::find(graph.revises(node), parent) == graph.revises(node).end();
      text += "  r" + std::to_string(parent) + (dependency ? " -.-> r" : " --> r") +
              std::to_string(node) + "\n";
    }
  return text +
         "  classDef applied fill:#2e7d32,color:#fff\n"
         "  classDef pending fill:#fff,stroke-dasharray:4 4\n"
         "  classDef file fill:#eceff1\n";
}

}  // namespace sluice::cli
