#pragma once
// Takes the answer to a private API request off the wire, and hands it on only as far as it is authenticated. One
// thread.
//
// A peer that sends next to nothing (pace.hpp) is given up. What is not an answer of the session (a problem document
// about the session itself, a proxy's page) is collected, so that the opener can see what is wrong; it is never handed
// on.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/crypto/hmac.hpp"
#include "federation/peers.hpp"
#include "federation/session/pace.hpp"
#include "federation/session/sealed_frames.hpp"

namespace kith::federation {

class AnswerReceiver : public ResponseSink {
 public:
  AnswerReceiver(AnswerSink& sink, const core::Clock& clock) : sink_(sink), pace_(clock) {}
  bool body(core::ByteView piece) final;
  bool wanted() const final { return !pace_.is_too_slow() && sink_.wanted(); }
  // True once the head was authenticated and handed on.
  virtual bool started() const = 0;
  // After the whole body has come: an error if the answer was not whole, or not one of the session.
  [[nodiscard]] virtual Expected<void> finish() = 0;
  // Why a call returned false.
  const std::optional<core::Error>& error() const { return error_; }
  bool is_too_slow() const { return pace_.is_too_slow(); }
  // An answer that is not of the session: its status, headers, and the beginning of its body.
  const std::optional<PeerResponse>& stray() const { return stray_; }
  std::uint64_t received() const { return received_; }

 protected:
  virtual bool take(core::ByteView piece) = 0;
  bool fail_with(core::Error error);
  bool collect(core::ByteView piece);

  AnswerSink& sink_;
  std::optional<core::Error> error_;
  std::optional<PeerResponse> stray_;

 private:
  Pace pace_;
  std::uint64_t received_ = 0;
};

class SealedAnswerReceiver final : public AnswerReceiver {
 public:
  SealedAnswerReceiver(core::Aead a2o, const SessionId& session, std::uint64_t counter, AnswerSink& sink,
                       const core::Clock& clock)
      : AnswerReceiver(sink, clock), reader_(std::move(a2o), session, counter, sink) {}
  bool head(const PeerResponse& response) override;
  bool started() const override { return reader_.has_head(); }
  Expected<void> finish() override;

 private:
  bool take(core::ByteView piece) override;

  SealedFrameReader reader_;
};

class DirectAnswerReceiver final : public AnswerReceiver {
 public:
  // `right_mac` gives what Kith-Mac must be for a status and headers.
  DirectAnswerReceiver(std::function<core::Mac(int, const HeaderList&)> right_mac, AnswerSink& sink,
                       const core::Clock& clock)
      : AnswerReceiver(sink, clock), right_mac_(std::move(right_mac)) {}
  bool head(const PeerResponse& response) override;
  bool started() const override { return started_; }
  Expected<void> finish() override;

 private:
  bool take(core::ByteView piece) override;
  bool deliver();

  const std::function<core::Mac(int, const HeaderList&)> right_mac_;
  bool started_ = false;
  std::span<std::uint8_t> space_;  // borrowed, and filled up to `filled_`
  std::size_t filled_ = 0;
};

}  // namespace kith::federation
