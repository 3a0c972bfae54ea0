#pragma once
// tus 1.0.0 under any path: creation, asking, appending and giving up of resumable uploads. Who may do it, and where
// the uploads go, a TusDoor says; so /api/uploads for people with an account and addresses given to outsiders are one
// code.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assets/resumable.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/services.hpp"
#include "daemon/http/router.hpp"

namespace kith::daemon {

// What an admission took for the upload that is to come. Gives it back when it goes without keep().
class TusClaim {
 public:
  virtual ~TusClaim() = default;
  // The upload is there: from now on its target's `dropped` gives it back.
  virtual void keep() = 0;
};

// What somebody may create.
struct TusAdmission {
  core::UserId owner;  // whose quota it counts towards
  std::string target = std::string(assets::kCatalogueTarget);
  std::string reference = {};
  std::optional<std::string> name = {};    // in the place of the metadata's `filename`, which is needed without one
  std::optional<std::uint64_t> size = {};  // the only one that will do
  std::shared_ptr<TusClaim> claim = {};
};

struct TusDoor {
  // What stands under the path below: "/api/uploads" creates, "/api/uploads/{id}" is one upload.
  std::string pattern;
  std::string upload_pattern;  // with "{id}" in it
  bool on_local = true;
  bool on_public = false;
  std::vector<std::string_view> query = {};  // parameters it knows; others are refused
  bool takes_idempotency_key = false;        // at creation

  // May this request create one? Called on a worker thread, like the next.
  std::function<core::Expected<TusAdmission>(const Request& request)> admit_creation;
  // May this request deal with the upload of its path? Whose it is.
  std::function<core::Expected<core::UserId>(const Request& request)> admit;
  // The address of a new upload for who made `request`: a path or a whole URL.
  std::function<std::string(const Request& request, const core::UploadId& id)> location;
};

// Adds the routes; `services` must outlive the router.
void add_tus_routes(Router& router, const Services& services, TusDoor door);

}  // namespace kith::daemon
