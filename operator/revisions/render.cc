#include "revisions/render.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace sluice::revisions {
namespace {

using base::Error;
using base::ErrorKind;

class Renderer {
 public:
  explicit Renderer(const Revision& revision) : revision_(revision) {}

  std::string run() {
    key(revision_.repeatable ? "repeatable" : "revision", revision_.id);
    if (!revision_.repeatable) key("revises", base::join(revision_.revises, ", "));
    if (!revision_.created.empty()) key("created", revision_.created);
    if (!revision_.message.empty()) key("message", revision_.message);
    if (!revision_.branch_labels.empty())
      key("branch-labels", base::join(revision_.branch_labels, ", "));
    if (!revision_.depends_on.empty()) key("depends-on", base::join(revision_.depends_on, ", "));
    if (!revision_.transactional) key("transaction", "none");
    if (revision_.phase == Phase::Contract) key("phase", "contract");
    text_ += "-- migrate:up\n";
    section(revision_.up);
    if (revision_.down) {
      text_ += "-- migrate:down\n";
      section(*revision_.down);
    }
    return std::move(text_);
  }

 private:
  [[noreturn]] void fail(const Section& section, const std::string& what,
                         const std::string& remedy) const {
    throw Error(ErrorKind::Invalid, "RevisionInvalid",
                (section.file.empty() ? revision_.file : section.file) + what, remedy);
  }

  void key(const std::string& name, const std::string& value) {
    if (value.find_first_of("\n\r") != std::string::npos)
      fail(revision_.up, ": a line break in `" + name + "`", "write it on one line");
    text_ += "-- " + name + ":" + (value.empty() ? "" : " " + value) + "\n";
  }

  void section(const Section& section) {
    uint32_t line = section.line;
    for (size_t at = 0; at < section.sql.size(); ++line) {
      const size_t end = std::min(section.sql.find('\n', at), section.sql.size());
      std::string_view comment = base::trim(std::string_view(section.sql).substr(at, end - at));
      if (comment.starts_with("--")) {
        comment = base::trim(comment.substr(2));
        if (comment == "migrate:up" || comment == "migrate:down")
          fail(section,
               ":" + std::to_string(line) + ": `-- " + std::string(comment) +
                   "` is what begins a section of a revision file",
               "remove this comment");
      }
      at = end + 1;
    }
    text_ += section.sql;
    if (!section.sql.empty() && !section.sql.ends_with('\n')) text_ += '\n';
  }

  const Revision& revision_;
  std::string text_;
};

}  // namespace

std::string render(const Revision& revision) { return Renderer(revision).run(); }

}  // namespace sluice::revisions
