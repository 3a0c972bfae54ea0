// Resumable uploads to exchanges: tus at presigned addresses. The one that getUploadUrl gives creates an upload; the
// one that its creation answers is that upload's.
#include "assets/exchanges.hpp"
#include "assets/limits.hpp"
#include "daemon/api/presigned_urls.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/tus_routes.hpp"

namespace kith::daemon {
namespace {

using assets::ExchangeTicketId;
using core::ErrorCode;
using core::Expected;
using core::fail;

// The place in the exchange outlives the upload, which is given up first.
constexpr auto kHeldBeyond = std::chrono::hours(1);

core::Timestamp held_until(const Services& services) {
  return services.clock.now() + assets::kUploadKept + kHeldBeyond;
}

class HeldPlace final : public TusClaim {
 public:
  HeldPlace(assets::Exchanges& exchanges, ExchangeTicketId ticket)
      : exchanges_(exchanges), ticket_(std::move(ticket)) {}
  ~HeldPlace() override {
    if (!kept_) exchanges_.release(ticket_);
  }
  void keep() override { kept_ = true; }

 private:
  assets::Exchanges& exchanges_;
  const ExchangeTicketId ticket_;
  bool kept_ = false;
};

Expected<TusAdmission> admit_creation(const Services& services, const Request& request) {
  KITH_TRY_ASSIGN(what, services.presigned.verify(PresignedUse::resumable, request.target));
  const auto id = ExchangeTicketId::parse(what.id);
  if (!id) return fail(ErrorCode::forbidden);
  auto& exchanges = services.assets.exchanges();
  KITH_TRY_ASSIGN(ticket, exchanges.hold(*id, held_until(services)));
  TusAdmission admission;
  admission.owner = ticket.owner;
  admission.target = assets::kExchangeTarget;
  admission.reference = ticket.id.text();
  admission.name = ticket.name;
  admission.size = ticket.size;
  admission.claim = std::make_shared<HeldPlace>(exchanges, ticket.id);
  return admission;
}

Expected<core::UserId> admit(const Services& services, const Request& request) {
  KITH_TRY_ASSIGN(what, services.presigned.verify(PresignedUse::resumption, request.target));
  const auto id = core::UploadId::parse(what.object);
  if (!id) return fail(ErrorCode::forbidden);
  const auto found = services.assets.resumable().peek(*id);
  // An address whose upload was given up, by whomever, is spent.
  if (!found && found.error().code == ErrorCode::gone) return fail(ErrorCode::forbidden, found.error().detail);
  KITH_TRY(found);
  const auto& upload = *found;
  // One that is finished has no place any more, and tells so.
  if (upload.state == assets::UploadState::finished) return upload.owner;
  const auto ticket = ExchangeTicketId::parse(upload.reference);
  if (!ticket || upload.target != assets::kExchangeTarget) return fail(ErrorCode::forbidden);
  KITH_TRY(services.assets.exchanges().renew(*ticket, held_until(services)));
  return upload.owner;
}

// Under the same name as the request came to on the local listener, where a proxy may stand in between.
std::string location(const Services& services, const Request& request, const core::UploadId& id) {
  const auto creation = parse_presigned(PresignedUse::resumable, request.target);
  if (!creation) return {};
  const auto until = std::chrono::floor<std::chrono::seconds>(services.clock.now() + kLongestPresigned);
  const auto target = services.presigned.sign(
      {PresignedUse::resumption, id.text(), creation->what.size, core::Timestamp{until}, creation->what.id});
  if (!target) return {};
  return request.listener == ListenerKind::local ? *target : services.config.instance.public_url + *target;
}

}  // namespace

void add_exchange_upload_routes(Router& router, const Services& services) {
  TusDoor door;
  door.pattern = "/exchange/resumable/{object}";
  door.upload_pattern = "/exchange/uploads/{id}";
  door.on_public = true;
  door.query = {"expires", "size", "key", "id", "signature"};
  door.admit_creation = [&services](const Request& request) { return admit_creation(services, request); };
  door.admit = [&services](const Request& request) { return admit(services, request); };
  door.location = [&services](const Request& request, const core::UploadId& id) {
    return location(services, request, id);
  };
  add_tus_routes(router, services, std::move(door));
}

}  // namespace kith::daemon
