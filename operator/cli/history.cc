#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/describe.h"
#include "cli/draw.h"
#include "cli/exit_status.h"
#include "cli/history_range.h"
#include "cli/standing.h"
#include "revisions/target.h"

namespace sluice::cli {
namespace {

using nlohmann::ordered_json;
using revisions::Graph;
using revisions::Node;

constexpr const char* kWhole = ":";

struct LookOptions {
  CommonOptions common;
  bool verbose = false;
  bool resolve_dependencies = false;
  bool indicate_current = false;
  bool draw = false;
  std::string range = kWhole;
  std::string at;
  std::string revision;
  std::string picture = "text";
};

Standing standing_of(const Graph& graph, const LookOptions& options) {
  return options.at.empty() ? standing_of_database(options.common) : standing_at(graph, options.at);
}

// What a picture marks, when it is known.
std::optional<Standing> known_standing(const Graph& graph, const LookOptions& options) {
  if (options.at.empty() && !names_database(options.common)) return std::nullopt;
  return standing_of(graph, options);
}

void print_list(const LookOptions& options, const Describer& describer,
                const std::vector<Node>& nodes, bool parents) {
  if (options.common.json()) {
    ordered_json list = ordered_json::array();
    for (const Node node : nodes) list.push_back(describer.json(node));
    print({{"revisions", list}});
    return;
  }
  for (const Node node : nodes)
    std::cout << (options.verbose ? describer.entry(node)
                                  : describer.line(node, parents, parents, parents) + "\n");
}

const revisions::Revision* repeatable(const Graph& graph, const std::string& id) {
  const auto found = std::ranges::find(graph.repeatables(), id, &revisions::Revision::id);
  return found == graph.repeatables().end() ? nullptr : &*found;
}

// They run after all others. No range holds them.
void print_repeatables(const Graph& graph, const LookOptions& options) {
  for (const revisions::Revision& revision : graph.repeatables())
    std::cout << (options.verbose ? repeatable_entry(revision) : repeatable_line(revision) + "\n");
}

// With what is applied, where that is known.
void print_json(const Graph& graph, const Describer& describer, const std::vector<Node>& nodes,
                const std::optional<Standing>& standing) {
  ordered_json list = ordered_json::array();
  for (const Node node : nodes) {
    list.push_back(describer.json(node));
    if (!standing) continue;
    const std::string& id = graph.at(node).id;
    list.back()["applied"] = standing->applied.contains(id);
    list.back()["current"] = std::ranges::find(standing->heads, id) != standing->heads.end();
  }
  ordered_json repeatables = ordered_json::array();
  for (const revisions::Revision& revision : graph.repeatables())
    repeatables.push_back(repeatable_json(revision));
  print({{"revisions", list}, {"repeatables", repeatables}});
}

int heads(const LookOptions& options) {
  const Graph graph(load(options.common));
  std::vector<Node> nodes;
  for (const std::string& id :
       options.resolve_dependencies ? graph.effective_heads() : graph.heads())
    nodes.push_back(*graph.find(id));
  print_list(options, Describer(graph), nodes, false);
  return kDone;
}

int branches(const LookOptions& options) {
  const Graph graph(load(options.common));
  const Describer describer(graph);
  std::vector<std::string> points = graph.branch_points();
  std::ranges::reverse(points);
  std::vector<Node> nodes;
  for (const std::string& id : points) nodes.push_back(*graph.find(id));
  if (options.common.json()) {
    print_list(options, describer, nodes, false);
    return kDone;
  }
  for (const Node node : nodes) {
    std::cout << (options.verbose ? describer.entry(node)
                                  : describer.line(node, false, true, false) + "\n");
    for (const Node child : graph.revised_by(node))
      std::cout << std::string(graph.at(node).id.size(), ' ') << " -> "
                << describer.line(child, false, true, options.verbose) << "\n";
    std::cout << "\n";
  }
  return kDone;
}

int show(const LookOptions& options) {
  const Graph graph(load(options.common));
  if (const revisions::Revision* const found = repeatable(graph, options.revision)) {
    if (options.common.json()) {
      print({{"revisions", ordered_json::array({repeatable_json(*found)})}});
    } else {
      std::cout << repeatable_entry(*found);
    }
    return kDone;
  }
  std::vector<Node> nodes;
  if (options.revision == "current") {
    for (const std::string& id : standing_of(graph, options).heads) {
      const std::optional<Node> node = graph.find(id);
      if (!node)
        throw base::Error(base::ErrorKind::Invalid, "TargetUnknown",
                          "the database stands at " + id + ", which no file has",
                          "use the files with which the database was migrated");
      nodes.push_back(*node);
    }
  } else {
    nodes = revisions::nodes_of(graph, target_of(options.revision));
  }
  const Describer describer(graph);
  if (options.common.json()) {
    print_list(options, describer, nodes, false);
    return kDone;
  }
  for (const Node node : nodes) std::cout << describer.entry(node);
  return kDone;
}

int history(const LookOptions& options) {
  const Graph graph(load(options.common));
  std::optional<Standing> standing;
  if (options.indicate_current || needs_current(options.range)) {
    standing = standing_of(graph, options);
  } else if (options.draw || !options.at.empty()) {
    standing = known_standing(graph, options);
  }
  const std::vector<Node> nodes =
      nodes_in_range(graph, options.range, standing.value_or(Standing()));
  std::set<std::string> current;
  if (standing && (options.indicate_current || options.draw))
    current.insert(standing->heads.begin(), standing->heads.end());
  const Describer describer(graph, current);
  if (options.draw && !options.common.json()) {
    Marks marks;
    if (standing) marks.applied = standing->applied;
    std::cout << draw_text(graph, nodes, marks,
                           [&](Node node) { return describer.line(node, false, false, true); });
    return kDone;
  }
  if (options.common.json()) {
    print_json(graph, describer, nodes, standing);
  } else {
    if (options.range == kWhole) print_repeatables(graph, options);
    print_list(options, describer, nodes, true);
  }
  return kDone;
}

int graph_picture(const LookOptions& options) {
  const Graph graph(load(options.common));
  const std::optional<Standing> standing = known_standing(graph, options);
  std::vector<Node> nodes(graph.revisions().size());
  std::iota(nodes.rbegin(), nodes.rend(), Node{0});
  Marks marks;
  if (standing) marks.applied = standing->applied;
  if (options.common.json()) {
    print_json(graph, Describer(graph), nodes, standing);
  } else if (options.picture == "svg") {
    std::cout << draw_svg(graph, marks);
  } else if (options.picture == "mermaid") {
    std::cout << draw_mermaid(graph, marks);
  } else {
    const Describer describer(graph);
    std::cout << draw_text(graph, nodes, marks,
                           [&](Node node) { return describer.line(node, false, false, true); });
  }
  return kDone;
}

using Do = int (*)(const LookOptions&);

CLI::App& add(CLI::App& app, int& status, const char* name, const char* description, Do action,
              const std::shared_ptr<LookOptions>& options) {
  CLI::App& command = *app.add_subcommand(name, description);
  command.callback([options, action, &status] { status = action(*options); });
  return command;
}

void add_files_options(CLI::App& command, CommonOptions& options) {
  add_directory_option(command, options);
  add_format_option(command, options, "--format");
  add_output_option(command, options);
}

void add_at(CLI::App& command, LookOptions& options) {
  command.add_option("--at", options.at,
                     "as if the database stood at these heads (with commas), or at `base`");
}

}  // namespace

void add_history_commands(CLI::App& app, int& status) {
  {
    const auto options = std::make_shared<LookOptions>();
    CLI::App& command =
        add(app, status, "heads", "List the newest revisions of the files", heads, options);
    add_files_options(command, options->common);
    command.add_flag("-v,--verbose", options->verbose, "all that the files say of them");
    command.add_flag("--resolve-dependencies", options->resolve_dependencies,
                     "leave out those that another one depends on");
    command.footer("Example:\n  sluice heads --verbose");
  }
  {
    const auto options = std::make_shared<LookOptions>();
    CLI::App& command =
        add(app, status, "branches", "List where the files fork", branches, options);
    add_files_options(command, options->common);
    command.add_flag("-v,--verbose", options->verbose, "all that the files say of them");
    command.footer("Example:\n  sluice branches");
  }
  {
    const auto options = std::make_shared<LookOptions>();
    CLI::App& command = add(app, status, "show", "Show one revision", show, options);
    add_common_options(command, options->common);
    add_at(command, *options);
    command
        .add_option("REVISION", options->revision,
                    "id, prefix, head, heads, label, current; or the name of a repeatable one")
        ->required();
    command.footer("Examples:\n  sluice show head\n  sluice show 3f2a\n  sluice show current");
  }
  {
    const auto options = std::make_shared<LookOptions>();
    CLI::App& command = add(app, status, "history", "List the revisions of the files, newest first",
                            history, options);
    add_common_options(command, options->common);
    add_at(command, *options);
    command.add_option("-r,--rev-range", options->range,
                       "START:END, START: or :END; ids, -N, +N, current");
    command.add_flag("-v,--verbose", options->verbose, "all that the files say of them");
    command.add_flag("-i,--indicate-current", options->indicate_current,
                     "mark where the database stands");
    command.add_flag("--graph", options->draw,
                     "draw the graph, with what is applied where a database is named");
    command.footer(
        "Examples:\n"
        "  sluice history --graph\n"
        "  sluice history -r -2:current       # from two before the current revision\n"
        "  sluice history -r current: --verbose   # what is not applied yet");
  }
  {
    const auto options = std::make_shared<LookOptions>();
    CLI::App& command =
        add(app, status, "graph", "Draw the revision graph", graph_picture, options);
    add_database_options(command, options->common);
    add_directory_option(command, options->common);
    add_format_option(command, options->common, "--files-format");
    add_output_option(command, options->common);
    add_at(command, *options);
    command.add_option("--format", options->picture, "text, svg or mermaid")
        ->capture_default_str()
        ->check(CLI::IsMember({"text", "svg", "mermaid"}));
    command.footer(
        "What is applied is marked when --database-url, DATABASE_URL or --at says it.\n"
        "Examples:\n"
        "  sluice graph\n"
        "  sluice graph --format svg > revisions.svg\n"
        "  sluice graph --format mermaid --at 3f2a9c1b7d04");
  }
}

}  // namespace sluice::cli
