# `cmake --install`, and packages for a release, which come to lie in the build folder:
#   cpack --config build/release/CPackConfig.cmake -G DEB          for Debian: all of it, see packaging/debian
#   cpack --config build/release/CPackConfig.cmake -G TGZ          the same files for other systems
#   cpack --config build/release/CPackSourceConfig.cmake -G TGZ    the sources with web/dist, so that they need no node
include(GNUInstallDirs)
install(TARGETS kithd kith RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# Only kithd starts it, and looks for it beside itself and here.
install(TARGETS kith-photo RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/kith)
install(FILES README.md LICENSE config/kith.example.yaml packaging/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/kith)
install(FILES completions/kith completions/kithd DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(CODE "set(SOURCE \"${CMAKE_SOURCE_DIR}\")")
install(SCRIPT packaging/install_service.cmake)

# Manual pages and the changelog as Debian wants them: compressed, with no name and no time in them.
set(compressed)
function(kith_install_compressed from folder)
  get_filename_component(name ${from} NAME)
  set(to ${CMAKE_CURRENT_BINARY_DIR}/compressed/${name}.gz)
  add_custom_command(OUTPUT ${to} COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/compressed
                     COMMAND gzip -9nc ${CMAKE_SOURCE_DIR}/${from} > ${to} DEPENDS ${CMAKE_SOURCE_DIR}/${from})
  install(FILES ${to} DESTINATION ${folder})
  set(compressed ${compressed} ${to} PARENT_SCOPE)
endfunction()
kith_install_compressed(man/kith.1 ${CMAKE_INSTALL_MANDIR}/man1)
kith_install_compressed(man/kith.yaml.5 ${CMAKE_INSTALL_MANDIR}/man5)
kith_install_compressed(man/kithd.8 ${CMAKE_INSTALL_MANDIR}/man8)
kith_install_compressed(packaging/changelog ${CMAKE_INSTALL_DATADIR}/doc/kith)
add_custom_target(kith_compressed ALL DEPENDS ${compressed})

set(CPACK_GENERATOR TGZ)
set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_PACKAGE_VENDOR kith)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR})
set(CPACK_STRIP_FILES ON)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_SOURCE_DIR}/packaging/cpack_time.cmake)
string(TOLOWER "${PROJECT_NAME}-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}" CPACK_PACKAGE_FILE_NAME)
set(CPACK_SOURCE_PACKAGE_FILE_NAME ${PROJECT_NAME}-${PROJECT_VERSION}-source)
set(CPACK_SOURCE_IGNORE_FILES "${CMAKE_SOURCE_DIR}/build/" "${CMAKE_SOURCE_DIR}/web/dist\\\\.new/" /\\\\.git/ /node_modules/ /__pycache__/)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "kith maintainers <maintainers@kith.example>")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "files and photos at home, shared with people on other instances")
set(CPACK_PACKAGE_DESCRIPTION "kith keeps a household's files, photos and albums on a server at home:
kithd is the daemon with its web page, kith the command for people and
scripts. Instances connect with each other directly, and share without
any company between them.")
# Libraries are found by dpkg-shlibdeps. The rest: authorities for HTTPS, and who makes the user.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, systemd | systemd-standalone-sysusers")
set(debian ${CMAKE_SOURCE_DIR}/packaging/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/postinst ${debian}/prerm ${debian}/postrm ${debian}/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
