#include "federation/session/direct_mac.hpp"

#include "core/crypto/sha256.hpp"
#include "core/length_prefixed.hpp"

namespace kith::federation {

core::Mac direct_request_mac(const SessionMacKey& key, const SessionId& session, std::uint64_t counter,
                             const DirectRequestFields& fields) {
  const core::Digest body = core::sha256(core::as_bytes(fields.body));
  core::LengthPrefixed message;
  message.add("kith/1 direct request").add(session.view()).add_u64(counter);
  message.add(fields.method).add(fields.target).add(fields.range).add(fields.if_range).add(body.view());
  return core::hmac_sha256(key.view(), message.view());
}

core::Mac direct_answer_mac(const SessionMacKey& key, const SessionId& session, std::uint64_t counter,
                            const DirectAnswerFields& fields) {
  core::LengthPrefixed message;
  message.add("kith/1 direct response").add(session.view()).add_u64(counter);
  message.add(std::to_string(fields.status)).add(fields.content_type).add(fields.content_length);
  message.add(fields.content_range).add(fields.etag).add(fields.repr_digest);
  return core::hmac_sha256(key.view(), message.view());
}

DirectAnswerFields direct_answer_fields(int status, const HeaderList& headers) {
  return {
      .status = status,
      .content_type = find_header(headers, "content-type").value_or(""),
      .content_length = find_header(headers, "content-length").value_or(""),
      .content_range = find_header(headers, "content-range").value_or(""),
      .etag = find_header(headers, "etag").value_or(""),
      .repr_digest = find_header(headers, "repr-digest").value_or(""),
  };
}

}  // namespace kith::federation
