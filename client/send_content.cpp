// A file into an exchange.

#include "client/resumable_upload.hpp"
#include "client/transfers.hpp"

namespace kith::client {
namespace {

using core::Expected;

struct Named {
  const std::string& name;
  const std::optional<std::string>& sealed_name;
};

Expected<void> put_empty(Http& http, ExchangeServer& server, const Named& what, UploadSource& source) {
  KITH_TRY_ASSIGN(ticket, server.upload(what.name, source.size(), what.sealed_name));
  HttpRequest request;
  request.method = "PUT";
  request.url = ticket.url;
  request.headers = {{"Content-Type", "application/octet-stream"}};
  request.upload = &source;
  KITH_TRY(ask_tus(http, std::move(request)));
  return {};
}

// One that has not become whole is given up in the end, so that its place is free again.
class ExchangePlace final : public UploadPlace {
 public:
  ExchangePlace(Http& http, ExchangeServer& server, const Named& what) : http_(http), server_(server), what_(what) {}

  Expected<std::string> open(std::uint64_t size) override {
    KITH_TRY_ASSIGN(ticket, server_.upload(what_.name, size, what_.sealed_name));
    HttpRequest request;
    request.method = "POST";
    request.url = ticket.resumable_url;
    request.headers = {{"Upload-Length", std::to_string(size)}};
    KITH_TRY_ASSIGN(answer, ask_tus(http_, std::move(request)));
    return server_.address(answer.header("location"));
  }
  // The address is a secret itself.
  HeaderFields credentials() const override { return {}; }
  bool keeps(const core::Error&) const override { return false; }

 private:
  Http& http_;
  ExchangeServer& server_;
  const Named& what_;
};

}  // namespace

Expected<void> send_content(Http& http, ExchangeServer& server, const std::string& name,
                            const std::optional<std::string>& sealed_name, UploadSource& source, Progress& progress) {
  const Named what{name, sealed_name};
  if (source.size() == 0) return put_empty(http, server, what, source);
  ExchangePlace place(http, server, what);
  KITH_TRY(upload_resumably(http, place, source, progress));
  return {};
}

}  // namespace kith::client
