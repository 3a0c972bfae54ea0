#include "accounts/mail/smtp.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>

#include "accounts/mail/mail_queue.hpp"
#include "accounts/mail/smtp_answer.hpp"

namespace kith::accounts {

namespace {

using core::ErrorCode;

// curl_easy_setopt is variadic; a chain of these stops at the first option this curl refuses.
template <class T>
bool set(CURL* easy, CURLoption option, T value) {
  return curl_easy_setopt(easy, option, value) == CURLE_OK;
}

// Greeting with the domain of the mails' sender says more to the server than this machine's name, which it may not
// have.
std::string greeting_path(std::string_view from) {
  const auto domain = from.substr(from.rfind('@') + 1);
  const bool plain = std::all_of(domain.begin(), domain.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
  return plain && !domain.empty() ? "/" + std::string(domain) : "";
}

// One mail on one connection. Used once, by one thread.
class SmtpTransfer {
 public:
  SmtpTransfer(const SmtpOptions& options, const std::string& url, const WaitingMail& mail,
               const std::atomic<bool>& stopping)
      : options_(options), url_(url), mail_(mail), stopping_(stopping) {}

  Delivery run();

 private:
  bool configure(CURL* easy, curl_slist* recipients);
  bool configure_security(CURL* easy);
  Delivery delivery_of(CURLcode code) const;
  std::string words_for(CURLcode code) const;
  void see(curl_infotype type, std::string_view line);

  static int on_dialogue(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
    static_cast<SmtpTransfer*>(self)->see(type, {data, size});
    return 0;
  }
  static std::size_t on_read(char* to, std::size_t size, std::size_t count, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<SmtpTransfer*>(self)->stopping_ ? 1 : 0;
  }

  const SmtpOptions& options_;
  const std::string& url_;
  const WaitingMail& mail_;
  const std::atomic<bool>& stopping_;
  std::size_t sent_ = 0;          // bytes of the mail
  bool about_this_mail_ = false;  // the server answers to its recipient or text
  std::string last_answer_;
  bool said_goodbye_ = false;
};

Delivery SmtpTransfer::run() {
  if (stopping_) return Delivery::stopped();
  // The handle goes first: its farewell to the server still calls back.
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(
      curl_slist_append(nullptr, ("<" + mail_.recipient + ">").c_str()), curl_slist_free_all);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(), curl_easy_cleanup);
  if (!easy || !recipients || !configure(easy.get(), recipients.get()))
    return Delivery::held_up("libcurl can't be told to send mail like this");
  return delivery_of(curl_easy_perform(easy.get()));
}

bool SmtpTransfer::configure(CURL* easy, curl_slist* recipients) {
  const std::string from = "<" + options_.from + ">";
  const bool log_in = options_.password.has_value();
  return configure_security(easy) && set(easy, CURLOPT_NOSIGNAL, 1L) && set(easy, CURLOPT_QUICK_EXIT, 1L) &&
         set(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps") && set(easy, CURLOPT_PROXY, "") &&
         set(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED)) && set(easy, CURLOPT_URL, url_.c_str()) &&
         (!log_in || set(easy, CURLOPT_USERNAME, options_.user.c_str())) &&
         (!log_in || set(easy, CURLOPT_PASSWORD, reinterpret_cast<const char*>(options_.password->view().data()))) &&
         set(easy, CURLOPT_MAIL_FROM, from.c_str()) && set(easy, CURLOPT_MAIL_RCPT, recipients) &&
         set(easy, CURLOPT_UPLOAD, 1L) &&
         set(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail_.message.size())) &&
         set(easy, CURLOPT_READFUNCTION, &SmtpTransfer::on_read) && set(easy, CURLOPT_READDATA, this) &&
         set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(mail_limits::kConnectTimeout.count())) &&
         set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(mail_limits::kWholeTimeout.count())) &&
         set(easy, CURLOPT_XFERINFOFUNCTION, &SmtpTransfer::on_progress) && set(easy, CURLOPT_XFERINFODATA, this) &&
         set(easy, CURLOPT_NOPROGRESS, 0L) && set(easy, CURLOPT_DEBUGFUNCTION, &SmtpTransfer::on_dialogue) &&
         set(easy, CURLOPT_DEBUGDATA, this) && set(easy, CURLOPT_VERBOSE, 1L);
}

bool SmtpTransfer::configure_security(CURL* easy) {
  using StartTls = SmtpOptions::StartTls;
  const long starttls = options_.starttls == StartTls::required   ? CURLUSESSL_ALL
                        : options_.starttls == StartTls::optional ? CURLUSESSL_TRY
                                                                  : CURLUSESSL_NONE;
  const bool own_authorities = !options_.ca_file.empty();
  return set(easy, CURLOPT_USE_SSL, starttls) &&
         set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
         set(easy, CURLOPT_SSL_VERIFYPEER, 1L) && set(easy, CURLOPT_SSL_VERIFYHOST, 2L) &&
         (!own_authorities || (set(easy, CURLOPT_CAINFO, options_.ca_file.c_str()) &&
                               set(easy, CURLOPT_CAPATH, static_cast<char*>(nullptr))));
}

// What is said on both sides, as curl tells it; the mail itself comes as data and is passed over. A command may hold
// the password, so only its verb is looked at.
void SmtpTransfer::see(curl_infotype type, std::string_view line) {
  if (said_goodbye_) return;
  if (type == CURLINFO_HEADER_OUT && line.starts_with("QUIT")) {
    said_goodbye_ = true;  // curl's, after a refusal too
  } else if (type == CURLINFO_HEADER_OUT) {
    about_this_mail_ = about_this_mail_ || line.starts_with("RCPT ");
    last_answer_.clear();
  } else if (type == CURLINFO_HEADER_IN && reply_code(line)) {
    last_answer_ = line.substr(0, mail_limits::kLongestAnswer);
  }
}

std::size_t SmtpTransfer::on_read(char* to, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<SmtpTransfer*>(self);
  const auto& message = transfer.mail_.message;
  const auto bytes = std::min(size * count, message.size() - transfer.sent_);
  std::memcpy(to, message.data() + transfer.sent_, bytes);
  transfer.sent_ += bytes;
  return bytes;
}

Delivery SmtpTransfer::delivery_of(CURLcode code) const {
  // RFC 5321, section 3.8: the server is about to close, whatever it was asked.
  constexpr int kClosing = 421;
  if (code == CURLE_OK) return Delivery::delivered();
  if (stopping_) return Delivery::stopped();
  const auto reply = reply_code(last_answer_);
  if (about_this_mail_ && reply && *reply >= 400 && *reply != kClosing) {
    auto words = "the mail server said: " + presentable_answer(last_answer_, mail_.recipient);
    return *reply >= 500 ? Delivery::refused(std::move(words)) : Delivery::again(std::move(words));
  }
  return Delivery::held_up(words_for(code));
}

std::string SmtpTransfer::words_for(CURLcode code) const {
  const auto reply = reply_code(last_answer_);
  const std::string said =
      reply && *reply >= 400 ? "; it said: " + presentable_answer(last_answer_, mail_.recipient) : std::string();
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "the mail server's name can't be resolved: see mail.smtp_url";
    case CURLE_COULDNT_CONNECT:
      return "no connection to the mail server: see mail.smtp_url";
    case CURLE_OPERATION_TIMEDOUT:
      return "the mail server does not answer in time";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "the mail server's certificate is not of a trusted authority for its name: see mail.ca_file";
    case CURLE_SSL_CACERT_BADFILE:
      return "mail.ca_file can't be read, or holds no certificate";
    case CURLE_USE_SSL_FAILED:
      return "the mail server offers no STARTTLS: see mail.starttls";
    case CURLE_SSL_CONNECT_ERROR:
      return "no TLS connection to the mail server";
    case CURLE_LOGIN_DENIED:
      return "the mail server refuses the log-in: see mail.user and mail.password_file" + said;
    default:
      return "the mail server can't be used (" + std::string(curl_easy_strerror(code)) + ")" + said;
  }
}

}  // namespace

Expected<std::unique_ptr<SmtpServer>> SmtpServer::create(SmtpOptions options) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return core::fail(ErrorCode::internal, "libcurl can't start");
  return std::unique_ptr<SmtpServer>(new SmtpServer(std::move(options)));
}

SmtpServer::SmtpServer(SmtpOptions options)
    : options_(std::move(options)), url_(options_.url + greeting_path(options_.from)) {}

SmtpServer::~SmtpServer() {
  curl_global_cleanup();
}

Delivery SmtpServer::deliver(const WaitingMail& mail) {
  return SmtpTransfer(options_, url_, mail, stopping_).run();
}

}  // namespace kith::accounts
