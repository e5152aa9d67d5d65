#include "archive/manifest.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json_field.h"

namespace sluice::archive {
namespace {

using base::JsonField;
using nlohmann::json;
using nlohmann::ordered_json;

// Over sorted keys without white space, so that it does not depend on how the document is laid out.
std::string checksum_of(json document) {
  document.erase("checksum");
  return base::sha256(document.dump(-1, ' ', false, json::error_handler_t::replace));
}

base::Timestamp time_of(const JsonField& field) {
  const auto time = base::from_rfc3339(field.text());
  if (!time) field.refuse("must be a time, like 2026-11-21T10:00:00Z");
  return *time;
}

uint64_t bytes_of(const JsonField& field) {
  return static_cast<uint64_t>(field.number(0, INT64_MAX));
}

// A manifest comes from a volume that others write to: it may not lead out of its directory.
std::string inner_path(const JsonField& field) {
  const std::filesystem::path path = field.filled_text();
  if (path.is_absolute() || path.string() != path.lexically_normal().string() ||
      *path.begin() == ".." || *path.begin() == ".")
    field.refuse("must be a path inside the archive");
  return path.string();
}

ArchivedFile file_of(const JsonField& field) {
  return {inner_path(field.at("path")), bytes_of(field.at("bytes")), field.at("sha256").text()};
}

}  // namespace

std::string to_json(const Manifest& manifest) {
  ordered_json files = ordered_json::array();
  for (const ArchivedFile& file : manifest.files)
    files.push_back({{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  ordered_json document = {{"format", kManifestFormat},
                           {"archive", manifest.archive},
                           {"run", manifest.run},
                           {"created", base::to_rfc3339(manifest.created)},
                           {"finished", base::to_rfc3339(manifest.finished)},
                           {"serverVersion", manifest.server_version},
                           {"toolVersion", manifest.tool_version},
                           {"database", manifest.database},
                           {"heads", manifest.heads},
                           {"bytes", manifest.bytes},
                           {"files", files}};
  document["checksum"] = checksum_of(document);
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

Manifest manifest_from_json(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  const JsonField root(document, "", "ArchiveInvalid", "the archive's manifest");
  if (document.is_discarded()) root.refuse("is not JSON");
  if (root.at("format").number(1, INT64_MAX) != kManifestFormat)
    root.at("format").refuse("is one that this version does not know; use a newer one");
  if (root.at("checksum").text() != checksum_of(document))
    root.refuse("is damaged: its checksum differs");
  Manifest manifest;
  manifest.archive = root.at("archive").filled_text();
  manifest.run = root.at("run").filled_text();
  manifest.created = time_of(root.at("created"));
  manifest.finished = time_of(root.at("finished"));
  manifest.server_version = static_cast<int>(root.at("serverVersion").number(0, INT32_MAX));
  manifest.tool_version = root.at("toolVersion").text();
  manifest.database = root.at("database").text();
  manifest.heads = root.at("heads").texts();
  manifest.bytes = bytes_of(root.at("bytes"));
  for (const JsonField& file : root.at("files").elements()) manifest.files.push_back(file_of(file));
  return manifest;
}

}  // namespace sluice::archive
