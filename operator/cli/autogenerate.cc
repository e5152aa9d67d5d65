#include "cli/autogenerate.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/exit_status.h"
#include "cli/new_file.h"
#include "desired/hints.h"
#include "revisions/graph.h"
#include "revisions/render.h"
#include "runner/interrupt.h"
#include "schema/foreign_history.h"
#include "schema/read.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;
using base::Error;
using desired::Down;
using desired::RevisionPart;
using revisions::Revision;
using schema::Catalog;

void run(postgres::Session& session, const RevisionPart& part) {
  for (const schema::Group& group : part.groups) {
    if (group.transactional) session.begin();
    for (const schema::Statement& statement : group.statements) session.execute(statement.sql);
    if (group.transactional) session.commit();
  }
}

// The schema before the first part, and after each; without the histories of other tools that no
// part touches.
std::vector<Catalog> catalogs_between(desired::Loader& loader, const desired::Source& revisions,
                                      const desired::Loaded& was, const desired::Loaded& is,
                                      const std::vector<RevisionPart>& parts) {
  std::vector<Catalog> catalogs{schema::without_foreign_histories(was.catalog, &is.catalog)};
  if (parts.size() > 1)
    loader.with(revisions, [&](postgres::Session& session) {
      for (size_t i = 0; i + 1 < parts.size(); ++i) {
        run(session, parts[i]);
        catalogs.push_back(schema::without_foreign_histories(schema::read(session), &is.catalog));
      }
    });
  catalogs.push_back(is.catalog);
  return catalogs;
}

Down way_back(const RevisionPart& part, const Catalog& after, const Catalog& before,
              const std::vector<schema::Rename>& hints, schema::DiffOptions options) {
  // In one transaction, where the way up is.
  options.offline = part.transactional;
  options.foreign_histories = true;
  options.renames = desired::applicable(desired::reversed(hints), after, before);
  try {
    return desired::down_sql(part, schema::diff(after, before, options));
  } catch (const Error& error) {
    if (error.reason() != "NotSupported") throw;
    return desired::no_way_back(error.message());
  }
}

nlohmann::ordered_json to_json(const std::vector<Written>& written) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Written& one : written)
    list.push_back({{"revision", one.revision.id},
                    {"file", one.path},
                    {"revises", one.revision.revises},
                    {"message", one.revision.message},
                    {"transaction", one.revision.transactional},
                    {"irreversible", one.irreversible}});
  return list;
}

void print_text(const schema::Diff& diff, const std::vector<Written>& written) {
  std::cout << to_text(diff.differences);
  for (const Written& one : written) {
    std::cout << "Generated " << one.path << "\n";
    if (!one.irreversible.empty())
      std::cerr << "warning: " << one.path << ": its way down refuses to run: " << one.irreversible
                << "\n";
  }
  if (written.size() > 1)
    std::cerr << "note: " << written.size()
              << " files, because not all of it can run in one transaction\n";
}

}  // namespace

std::vector<Written> write_parts(const CommonOptions& common, const std::vector<Revision>& present,
                                 const Revision& first, const std::vector<RevisionPart>& parts,
                                 const std::vector<Down>& downs) {
  std::vector<Revision> all = present;
  std::vector<Written> written;
  std::vector<std::string> texts;
  for (size_t i = 0; i < parts.size(); ++i) {
    Revision revision = first;
    if (i > 0) {
      revision = Revision{};
      revision.message = first.message;
      revision.revises = {written.back().revision.id};
    }
    if (revision.id.empty()) revision.id = make_revision_id();
    if (parts.size() > 1)
      revision.message += (revision.message.empty() ? "part " : ", part ") + std::to_string(i + 1) +
                          " of " + std::to_string(parts.size());
    const std::string slug = slug_of(revision.message);
    revision.file = revision.id + (slug.empty() ? "" : "_" + slug) + ".sql";
    revision.created = base::to_rfc3339(base::now());
    revision.transactional = parts[i].transactional && (downs.empty() || downs[i].fits);
    revision.up.sql = desired::up_sql(parts[i]);
    if (!downs.empty()) revision.down = revisions::Section{downs[i].sql, 0};
    texts.push_back(revisions::render(revision));
    revision = revisions::parse_revision(revision.file, texts.back());
    all.push_back(revision);
    const std::string path = (fs::path(common.directories.front()) / revision.file).string();
    written.push_back({std::move(revision), path, downs.empty() ? "" : downs[i].irreversible});
  }
  const revisions::Graph graph(std::move(all));  // refuses what would be none
  for (size_t i = 0; i < written.size(); ++i) {
    try {
      write_new_file(written[i].path, texts[i]);
    } catch (const Error&) {
      std::error_code ignored;
      for (size_t done = 0; done < i; ++done) fs::remove(written[done].path, ignored);
      throw;
    }
  }
  return written;
}

int autogenerate(const CommonOptions& common, const SchemaOptions& options,
                 const std::vector<Revision>& present, const Revision& first) {
  const runner::Interrupt interrupt;
  const desired::Source wanted = desired::source_of(options.schema);
  const desired::Source revisions =
      desired::source_of(present, base::join(common.directories, ", "));
  desired::Loader loader = make_loader(options, scratch_target(common, options), interrupt.token());
  const desired::Loaded was = loader.load(revisions);
  const desired::Loaded is = loader.load(wanted);
  schema::Diff diff = compare(was, is, options.diff());
  diff.warnings = all_warnings(loader, diff);
  const std::vector<RevisionPart> parts = desired::split_up(diff.groups);
  const std::vector<Catalog> catalogs = catalogs_between(loader, revisions, was, is, parts);
  std::vector<Down> downs;
  for (size_t i = 0; i < parts.size(); ++i)
    downs.push_back(way_back(parts[i], catalogs[i + 1], catalogs[i], is.hints, options.diff()));
  const std::vector<Written> written = write_parts(common, present, first, parts, downs);
  if (common.json()) {
    nlohmann::ordered_json document{{"revisions", to_json(written)}};
    document.update(cli::to_json(diff));
    print(document);
    return kDone;
  }
  print_warnings(diff.warnings);
  if (written.empty()) {
    std::cout << "no difference: the revisions lead to the wanted schema, nothing is written\n";
  } else {
    print_text(diff, written);
  }
  return kDone;
}

}  // namespace sluice::cli
