#pragma once
// An outsider beside the people of assets_fixture.hpp: uploads and downloads the way presigned addresses do.

#include "assets/limits.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {

class ExchangeTest : public AssetsTest {
 protected:
  Exchanges& exchanges() { return assets_->exchanges(); }

  NewExchange make(const ExchangeWishes& wishes = {}) {
    auto made = exchanges().create(alice_, wishes);
    if (!made) throw std::runtime_error(made.error().detail);
    return std::move(*made);
  }
  // One with `content` in it that may be downloaded `downloads` times.
  NewExchange make_filled(std::string_view content, std::optional<std::int64_t> downloads = {}) {
    ExchangeWishes wishes;
    wishes.max_downloads = downloads;
    auto made = make(wishes);
    if (const auto file = try_upload(made, "a.txt", content); !file) throw std::runtime_error(file.error().detail);
    return made;
  }
  core::Expected<ExchangeVisit> visit(const std::optional<ExchangeToken>& token,
                                      const std::optional<std::string>& password = {}) {
    return exchanges().visit(token.value(), password, "192.0.2.1");
  }
  core::Expected<ExchangeTicketId> upload_ticket(const NewExchange& made, std::string_view name, std::uint64_t size,
                                                 const std::optional<std::string>& sealed_name = {}) {
    KITH_TRY_ASSIGN(visited, visit(made.upload_token));
    KITH_TRY_ASSIGN(ticket, exchanges().ticket_for_upload(visited, name, sealed_name, size));
    return ticket.id;
  }
  core::Expected<ExchangeTicketId> download_ticket(const NewExchange& made, std::optional<int> number = {}) {
    KITH_TRY_ASSIGN(visited, visit(made.download_token));
    KITH_TRY_ASSIGN(ticket, exchanges().ticket_for_download(visited, number));
    return ticket.id;
  }
  core::Expected<ExchangeFile> try_upload(const NewExchange& made, std::string_view name, std::string_view content) {
    KITH_TRY_ASSIGN(ticket, upload_ticket(made, name, content.size()));
    return upload_with(ticket, content);
  }
  core::Expected<ExchangeFile> upload_with(const ExchangeTicketId& ticket, std::string_view content) {
    KITH_TRY_ASSIGN(upload, exchanges().begin_upload(ticket));
    KITH_TRY(upload->write(core::as_bytes(content)));
    return upload->commit();
  }
  // Sends `bytes` from `offset` on of what the ticket is good for, as one answer does; the content of its first file.
  core::Expected<std::string> download_with(const ExchangeTicketId& ticket, std::uint64_t offset = 0,
                                            std::uint64_t bytes = UINT64_MAX) {
    KITH_TRY_ASSIGN(download, exchanges().begin_download(ticket));
    KITH_TRY_ASSIGN(reader, download->open(0));
    KITH_TRY(download->sent(offset, std::min(bytes, download->content().ticket.size - offset)));
    return all_of(*reader);
  }
  core::Expected<std::string> try_download(const NewExchange& made) {
    KITH_TRY_ASSIGN(ticket, download_ticket(made));
    return download_with(ticket);
  }
  Exchange state_of(const NewExchange& made) { return exchanges().find(alice_, made.exchange.id).value(); }
  // As a start of the daemon does, whatever ran before.
  void restart() {
    build();
    ASSERT_TRUE(assets_->start());
  }
  // A process that dies runs no destructor: what ran in it stays as it is, and is only freed after the test.
  void crash() {
    dead_.push_back(std::move(assets_));
    restart();
  }

 private:
  std::vector<std::unique_ptr<Assets>> dead_;
};

}  // namespace kith::assets
