#pragma once
// Bodies of tus requests, as they come in.

#include <memory>
#include <optional>
#include <string>

#include "assets/resumable_uploads.hpp"
#include "daemon/api/services.hpp"
#include "daemon/http/body.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

// No body is taken; this is the answer.
class AnsweredSink final : public BodySink {
 public:
  explicit AnsweredSink(Response answer) : answer_(std::make_shared<Response>(std::move(answer))) {}
  std::shared_ptr<Response> early_answer() override { return answer_; }
  core::Expected<void> write(core::ByteView) override { return core::fail(core::ErrorCode::internal, "answered"); }
  core::Expected<Response> finish() override { return *answer_; }

 private:
  const std::shared_ptr<Response> answer_;
};

// Appends to an upload: PATCH.
class TusAppendSink final : public BodySink {
 public:
  TusAppendSink(const Services& services, const Request& request, std::unique_ptr<assets::ResumableWriting> writing);
  core::Expected<void> write(core::ByteView piece) override;
  core::Expected<Response> finish() override;
  std::shared_ptr<Response> early_answer() override { return refusal_; }

 private:
  const Services& services_;
  const Request head_;  // for its id and address only
  const std::unique_ptr<assets::ResumableWriting> writing_;
  std::shared_ptr<Response> refusal_;
};

// Creates an upload, perhaps with its first bytes: POST. Without a good answer there is none: nobody would know where
// it is.
class TusCreationSink final : public BodySink {
 public:
  // `writing`: where bytes are to come, or none are missing.
  TusCreationSink(const Services& services, const Request& request, assets::ResumableUpload upload,
                  std::string location, std::unique_ptr<assets::ResumableWriting> writing);
  ~TusCreationSink() override;
  core::Expected<void> write(core::ByteView piece) override;
  core::Expected<Response> finish() override;
  std::shared_ptr<Response> early_answer() override { return refusal_; }

 private:
  const Services& services_;
  const Request head_;
  assets::ResumableUpload upload_;
  const std::string location_;
  std::unique_ptr<assets::ResumableWriting> writing_;
  std::shared_ptr<Response> refusal_;
  bool answered_ = false;
};

}  // namespace kith::daemon
