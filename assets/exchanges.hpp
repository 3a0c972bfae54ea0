#pragma once
// Exchanges with people who have no account: making, listing and revoking them for users, and what a token or a
// presigned address lets an outsider do.
//
// An outsider's way: a token -> visit() -> a ticket, whose id the presigned address carries -> upload or download. The
// signature of the address is checked by who makes addresses; here only the ticket counts.
//
// Thread-safe; calls block on disk, and hashing passwords takes long. Must outlive what it gave out. No token or
// password is kept or logged here.

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "assets/arrival.hpp"
#include "assets/asset_events.hpp"
#include "assets/exchange.hpp"
#include "assets/exchange_download.hpp"
#include "assets/exchange_passwords.hpp"
#include "assets/exchange_upload.hpp"
#include "assets/page.hpp"
#include "assets/resumable.hpp"
#include "assets/share_preparation.hpp"
#include "assets/stripped_photos.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "storage/database.hpp"

namespace kith::assets {

inline constexpr std::string_view kExchangeTarget = "exchange";  // of resumable uploads

class Exchanges {
 public:
  // All are borrowed and outlive this.
  struct Parts {
    storage::Database& database;
    storage::BlobStore& blobs;
    BlobLedger& ledger;
    Arrivals& arrivals;
    ExchangePasswords& passwords;
    PhotoVariants& variants;
    SharePreparation& preparation;
    const core::Clock& clock;
    core::Random& random;
    AssetEvents& events;
    core::Logger log;
  };
  explicit Exchanges(const Parts& parts);
  ~Exchanges();
  Exchanges(const Exchanges&) = delete;
  Exchanges& operator=(const Exchanges&) = delete;

  // ---- For users. Somebody else's exchange is not_found like an absent one.

  // bad_request for wishes out of bounds, not_found for an asset that isn't there, too_large when the assets are more
  // than max_size, conflict beyond kMaxExchanges or for a photo that `strip` can't be left out of, busy while many
  // passwords are hashed.
  [[nodiscard]] core::Expected<NewExchange> create(const core::UserId& owner, const ExchangeWishes& wishes);
  [[nodiscard]] core::Expected<Exchange> find(const core::UserId& owner, const ExchangeId& id);
  // Newest first; ended ones until the sweep erased them.
  [[nodiscard]] core::Expected<Page<Exchange>> list(const core::UserId& owner, const PageRequest& page);
  // Its tokens and addresses are dead at once, running transfers are cut off, its content is erased. Files an outsider
  // gave stay: they are the owner's.
  [[nodiscard]] core::Expected<void> revoke(const core::UserId& owner, const ExchangeId& id);

  // ---- For who has a token.

  // unauthorized for an unknown token, gone when the exchange has ended. With a password, where the role needs one:
  // wrong_password, too_many_requests with retry_after, busy. Without: the visit says needs_password.
  [[nodiscard]] core::Expected<ExchangeVisit> visit(const ExchangeToken& token,
                                                    const std::optional<std::string>& password,
                                                    std::string_view client);
  // Leave to bring a file. forbidden (the other role's token), password_required, conflict (filled or finished),
  // bad_request (name), too_large, too_many_requests (tickets).
  [[nodiscard]] core::Expected<ExchangeTicket> ticket_for_upload(const ExchangeVisit& visit, std::string_view name,
                                                                 const std::optional<std::string>& sealed_name,
                                                                 std::uint64_t size);
  // Leave to fetch the file of that number; nothing means the only one. forbidden, password_required, not_found (not
  // filled, no such number), bad_request (several and no number), gone (that file as often as allowed),
  // too_many_requests.
  [[nodiscard]] core::Expected<ExchangeTicket> ticket_for_download(const ExchangeVisit& visit,
                                                                   std::optional<int> number);
  // The same for all files of `visit` as one archive, which has `archive_size` bytes.
  [[nodiscard]] core::Expected<ExchangeTicket> ticket_for_archive(const ExchangeVisit& visit,
                                                                  std::uint64_t archive_size);
  // Takes no more files. forbidden (role), password_required, conflict when nothing is in it. Repeatable.
  [[nodiscard]] core::Expected<void> finish(const ExchangeVisit& visit);

  // ---- For who has a ticket. forbidden for one that is unknown, spent, expired, or whose exchange has ended.

  // Takes a place for a file: conflict while other uploads have all that are left. too_many_requests, quota_exceeded,
  // storage_full as for any upload of the exchange's owner.
  [[nodiscard]] core::Expected<std::unique_ptr<ExchangeUpload>> begin_upload(const ExchangeTicketId& ticket);
  // What a download would bring, taking no place: for HEAD.
  [[nodiscard]] core::Expected<ExchangeContent> look(const ExchangeTicketId& ticket);
  // Takes a place, or goes on with the one this ticket has. forbidden as well when no download is left.
  [[nodiscard]] core::Expected<std::unique_ptr<ExchangeDownload>> begin_download(const ExchangeTicketId& ticket);

  // ---- For resumable uploads: a place that outlives breaks and restarts.

  // Takes a place, like begin_upload, until `until` unless it is renewed; the ticket lives as long.
  [[nodiscard]] core::Expected<ExchangeTicket> hold(const ExchangeTicketId& ticket, core::Timestamp until);
  // forbidden when the exchange has ended or the place went to others meanwhile.
  [[nodiscard]] core::Expected<void> renew(const ExchangeTicketId& ticket, core::Timestamp until);
  // Gives the place back; the ticket ends. Repeatable.
  void release(const ExchangeTicketId& ticket);
  // The upload is whole. `place` runs the Naming it is given in a transaction (Arrivals::place, beside what the caller
  // has to do itself there). Then the file is in, the ticket spent, and everybody told.
  [[nodiscard]] core::Expected<ExchangeFile> complete(const ExchangeTicketId& ticket,
                                                      const std::function<core::Expected<void>(const Naming&)>& place);

  // ---- For Assets.

  // What becomes of resumable uploads (kExchangeTarget); their reference is the ticket, which is held.
  UploadTarget resumable_target();

  // Frees the places that transfers of an earlier run held. Once, before the first transfer.
  [[nodiscard]] core::Expected<void> start();
  // Erases at most `limit` ended exchanges, and as many used-up tickets and contents; the greatest of the numbers.
  [[nodiscard]] core::Expected<int> sweep(int limit);
  // References of open resumable uploads that can come to nothing: their ticket went with the exchange.
  [[nodiscard]] core::Expected<std::vector<std::string>> lost_uploads(int limit);
  // Inside the transaction an account goes with; afterwards cut_transfers().
  [[nodiscard]] static core::Expected<void> remove_owner(storage::Transaction& transaction, const core::UserId& owner);
  // Ends what runs over the owner's links: also for one who was suspended.
  void cut_transfers(const core::UserId& owner);

 private:
  struct Services;
  const std::unique_ptr<Services> services_;
};

}  // namespace kith::assets
