#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>
#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_status.h"

// Scripts for shells, written from the app's own commands and options.
namespace sluice::cli {
namespace {

enum class Values { None, Words, Files, Directories, Other };

struct Option {
  std::vector<std::string> names;  // with their dashes
  std::string description;
  Values values = Values::None;
  std::vector<std::string> words;
};

struct Command {
  std::string name, description;
  std::vector<Option> options;
  std::vector<std::string> words;  // what a positional argument may be
};

// What a check for membership says of itself: "TEXT:{text,json}".
std::vector<std::string> words_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t open = type.find('{');
  const size_t close = type.rfind('}');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return base::split_list(std::string_view(type).substr(open + 1, close - open - 1), ',');
}

bool is_file_option(const std::string& name) {
  constexpr std::array<std::string_view, 5> kNames{"--spec", "--from", "--to", "--schema",
                                                   "--checks"};
  return name.ends_with("-file") || std::ranges::find(kNames, name) != kNames.end();
}

Option describe(const CLI::Option& option) {
  Option described;
  for (const std::string& name : option.get_lnames()) described.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) described.names.push_back("-" + name);
  described.description = option.get_description();
  if (option.get_items_expected_max() == 0) return described;
  described.words = words_of(option);
  const std::string& name = described.names.front();
  described.values = !described.words.empty() ? Values::Words
                     : name == "--dir"        ? Values::Directories
                     : is_file_option(name)   ? Values::Files
                                              : Values::Other;
  return described;
}

std::vector<Command> describe(const CLI::App& app) {
  std::vector<Command> commands;
  for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
    Command command{each->get_name(), each->get_description(), {}, {}};
    for (const CLI::Option* option : each->get_options()) {
      if (option->get_positional()) {
        command.words = words_of(*option);
        if (option->get_name(true).find("TARGET") != std::string::npos)
          command.words = {"head", "heads", "base"};
      } else {
        command.options.push_back(describe(*option));
      }
    }
    for (const CLI::App* inner : each->get_subcommands([](const CLI::App*) { return true; }))
      command.words.push_back(inner->get_name());
    commands.push_back(std::move(command));
  }
  return commands;
}

// Between single quotes, for all three shells; fish alone reads \' there.
std::string quote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text)
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  return quoted + "'";
}

std::vector<std::string> names_of(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.name);
  return names;
}

std::vector<std::string> words_after(const Command& command) {
  std::vector<std::string> words = command.words;
  for (const Option& option : command.options)
    words.insert(words.end(), option.names.begin(), option.names.end());
  return words;
}

// `  'plan --output'|…) action ;;` for each option that takes a value.
std::string value_cases(const std::vector<Command>& commands, const std::string& files,
                        const std::string& directories, const std::string& words) {
  std::string text;
  for (const Command& command : commands)
    for (const Option& option : command.options) {
      if (option.values == Values::None) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names)
        patterns.push_back(quote(command.name + " " + name));
      text += "    " + base::join(patterns, "|") + ") ";
      if (option.values == Values::Files) text += files;
      if (option.values == Values::Directories) text += directories;
      if (option.values == Values::Words) {
        std::string action = words;
        action.replace(action.find("WORDS"), 5, quote(base::join(option.words, " ")));
        text += action;
      }
      text += (option.values == Values::Other ? "return 0 ;;\n" : "; return 0 ;;\n");
    }
  return text;
}

std::string find_command(const std::vector<Command>& commands, const std::string& words) {
  return "  for word in " + words + "; do\n    case $word in " +
         base::join(names_of(commands), "|") + ") command=$word; break ;; esac\n  done\n";
}

std::string bash(const std::vector<Command>& commands) {
  std::string text =
      "# bash completion of sluice: source <(sluice completion bash)\n"
      "_sluice() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local command= word words=\n"
      "  COMPREPLY=()\n" +
      find_command(commands, "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\"") +
      "  case \"$command $before\" in\n" +
      value_cases(commands, "COMPREPLY=($(compgen -f -- \"$current\"))",
                  "COMPREPLY=($(compgen -d -- \"$current\"))",
                  "COMPREPLY=($(compgen -W WORDS -- \"$current\"))") +
      "  esac\n  case $command in\n    '') words=" + quote(base::join(names_of(commands), " ")) +
      " ;;\n";
  for (const Command& command : commands)
    text +=
        "    " + command.name + ") words=" + quote(base::join(words_after(command), " ")) + " ;;\n";
  return text +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "}\n"
         "complete -F _sluice sluice\n";
}

std::string zsh(const std::vector<Command>& commands) {
  std::string text =
      "#compdef sluice\n"
      "# zsh completion of sluice: source <(sluice completion zsh), or save it as _sluice in "
      "fpath\n"
      "_sluice() {\n"
      "  local before=${words[CURRENT-1]} command= word\n" +
      find_command(commands, "\"${(@)words[2,CURRENT-1]}\"") + "  case \"$command $before\" in\n" +
      value_cases(commands, "_files", "_files -/", "compadd -- ${=:-WORDS}") +
      "  esac\n  case $command in\n    '') compadd -- " + base::join(names_of(commands), " ") +
      " ;;\n";
  // `${=:-'a b'}` would keep the quotes' words together.
  for (size_t at = 0; (at = text.find("${=:-'", at)) != std::string::npos;) {
    const size_t end = text.find("'}", at);
    text.erase(end, 2).erase(at, 6);
  }
  for (const Command& command : commands)
    text +=
        "    " + command.name + ") compadd -- " + base::join(words_after(command), " ") + " ;;\n";
  return text +
         "  esac\n"
         "}\n"
         "if [ \"${funcstack[1]}\" = _sluice ]; then _sluice \"$@\"; else compdef _sluice sluice; "
         "fi\n";
}

std::string fish(const std::vector<Command>& commands) {
  std::string text = "# fish completion of sluice: sluice completion fish | source\n";
  const std::string names = base::join(names_of(commands), " ");
  text += "complete -c sluice -f\n";
  for (const Command& command : commands) {
    text += "complete -c sluice -n " + quote("not __fish_seen_subcommand_from " + names) + " -a " +
            command.name + " -d " + quote(command.description) + "\n";
    const std::string condition =
        "complete -c sluice -n " + quote("__fish_seen_subcommand_from " + command.name);
    if (!command.words.empty())
      text += condition + " -a " + quote(base::join(command.words, " ")) + "\n";
    for (const Option& option : command.options) {
      text += condition;
      for (const std::string& name : option.names)
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      // -r alone would offer files.
      if (option.values == Values::Files) text += " -r -F";
      if (option.values != Values::Files && option.values != Values::None) text += " -x";
      if (option.values == Values::Directories) text += " -a '(__fish_complete_directories)'";
      if (option.values == Values::Words) text += " -a " + quote(base::join(option.words, " "));
      text += " -d " + quote(option.description) + "\n";
    }
  }
  return text;
}

}  // namespace

void add_completion_command(CLI::App& app, int& status) {
  const auto shell = std::make_shared<std::string>();
  CLI::App& command = *app.add_subcommand("completion", "Print a script that completes commands");
  command.add_option("SHELL", *shell, "which")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command.footer(
      "Examples:\n"
      "  source <(sluice completion bash)\n"
      "  sluice completion fish > ~/.config/fish/completions/sluice.fish");
  command.callback([shell, &app, &status] {
    const std::vector<Command> commands = describe(app);
    std::cout << (*shell == "bash"  ? bash(commands)
                  : *shell == "zsh" ? zsh(commands)
                                    : fish(commands));
    status = kDone;
  });
}

}  // namespace sluice::cli
