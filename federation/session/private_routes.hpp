#pragma once
// What the private API answers to an authenticated request of a connection, before it is sealed (PROTOCOL.md,
// "Private API"). Only what was shared with that very user, looked up for each request. Thread-safe, blocking.

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "federation/service/connections.hpp"
#include "federation/session/private_api.hpp"
#include "federation/session/sealed_frames.hpp"
#include "federation/session/sealed_request.hpp"
#include "federation/shared_assets.hpp"

namespace kith::federation {

// A part of open content that is to be sent.
struct ContentSlice {
  std::shared_ptr<SharedContent> content;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  // > 0
  ShareView view;
  core::AssetId asset;
};

struct PrivateReply {
  AnswerHead head;  // content-length included where there is content
  std::variant<std::string, ContentSlice> body;
};

class PrivateRoutes {
 public:
  explicit PrivateRoutes(PrivateApi::Parts parts) : parts_(std::move(parts)) {}
  // Errors are replies too.
  PrivateReply answer(const ConnectionRecord& connection, const InnerRequest& request);
  // A problem document as a reply.
  static PrivateReply problem(const core::Error& error);

 private:
  using Reply = Expected<PrivateReply>;
  Reply route(const ConnectionRecord& connection, const InnerRequest& request);
  Reply asset_route(const ShareView& view, const InnerRequest& request, std::string_view rest, std::string_view query);
  Reply event_route(const ConnectionRecord& connection, const InnerRequest& request, std::string_view name);
  Reply list(const ShareView& view, std::string_view query, bool photos);
  Reply content(const ShareView& view, const core::AssetId& id, const InnerRequest& request);
  Reply thumbnail(const ShareView& view, const core::AssetId& id, const InnerRequest& request, std::string_view query);

  const PrivateApi::Parts parts_;
};

}  // namespace kith::federation
