# Run by `cmake --install` and cpack: what systemd reads, with the paths of this installation, and where the system's own
# folders are installed to (a package), the configuration. SOURCE is the folder of the sources.
include(${SOURCE}/packaging/comment_defaults.cmake)
set(root "$ENV{DESTDIR}")

function(kith_install_unit from to)
  file(READ ${from} text)
  string(REPLACE "/usr/bin/kithd" "${CMAKE_INSTALL_PREFIX}/bin/kithd" text "${text}")
  set(target "${root}${CMAKE_INSTALL_PREFIX}/lib/${to}")
  file(WRITE "${target}" "${text}")
  file(CHMOD "${target}" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  message(STATUS "Installing: ${target}")
endfunction()

foreach(unit kithd.service kithd.socket)
  kith_install_unit(${SOURCE}/systemd/${unit} systemd/system/${unit})
endforeach()
kith_install_unit(${SOURCE}/systemd/sysusers.d/kith.conf sysusers.d/kith.conf)
kith_install_unit(${SOURCE}/systemd/tmpfiles.d/kith.conf tmpfiles.d/kith.conf)

set(configuration "${root}/etc/kith/kith.yaml")
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND NOT EXISTS "${configuration}")
  kith_comment_defaults(${SOURCE}/config/kith.example.yaml "${configuration}")
  file(CHMOD "${configuration}" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  message(STATUS "Installing: ${configuration}")
endif()
