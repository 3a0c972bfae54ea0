# cmake -D INPUT=openapi.json -D OUTPUT=… -P embed_openapi.cmake
file(READ "${INPUT}" document)
file(WRITE "${OUTPUT}" "#include \"daemon/api/openapi.hpp\"

namespace kith::daemon {

std::string_view openapi_document() {
  return R\"openapi(${document})openapi\";
}

}  // namespace kith::daemon
")
