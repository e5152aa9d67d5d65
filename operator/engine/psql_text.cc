#include "engine/psql_text.h"

namespace sluice::engine {

std::string do_block(const std::string& body) {
  std::string tag = "$sluice$";
  for (int i = 1; body.find(tag) != std::string::npos; ++i)
    tag = "$sluice" + std::to_string(i) + "$";
  return "DO " + tag + "\n" + body + "\n" + tag + ";\n";
}

}  // namespace sluice::engine
