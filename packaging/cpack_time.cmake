# Read by cpack before it packs: files in packages bear the time of the newest entry of the changelog, so that a package
# made twice is the same.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  execute_process(COMMAND dpkg-parsechangelog -S Timestamp -l ${CMAKE_CURRENT_LIST_DIR}/changelog
                  OUTPUT_VARIABLE time OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  if(NOT failed)
    set(ENV{SOURCE_DATE_EPOCH} ${time})
  endif()
endif()
