#include "cli/draw_schema.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "cli/box_layout.h"
#include "cli/markup.h"

namespace sluice::cli {
namespace {

using schema::Attribute;
using schema::Entities;
using schema::Entity;
using schema::Mark;
using schema::Reference;

constexpr int kLetter = 8;  // of a monospace font of 13 px, rounded up
constexpr int kRow = 20;
constexpr int kHead = 28;
constexpr int kPadding = 10;
constexpr size_t kMaxBytes = 60;  // of a name or a type

std::string title_of(const Entity& entity) {
  return entity.schema == "public" ? entity.name : entity.schema + "." + entity.name;
}

std::string keys_of(const Attribute& attribute, std::string_view separator) {
  std::vector<std::string> keys;
  if (attribute.primary) keys.emplace_back("PK");
  if (attribute.foreign) keys.emplace_back("FK");
  if (attribute.unique) keys.emplace_back("UK");
  return base::join(keys, separator);
}

bool has_marks(const Entities& schema) {
  return std::ranges::any_of(schema.entities, [](const Entity& e) { return e.mark != Mark::None; });
}

// What Mermaid takes for a type or the name of an attribute.
std::string mermaid_word(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '(' || c == ')' || c == '[' || c == ']' || c == '-';
    word += plain ? c : '_';
  }
  const bool starts_well =
      !word.empty() && ((word[0] >= 'a' && word[0] <= 'z') || (word[0] >= 'A' && word[0] <= 'Z'));
  return starts_well ? word : "_" + word;
}

int columns_of(std::string_view utf8) {
  return static_cast<int>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string shown(const std::string& text) { return base::truncate_utf8(text, kMaxBytes); }

std::string line_of(const Attribute& attribute) {
  return shown(attribute.name) + "  " + shown(attribute.type) + (attribute.required ? "" : " ?");
}

Box box_of(const Entity& entity) {
  int letters = columns_of(shown(title_of(entity)));
  for (const Attribute& attribute : entity.attributes) {
    const std::string keys = keys_of(attribute, " ");
    letters = std::max(letters, columns_of(line_of(attribute)) +
                                    (keys.empty() ? 0 : 2 + static_cast<int>(keys.size())));
  }
  Box box;
  box.width = letters * kLetter + 2 * kPadding;
  box.height = kHead + static_cast<int>(entity.attributes.size()) * kRow + kPadding / 2;
  return box;
}

std::string number(int value) { return std::to_string(value); }

std::string text_at(int x, int y, const std::string& text, const std::string& attributes = "") {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\"" + attributes + ">" +
         escape_xml(text) + "</text>\n";
}

std::string class_of(Mark mark) {
  return mark == Mark::None ? "" : " class=\"" + std::string(to_string(mark)) + "\"";
}

std::string draw_box(const Entity& entity, const Box& box) {
  std::string svg = "<g" + class_of(entity.mark) + ">\n<rect x=\"" + number(box.x) + "\" y=\"" +
                    number(box.y) + "\" width=\"" + number(box.width) + "\" height=\"" +
                    number(box.height) + "\" rx=\"4\"/>\n<path class=\"rule\" d=\"M" +
                    number(box.x) + " " + number(box.y + kHead - 4) + "h" + number(box.width) +
                    "\"/>\n";
  svg += text_at(box.x + kPadding, box.y + kHead - 11, shown(title_of(entity)),
                 " class=\"title\" font-weight=\"bold\"");
  int y = box.y + kHead + kRow - 8;
  for (const Attribute& attribute : entity.attributes) {
    const std::string keys = keys_of(attribute, " ");
    const std::string line = text_at(box.x + kPadding, y, line_of(attribute));
    const std::string right =
        keys.empty() ? "" : text_at(box.x + box.width - kPadding, y, keys, " text-anchor=\"end\"");
    // A table that comes or goes says so once.
    const bool marked = attribute.mark != Mark::None && attribute.mark != entity.mark;
    svg += marked || attribute.mark == Mark::Change
               ? "<g" + class_of(attribute.mark) + ">\n" + line + right + "</g>\n"
               : line + right;
    y += kRow;
  }
  return svg + "</g>\n";
}

std::string curve(int x1, int y1, int bend1, int x2, int y2, int bend2) {
  return "M" + number(x1) + " " + number(y1) + "C" + number(x1 + bend1) + " " + number(y1) + " " +
         number(x2 + bend2) + " " + number(y2) + " " + number(x2) + " " + number(y2);
}

std::string draw_line(const Reference& reference, const Box& from, const Box& to) {
  const int row = reference.attributes.empty() ? 0 : static_cast<int>(reference.attributes[0]);
  const int start = from.y + kHead + row * kRow + kRow / 2 - 3;
  const int end = to.y + kHead / 2;
  std::string path;
  if (to.x + to.width <= from.x) {
    const int bend = std::max(40, (from.x - to.x - to.width) / 2);
    path = curve(from.x, start, -bend, to.x + to.width, end, bend);
  } else if (from.x + from.width <= to.x) {
    const int bend = std::max(40, (to.x - from.x - from.width) / 2);
    path = curve(from.x + from.width, start, bend, to.x, end, -bend);
  } else {
    path = curve(from.x + from.width, start, 50, to.x + to.width, end, 50);
  }
  return "<path" + class_of(reference.mark) + " d=\"" + path +
         "\" marker-end=\"url(#arrow)\"><title>" + escape_xml(reference.name) + "</title></path>\n";
}

std::string legend(int y) {
  std::string svg;
  int x = 24;
  for (const Mark mark : {Mark::Add, Mark::Change, Mark::Drop}) {
    const std::string word(to_string(mark));
    svg += "<g class=\"" + word + "\"><rect x=\"" + number(x) + "\" y=\"" + number(y) +
           "\" width=\"14\" height=\"14\" rx=\"2\"/>" + text_at(x + 20, y + 12, word) + "</g>\n";
    x += 120;
  }
  return svg;
}

}  // namespace

std::string draw_mermaid(const Entities& schema) {
  std::string text = "erDiagram\n";
  for (size_t i = 0; i < schema.entities.size(); ++i) {
    const Entity& entity = schema.entities[i];
    std::string title = escape_mermaid(title_of(entity));
    if (entity.mark != Mark::None) title += " - " + std::string(to_string(entity.mark));
    text += "  t" + std::to_string(i) + "[\"" + title + "\"] {\n";
    for (const Attribute& attribute : entity.attributes) {
      text += "    " + mermaid_word(attribute.type) + " " + mermaid_word(attribute.name);
      if (const std::string keys = keys_of(attribute, ", "); !keys.empty()) text += " " + keys;
      if (attribute.mark != Mark::None)
        text += " \"" + std::string(to_string(attribute.mark)) + "\"";
      text += "\n";
    }
    text += "  }\n";
  }
  for (const Reference& reference : schema.references) {
    std::string label = escape_mermaid(reference.name);
    if (reference.mark != Mark::None) label += " - " + std::string(to_string(reference.mark));
    text += "  t" + std::to_string(reference.from) + (reference.one_to_one ? " |o--" : " }o--") +
            (reference.optional ? "o| t" : "|| t") + std::to_string(reference.to) + " : \"" +
            label + "\"\n";
  }
  return text;
}

std::string draw_svg(const Entities& schema) {
  std::vector<Box> boxes;
  for (const Entity& entity : schema.entities) boxes.push_back(box_of(entity));
  std::vector<std::pair<size_t, size_t>> lines;
  for (const Reference& reference : schema.references)
    lines.emplace_back(reference.from, reference.to);
  const BoxLayout layout = lay_out(std::move(boxes), lines);
  const bool marked = has_marks(schema);
  const int width = std::max(layout.width + 40, marked ? 400 : 0);  // lines go round the outside
  const int height = layout.height + (marked ? 30 : 0);
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) + "\" height=\"" +
      number(height) + "\" viewBox=\"0 0 " + number(width) + " " + number(height) +
      "\" font-family=\"monospace\" font-size=\"13\">\n"
      "<title>schema</title>\n"
      "<style>rect{fill:#fff;stroke:#455a64}path{fill:none;stroke:#78909c;stroke-width:1.5}"
      ".rule{stroke:#b0bec5;stroke-width:1}"
      ".added>rect{fill:#e8f5e9;stroke:#2e7d32}.added text,text.added{fill:#2e7d32}"
      "path.added{stroke:#2e7d32}"
      ".changed>rect{fill:#fff8e1;stroke:#ef6c00}.changed>.title,.changed .changed{fill:#b35300}"
      "path.changed{stroke:#ef6c00}"
      ".dropped>rect{fill:#ffebee;stroke:#c62828;stroke-dasharray:5 3}"
      ".dropped text{fill:#c62828;text-decoration:line-through}"
      "path.dropped{stroke:#c62828;stroke-dasharray:5 3}</style>\n"
      "<defs><marker id=\"arrow\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" "
      "markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" "
      "style=\"fill:#78909c;stroke:none\"/></marker></defs>\n"
      "<rect width=\"100%\" height=\"100%\" style=\"stroke:none\"/>\n";
  for (const Reference& reference : schema.references)
    svg += draw_line(reference, layout.boxes[reference.from], layout.boxes[reference.to]);
  for (size_t i = 0; i < schema.entities.size(); ++i)
    svg += draw_box(schema.entities[i], layout.boxes[i]);
  if (marked) svg += legend(layout.height);
  return svg + "</svg>\n";
}

}  // namespace sluice::cli
