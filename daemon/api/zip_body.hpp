#pragma once
// A ZIP archive as a response, made as it is sent.

#include <memory>
#include <string_view>

#include "assets/zip_stream.hpp"
#include "core/log.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

// The bytes alone, for who sets the head. One that fails cuts the connection, so that the client sees it is not whole;
// why is logged.
std::shared_ptr<BodySource> zip_body(std::unique_ptr<assets::ZipStream> archive, core::Logger log);

// The head of an archive's response, to be saved under `name`.
void describe_zip(Response& response, std::string_view name);
// 200 with the exact length, to be saved under `name`. No ranges: what a second request reads may be another moment's.
Response zip_response(std::string_view name, std::unique_ptr<assets::ZipStream> archive, core::Logger log);

}  // namespace kith::daemon
