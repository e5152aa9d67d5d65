# sluice_embed(<output.cc> <file>...): a C++ source with the files' names and bytes, as declared in
# operator/ledger/own_revisions.h. Regenerated when a file changes.
function(sluice_embed output)
  set(entries "")
  foreach(path IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    get_filename_component(name ${path} NAME)
    file(READ ${path} bytes)
    string(APPEND entries "    {\"${name}\", R\"SLUICE(${bytes})SLUICE\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [[
// Generated from migrations/ by cmake/embed.cmake.
#include "ledger/own_revisions.h"

namespace sluice::ledger {

const std::vector<EmbeddedFile>& embedded_files() {
  static const std::vector<EmbeddedFile> files{
@entries@  };
  return files;
}

}  // namespace sluice::ledger
]])
endfunction()
