#pragma once
// tests/vectors/live.json as the types of client/: what a second implementation makes of docs/live.md.

#include <fstream>
#include <nlohmann/json.hpp>

#include "client/live_chunks.hpp"
#include "client/live_keys.hpp"
#include "core/encoding.hpp"

namespace kith::client::live_vectors {

using Json = nlohmann::json;

inline const Json& all() {
  static const Json loaded = Json::parse(std::ifstream(std::string(KITH_SOURCE_DIR) + "/tests/vectors/live.json"));
  return loaded;
}

template <class T>
T bytes_of(const Json& text) {
  return core::from_base64url_as<T>(text.get<std::string>()).value();
}

inline core::Bytes bytes(const Json& text) {
  return core::from_base64url(text.get<std::string>()).value();
}

inline std::optional<std::uint64_t> number(const Json& value) {
  if (value.is_null()) return std::nullopt;
  return value.get<std::uint64_t>();
}

inline LiveSecret secret() {
  return bytes_of<LiveSecret>(all().at("secret"));
}

inline core::BoxPublicKey public_key(const Json& name) {
  return bytes_of<core::BoxPublicKey>(all().at("keys").at(name.get<std::string>()).at("public"));
}

inline core::BoxSecretKey secret_key(const Json& name) {
  return bytes_of<core::BoxSecretKey>(all().at("keys").at(name.get<std::string>()).at("secret"));
}

inline std::vector<LiveFile> files(const Json& listing) {
  std::vector<LiveFile> files;
  for (const auto& file : listing.at("files"))
    files.push_back({file.at("name"), number(file.at("size")), file.at("type")});
  return files;
}

inline LiveBinding binding(const Json& opening) {
  return {opening.at("live_id"), opening.at("request_id"), opening.at("file"), public_key(opening.at("receiver")),
          public_key(opening.at("sender"))};
}

inline LiveTerms terms(const Json& opening) {
  return {bytes_of<LiveSalt>(opening.at("salt")), number(opening.at("chunks")), opening.at("from")};
}

inline const Json& opening(const Json& index) {
  return all().at("openings").at(index.get<std::size_t>());
}

inline LiveCipher cipher(const Json& opening, const std::string& request_id) {
  return LiveCipher(bytes_of<LiveContentKey>(opening.at("content_key")), request_id);
}

inline LiveCipher cipher(const Json& opening) {
  return cipher(opening, opening.at("request_id"));
}

// Content by the rule: byte i is (7 i + (i >> 8)) mod 256.
inline core::Bytes rule(std::uint64_t from, std::uint64_t size) {
  core::Bytes out(static_cast<std::size_t>(size));
  for (std::uint64_t i = 0; i < size; ++i)
    out[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(7 * (from + i) + ((from + i) >> 8));
  return out;
}

}  // namespace kith::client::live_vectors
