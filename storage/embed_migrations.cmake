# cmake -D FOLDER=… -D OUTPUT=… -P embed_migrations.cmake
# Every NNNN_name.sql of FOLDER becomes an entry of embedded_migrations().
file(GLOB files ${FOLDER}/*.sql)
list(SORT files)
set(entries "")
foreach(path IN LISTS files)
  get_filename_component(name "${path}" NAME)
  if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_[a-z0-9_]+\\.sql$")
    message(FATAL_ERROR "${path}: a migration is named NNNN_name.sql")
  endif()
  math(EXPR number "1${CMAKE_MATCH_1} - 10000")
  file(READ "${path}" sql)
  string(APPEND entries "    {${number}, \"${name}\", R\"migration(${sql})migration\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"storage/migrations.hpp\"

namespace kith::storage {

namespace {

constexpr Migration kMigrations[] = {
${entries}};

}  // namespace

std::span<const Migration> embedded_migrations() { return kMigrations; }

}  // namespace kith::storage
")
