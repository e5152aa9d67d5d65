#include "runner/report.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/json_field.h"
#include "base/text.h"

namespace sluice::runner {
namespace {

using base::JsonField;
using nlohmann::json;
using nlohmann::ordered_json;

// The JSON of the message's beginning for which lists are given up: a file, a line and a cause.
constexpr size_t kLeastMessage = 256;
// Texts that must survive have at most this size when all else did not help.
constexpr size_t kMostName = 96;
constexpr size_t kMostDrift = 320;

std::string dump(const ordered_json& object) {
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// Without bytes that are no UTF-8, so that cutting between characters is possible.
std::string valid_utf8(const std::string& text) {
  return json::parse(dump(ordered_json(text))).get<std::string>();
}

// Of a list of examples as many as have room.
void keep_first(std::vector<std::string>& list, size_t limit) {
  size_t used = 0, kept = 0;
  while (kept < list.size() && (used += dump(list[kept]).size() + 1) <= limit) ++kept;
  list.resize(kept);
}

// As much of the beginning of `text` as JSON writes in `limit` bytes, quotes included.
std::string clip(const std::string& text, size_t limit) {
  size_t room = std::min(text.size(), limit);
  std::string clipped = base::truncate_utf8(text, room);
  while (room > 0 && dump(clipped).size() > limit) clipped = base::truncate_utf8(text, --room);
  return clipped;
}

// Cuts the message until the report fits, unless less than `least` bytes of its JSON would remain.
bool fit_message(Report& report, size_t least) {
  const std::string whole = std::exchange(report.message, "");
  const size_t used = to_json(report).size() + std::string_view(R"("message":,)").size();
  const size_t room = kMaxTerminationMessage - std::min(kMaxTerminationMessage, used);
  const size_t wanted = std::min(dump(whole).size(), least);
  report.message = wanted <= room ? clip(whole, room) : whole;
  return wanted <= room;
}

}  // namespace

std::string to_json(const Report& report) {
  ordered_json object = {{"run", report.run},
                         {"digest", report.digest},
                         {"succeeded", report.succeeded},
                         {"stage", report.stage}};
  if (!report.reason.empty()) object["reason"] = report.reason;
  if (!report.message.empty()) object["message"] = report.message;
  if (report.retry) object["retry"] = true;
  if (report.heads) object["heads"] = *report.heads;
  if (!report.known.empty()) object["known"] = report.known;
  if (!report.target.empty()) object["target"] = report.target;
  object["pending"] = report.pending;
  object["applied"] = report.applied;
  if (!report.plan_digest.empty()) object["planDigest"] = report.plan_digest;
  if (report.backup)
    object["backup"] = {{"archive", report.backup->archive},
                        {"bytes", report.backup->bytes},
                        {"seconds", report.backup->seconds}};
  if (!report.drift.empty()) object["drift"] = report.drift;
  if (report.shortened) object["shortened"] = true;
  return dump(object);
}

std::string to_termination_message(const Report& report) {
  Report fitted = report;
  fitted.message = valid_utf8(report.message);
  keep_first(fitted.drift, kMostDrift);
  if (fit_message(fitted, kLeastMessage)) return to_json(fitted);

  // A part of a list would read as a whole one: it goes as a whole, and `shortened` says so.
  fitted.shortened = true;
  const std::array<void (*)(Report&), 5> give_up = {
      [](Report& it) { it.target.clear(); }, [](Report& it) { it.heads.reset(); },
      [](Report& it) { it.known.clear(); }, [](Report& it) { it.backup.reset(); },
      [](Report& it) { it.drift.clear(); }};
  for (const auto& drop : give_up) {
    drop(fitted);
    if (fit_message(fitted, kLeastMessage)) return to_json(fitted);
  }
  for (std::string* name : {&fitted.run, &fitted.digest, &fitted.stage, &fitted.reason})
    *name = clip(valid_utf8(*name), kMostName);
  fitted.plan_digest.clear();
  fit_message(fitted, kLeastMessage);
  return to_json(fitted);
}

Report report_from_json(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  const JsonField root(document, "", "ReportInvalid", "the run's report");
  if (document.is_discarded()) root.refuse("is not JSON");
  constexpr int64_t kMostCount = 4294967295;
  Report report;
  report.run = root.at("run").text();
  report.digest = root.at("digest").text();
  report.succeeded = root.at("succeeded").boolean();
  report.stage = root.at("stage").text();
  if (const auto field = root.find("reason")) report.reason = field->text();
  if (const auto field = root.find("message")) report.message = field->text();
  if (const auto field = root.find("retry")) report.retry = field->boolean();
  if (const auto field = root.find("heads")) report.heads = field->texts();
  if (const auto field = root.find("known")) report.known = field->texts();
  if (const auto field = root.find("target")) report.target = field->texts();
  if (const auto field = root.find("pending"))
    report.pending = static_cast<uint32_t>(field->number(0, kMostCount));
  if (const auto field = root.find("applied"))
    report.applied = static_cast<uint32_t>(field->number(0, kMostCount));
  if (const auto field = root.find("planDigest")) report.plan_digest = field->text();
  if (const auto field = root.find("backup"))
    report.backup = BackupReport{field->at("archive").text(),
                                 static_cast<uint64_t>(field->at("bytes").number(0, INT64_MAX)),
                                 field->at("seconds").real()};
  if (const auto field = root.find("drift")) report.drift = field->texts();
  if (const auto field = root.find("shortened")) report.shortened = field->boolean();
  return report;
}

}  // namespace sluice::runner
