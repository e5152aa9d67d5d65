#include "lint/report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace sluice::lint {
namespace {

using nlohmann::ordered_json;

size_t count(const std::vector<Finding>& findings, Level level) {
  return static_cast<size_t>(std::ranges::count(findings, level, &Finding::level));
}

std::string indented(std::string_view text, std::string_view by) {
  std::string lines(by);
  for (const char c : text) {
    lines += c;
    if (c == '\n') lines += by;
  }
  return lines;
}

// RFC 3986: what is neither unreserved nor a slash is written as %XX.
std::string as_uri(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += kHex[byte >> 4U];
      uri += kHex[byte & 0xFU];
    }
  }
  return uri;
}

std::string sarif_level(Level level) {
  return level == Level::Off ? "none" : std::string(to_string(level));
}

ordered_json sarif_rule(const Rule& rule) {
  const std::string help = std::string(rule.why) + " Instead: " + std::string(rule.remedy);
  return {{"id", rule.name},
          {"name", rule.name},
          {"shortDescription", {{"text", rule.title}}},
          {"fullDescription", {{"text", rule.why}}},
          {"help",
           {{"text", help},
            {"markdown", std::string(rule.why) + "\n\n**Instead:** " + std::string(rule.remedy)}}},
          {"defaultConfiguration",
           {{"enabled", rule.level != Level::Off}, {"level", sarif_level(rule.level)}}},
          {"properties", {{"category", to_string(rule.category)}}}};
}

ordered_json sarif_result(const Finding& finding) {
  ordered_json region{{"startLine", finding.line}, {"startColumn", finding.column}};
  if (!finding.excerpt.empty()) region["snippet"] = {{"text", finding.excerpt}};
  return {{"ruleId", rule(finding.rule).name},
          {"ruleIndex", static_cast<size_t>(finding.rule)},
          {"level", sarif_level(finding.level)},
          {"message", {{"text", finding.message + "\nInstead:\n" + finding.instead}}},
          {"locations",
           {{{"physicalLocation",
              {{"artifactLocation", {{"uri", as_uri(finding.file)}}}, {"region", region}}}}}}};
}

// Of the text after the second `::`; properties need two more.
std::string escape_data(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%') {
      escaped += "%25";
    } else if (c == '\r') {
      escaped += "%0D";
    } else if (c == '\n') {
      escaped += "%0A";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string escape_property(std::string_view text) {
  std::string escaped;
  for (const char c : escape_data(text)) {
    if (c == ':') {
      escaped += "%3A";
    } else if (c == ',') {
      escaped += "%2C";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string_view command_of(Level level) {
  if (level == Level::Note) return "notice";
  return to_string(level);
}

}  // namespace

std::string as_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    const Rule& about = rule(finding.rule);
    text += finding.file + ":" + std::to_string(finding.line) + ":" +
            std::to_string(finding.column) + ": " + std::string(to_string(finding.level)) + ": " +
            std::string(about.name) + ": " + finding.message + "\n";
    if (!finding.excerpt.empty()) text += "    " + finding.excerpt + "\n";
    text += "  why: " + std::string(about.why) + "\n  instead:\n" +
            indented(finding.instead, "    ") + "\n\n";
  }
  if (findings.empty()) return "nothing found\n";
  return text + base::counted(count(findings, Level::Error), "error") + ", " +
         base::counted(count(findings, Level::Warning), "warning") + ", " +
         base::counted(count(findings, Level::Note), "note") + "\n";
}

ordered_json as_json(const std::vector<Finding>& findings) {
  ordered_json list = ordered_json::array();
  for (const Finding& finding : findings) list.push_back(to_json(finding));
  return {{"findings", list},
          {"summary",
           {{"error", count(findings, Level::Error)},
            {"warning", count(findings, Level::Warning)},
            {"note", count(findings, Level::Note)}}}};
}

ordered_json as_sarif(const std::vector<Finding>& findings, std::string_view version) {
  ordered_json described = ordered_json::array();
  for (const Rule& rule : rules()) described.push_back(sarif_rule(rule));
  ordered_json results = ordered_json::array();
  for (const Finding& finding : findings) results.push_back(sarif_result(finding));
  return {
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs",
       {{{"tool", {{"driver", {{"name", "sluice"}, {"version", version}, {"rules", described}}}}},
         {"columnKind", "unicodeCodePoints"},
         {"results", results}}}}};
}

std::string as_github(const std::vector<Finding>& findings) {
  std::string lines;
  for (const Finding& finding : findings)
    lines += "::" + std::string(command_of(finding.level)) +
             " file=" + escape_property(finding.file) + ",line=" + std::to_string(finding.line) +
             ",col=" + std::to_string(finding.column) +
             ",title=" + escape_property(rule(finding.rule).name) +
             "::" + escape_data(finding.message + "\nInstead:\n" + finding.instead) + "\n";
  return lines;
}

}  // namespace sluice::lint
