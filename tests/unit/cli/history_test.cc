#include <gmock/gmock.h>

#include "base/subprocess.h"
#include "tests/unit/cli/files.h"

namespace sluice::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class History : public Files {
 protected:
  // "c b a", or the reason of the error.
  std::string range(const std::string& text, const std::string& at = "base") const {
    const nlohmann::json answer =
        sluice({"history", "-r", text, "--at", at, "DIR", "--output", "json"}).json();
    if (answer.contains("error")) return answer.at("error").at("reason");
    std::string ids;
    for (const nlohmann::json& each : answer.at("revisions"))
      ids += (ids.empty() ? "" : " ") + each.at("revision").get<std::string>();
    return ids;
  }
  void line() const {
    revision("aaaa1");
    revision("bbbb1", "aaaa1");
    revision("cccc1", "bbbb1");
    revision("dddd1", "cccc1");
  }
};

TEST_F(History, Ranges) {
  line();
  struct Case {
    const char* range;
    const char* at;
    const char* expected;
  };
  const std::vector<Case> cases{
      {":", "base", "dddd1 cccc1 bbbb1 aaaa1"},
      {"bbbb1:cccc1", "base", "cccc1 bbbb1"},
      {"bbbb1:", "base", "dddd1 cccc1 bbbb1"},
      {":bbbb1", "base", "bbbb1 aaaa1"},
      {"base:head", "base", "dddd1 cccc1 bbbb1 aaaa1"},
      {"-2:current", "cccc1", "cccc1 bbbb1 aaaa1"},
      {"-1:current", "cccc1", "cccc1 bbbb1"},
      {"-9:current", "cccc1", "cccc1 bbbb1 aaaa1"},
      {"current:+1", "bbbb1", "cccc1 bbbb1"},
      {"current:+9", "bbbb1", "dddd1 cccc1 bbbb1"},
      {"current:", "cccc1", "dddd1 cccc1"},
      {":current", "base", ""},
      {"bbbb1:+1", "base", "cccc1 bbbb1"},
      {"-1:head", "base", "dddd1 cccc1"},
      {"head-1:", "base", "dddd1 cccc1"},
      {"cccc1:bbbb1", "base", "RangeInvalid"},
      {"bbbb1", "base", "RangeInvalid"},
      {"a:b:c", "base", "RangeInvalid"},
      {"+1:cccc1", "base", "RangeInvalid"},
      {"-1:+1", "base", "RangeInvalid"},
      {"nope:", "base", "TargetUnknown"},
  };
  for (const Case& test : cases) EXPECT_EQ(range(test.range, test.at), test.expected) << test.range;
}

TEST_F(History, ReadsAsAlembics) {
  fork();
  EXPECT_EQ(sluice({"history", "DIR"}).output,
            "aaaa1 (bbbb1) -> cccc1 (right) (head), make cccc1\n"
            "aaaa1 -> bbbb1 (left) (effective head), make bbbb1\n"
            "<base> -> aaaa1 (branchpoint), make aaaa1\n");
  EXPECT_EQ(sluice({"heads", "DIR"}).output,
            "bbbb1 (left) (effective head)\ncccc1 (right) (head)\n");
  EXPECT_EQ(sluice({"heads", "--resolve-dependencies", "DIR"}).output, "cccc1 (right) (head)\n");
  EXPECT_EQ(sluice({"branches", "DIR"}).output,
            "aaaa1 (branchpoint)\n"
            "      -> bbbb1 (left) (effective head)\n"
            "      -> cccc1 (right) (head)\n\n");
  EXPECT_EQ(sluice({"show", "right", "DIR"}).output,
            "Rev: cccc1 (head)\nParent: aaaa1\nAlso depends on: bbbb1\nBranch names: right\n"
            "Path: cccc1_cccc1.sql\n\n    make cccc1\n\n");
  EXPECT_THAT(sluice({"show", "current", "--at", "bbbb1", "DIR"}).output, HasSubstr("Rev: bbbb1"));
  EXPECT_EQ(sluice({"history", "--verbose", "-r", ":aaaa1", "DIR"}).output,
            "Rev: aaaa1 (branchpoint)\nParent: <base>\nBranches into: bbbb1, cccc1\n"
            "Path: aaaa1_aaaa1.sql\n\n    make aaaa1\n\n");
  EXPECT_THAT(sluice({"history", "--indicate-current", "--at", "bbbb1", "DIR"}).output,
              HasSubstr("bbbb1 (left) (effective head) (current), make bbbb1"));
}

TEST_F(History, RepeatableRevisionsStandAboveAllOthers) {
  fork();
  std::ofstream(directory_ / "r_views.sql")
      << "-- repeatable: views\n-- message: the views\n-- migrate:up\nCREATE VIEW v AS SELECT 1;\n";
  EXPECT_THAT(sluice({"history", "DIR"}).output,
              StartsWith("views (repeatable), the views\naaaa1 (bbbb1) -> cccc1"));
  EXPECT_THAT(sluice({"history", "-r", "aaaa1:bbbb1", "DIR"}).output, Not(HasSubstr("views")));
  EXPECT_EQ(sluice({"show", "views", "DIR"}).output,
            "Rev: views (repeatable)\nPath: r_views.sql\n\n    the views\n\n");
  const nlohmann::json answer = sluice({"history", "DIR", "--output", "json"}).json();
  EXPECT_EQ(answer.at("revisions").size(), 3U);
  EXPECT_EQ(answer.at("repeatables").at(0).at("revision"), "views");
}

TEST_F(History, JsonHasTheFacts) {
  fork();
  const nlohmann::json head = sluice({"show", "cccc1", "DIR", "--output", "json"}).json();
  const nlohmann::json& facts = head.at("revisions").at(0);
  EXPECT_EQ(facts.at("revises"), nlohmann::json::array({"aaaa1"}));
  EXPECT_EQ(facts.at("dependsOn"), nlohmann::json::array({"bbbb1"}));
  EXPECT_EQ(facts.at("branchLabels"), nlohmann::json::array({"right"}));
  EXPECT_EQ(facts.at("head"), true);
  const nlohmann::json graph =
      sluice({"graph", "--at", "bbbb1", "DIR", "--output", "json"}).json().at("revisions");
  EXPECT_EQ(graph.size(), 3U);
  EXPECT_EQ(graph.at(0).at("revision"), "cccc1");
  EXPECT_EQ(graph.at(0).at("applied"), false);
  EXPECT_EQ(graph.at(1).at("current"), true);
}

TEST_F(History, GraphAsText) {
  fork();
  revision("dddd1", "bbbb1, cccc1");
  EXPECT_EQ(sluice({"graph", "--at", "bbbb1", "DIR"}).output,
            "○ dddd1 (left, right) (head), make dddd1\n"
            "├─╮\n"
            "│ ○ cccc1 (right), make cccc1\n"
            "│ ├─╮\n"
            "├─┼─╯\n"
            "● │ bbbb1 (left), make bbbb1\n"
            "├─╯\n"
            "● aaaa1, make aaaa1\n");
  EXPECT_EQ(sluice({"history", "--graph", "--at", "bbbb1", "-r", "aaaa1:bbbb1", "DIR"}).output,
            "● bbbb1 (left) (current), make bbbb1\n"
            "● aaaa1, make aaaa1\n")
      << "what is not in the range is not drawn";
  EXPECT_EQ(sluice({"graph", "DIR"}).output.substr(0, 2), "* ");
}

TEST_F(History, GraphShowsDependenciesAsBrokenLines) {
  revision("aaaa1");
  revision("bbbb1", "aaaa1");
  revision("xxxx1", "", {"depends-on: aaaa1"});
  EXPECT_EQ(sluice({"graph", "DIR"}).output,
            "* xxxx1 (head), make xxxx1\n"
            "┊ * bbbb1 (head), make bbbb1\n"
            "├─╯\n"
            "* aaaa1, make aaaa1\n");
}

TEST_F(History, PicturesEscapeWhatAMessageSays) {
  revision("aaaa1", "", {}, "<b>\"x\" & 'y' ]]> #1;");
  revision("bbbb1", "aaaa1", {}, "no character of XML: \xEF\xBF\xBE\xEF\xBF\xBF");
  const Ran svg = sluice({"graph", "--format", "svg", "--at", "aaaa1", "DIR"});
  std::ofstream(root_ / "graph.svg") << svg.output;
  EXPECT_THAT(svg.output, HasSubstr("&lt;b&gt;&quot;x&quot; &amp; 'y' ]]&gt; #1;"));
  EXPECT_THAT(svg.output, HasSubstr("class=\"applied\""));
  EXPECT_THAT(svg.output, HasSubstr("class=\"pending\""));
  const base::CommandResult parsed =
      base::run({{"/usr/bin/python3", "-c",
                  "import sys, xml.dom.minidom as m; print(m.parse(sys.argv[1]).documentElement"
                  ".tagName)",
                  (root_ / "graph.svg").string()},
                 {}});
  EXPECT_EQ(parsed.output, "svg\n") << parsed.errors;
  const std::string mermaid = sluice({"graph", "--format", "mermaid", "DIR"}).output;
  EXPECT_TRUE(mermaid.starts_with("flowchart BT\n"));
  EXPECT_THAT(mermaid, HasSubstr("#60;b#62;#34;x#34; #38; 'y' #93;#93;#62; #35;1#59;"));
  EXPECT_THAT(mermaid, HasSubstr("r0 --> r1"));
}

TEST_F(History, BashCompletesCommandsOptionsAndValues) {
  std::ofstream(root_ / "sluice.bash") << sluice({"completion", "bash"}).output;
  const auto complete = [&](const std::string& words, int at) {
    const base::CommandResult done = base::run(
        {{"bash", "-c",
          "set -eu; source " + (root_ / "sluice.bash").string() + "; COMP_WORDS=(" + words +
              "); COMP_CWORD=" + std::to_string(at) + "; _sluice; echo \"${COMPREPLY[@]}\""},
         {}});
    EXPECT_EQ(done.status, 0) << done.errors;
    return done.output;
  };
  EXPECT_EQ(complete("sluice downg", 1), "downgrade\n");
  EXPECT_EQ(complete("sluice plan --do", 2), "--down\n");
  EXPECT_EQ(complete("sluice plan --output ''", 3), "text json\n");
  EXPECT_EQ(complete("sluice graph --format s", 3), "svg\n");
  EXPECT_EQ(complete("sluice upgrade hea", 2), "head heads\n");
  EXPECT_EQ(complete("sluice completion f", 2), "fish\n");
  EXPECT_EQ(complete("sluice heads --dir " + directory_.string().substr(0, 12), 3).find("text"),
            std::string::npos);
}

TEST_F(History, FishCompletesCommandsOptionsAndValues) {
  std::ofstream(root_ / "sluice.fish") << sluice({"completion", "fish"}).output;
  const auto complete = [&](const std::string& line) {
    const base::CommandResult done =
        base::run({{"fish", "--no-config", "-c",
                    "source " + (root_ / "sluice.fish").string() + "; complete -C '" + line +
                        "' | string replace -r '\t.*' ''"},
                   {{"HOME", root_.string()}}});
    EXPECT_EQ(done.status, 0) << done.errors;
    return done.output;
  };
  EXPECT_EQ(complete("sluice downg"), "downgrade\n");
  EXPECT_EQ(complete("sluice plan --do"), "--down\n");
  EXPECT_EQ(complete("sluice plan --output "), "json\ntext\n");
  EXPECT_EQ(complete("sluice graph --format s"), "svg\n");
}

// At a terminal of its own, as a person types it; a function in place of the program says what came
// to stand in the line.
TEST_F(History, ZshCompletesCommandsOptionsAndValues) {
  std::ofstream(root_ / "_sluice") << sluice({"completion", "zsh"}).output;
  const auto typed = [&](const std::string& line) {
    const std::filesystem::path told = root_ / "told";
    std::filesystem::remove(told);
    std::ofstream(root_ / "terminal.zsh")
        << "zmodload zsh/zpty\n"
           "zpty terminal zsh -f -i\n"
           "zpty -w terminal 'autoload -U compinit; compinit -u -D; source "
        << (root_ / "_sluice").string() << "; sluice() { print -r -- $* > " << told.string()
        << "; exit }'\n"
        << "zpty -w terminal $'" << line << "'\n"
        << "while zpty -r terminal output; do :; done\n";
    const base::CommandResult done =
        base::run({{"timeout", "20", "zsh", "-f", (root_ / "terminal.zsh").string()},
                   {{"HOME", root_.string()}, {"TERM", "dumb"}}});
    std::ifstream file(told);
    return std::string(std::istreambuf_iterator<char>(file), {}) + done.errors;
  };
  EXPECT_EQ(typed("sluice downg\\t-1"), "downgrade -1\n");
  EXPECT_EQ(typed("sluice plan --do\\thead"), "plan --down head\n");
  EXPECT_EQ(typed("sluice graph --fo\\ts\\t"), "graph --format svg\n");
}

TEST_F(History, EveryCommandIsCompletedInEveryShell) {
  const std::string help = sluice({"--help"}).output;
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = sluice({"completion", shell}).output;
    for (const char* command :
         {"upgrade", "downgrade", "history", "stamp", "import", "completion"}) {
      EXPECT_THAT(help, HasSubstr(command));
      EXPECT_THAT(script, HasSubstr(command)) << shell;
    }
  }
}

}  // namespace
}  // namespace sluice::cli
