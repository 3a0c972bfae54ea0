# `cmake --install`, and archives for a release, which come to lie in the build folder:
#   cpack --config build/release/CPackConfig.cmake -G TGZ          kithd with its page, and what its owner reads first
#   cpack --config build/release/CPackSourceConfig.cmake -G TGZ    the sources with web/dist, so that they need no node
include(GNUInstallDirs)
install(TARGETS kithd kith RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# Only kithd starts it, and looks for it beside itself and here.
install(TARGETS kith-photo RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/kith)
install(FILES README.md LICENSE config/kith.example.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR TGZ)
set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_PACKAGE_VENDOR kith)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR})
set(CPACK_STRIP_FILES ON)
string(TOLOWER "${PROJECT_NAME}-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}" CPACK_PACKAGE_FILE_NAME)
set(CPACK_SOURCE_PACKAGE_FILE_NAME ${PROJECT_NAME}-${PROJECT_VERSION}-source)
set(CPACK_SOURCE_IGNORE_FILES "${CMAKE_SOURCE_DIR}/build/" "${CMAKE_SOURCE_DIR}/web/dist\\\\.new/" /\\\\.git/ /node_modules/ /__pycache__/)
include(CPack)
