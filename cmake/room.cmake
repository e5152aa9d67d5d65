# One folder of operator/ is one room: one static library, sluice_<folder>. A room may use only rooms
# that were declared before it, which CMake enforces by refusing to link an unknown target.
#
#   sluice_room(<name> [FOLDER <folder>] [SOURCES <file>...] [USES <room>...] [LIBRARIES <target>...])
#
# SOURCES defaults to every .cc of the folder.
function(sluice_room name)
  cmake_parse_arguments(ROOM "" "FOLDER" "SOURCES;USES;LIBRARIES" ${ARGN})
  if(NOT ROOM_FOLDER)
    set(ROOM_FOLDER ${name})
  endif()
  if(NOT ROOM_SOURCES)
    file(GLOB ROOM_SOURCES CONFIGURE_DEPENDS ${ROOM_FOLDER}/*.cc)
  else()
    list(TRANSFORM ROOM_SOURCES PREPEND ${ROOM_FOLDER}/)
  endif()
  foreach(used IN LISTS ROOM_USES)
    if(NOT TARGET sluice_${used})
      message(FATAL_ERROR "room '${name}' uses '${used}', which does not stand before it")
    endif()
  endforeach()
  list(TRANSFORM ROOM_USES PREPEND sluice_)
  add_library(sluice_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(sluice_${name} PUBLIC ${CMAKE_SOURCE_DIR}/operator)
  target_link_libraries(sluice_${name} PUBLIC ${ROOM_USES} ${ROOM_LIBRARIES})
endfunction()
