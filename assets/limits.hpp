#pragma once
// All limits of assets/ in one place. The first group is what callers can count on (HTTP API, private API), the second
// is tuning.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kith::assets {

inline constexpr std::size_t kMaxFileNameBytes = 255;
inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 500;
inline constexpr std::size_t kMaxAssetsPerShareCall =
    500;  // as many as a notification names (PROTOCOL.md, "Private API")
inline constexpr std::chrono::hours kVersionKept{30 * 24};  // a version that a newer one took the place of
inline constexpr std::chrono::hours kDeletedKept{24};       // a deleted asset can be restored for that long
inline constexpr std::size_t kMaxFilesPerArchive = 10'000;
inline constexpr std::chrono::minutes kArchiveKept{10};  // for so long the download of an archive may begin

inline constexpr int kMaxAlbumsPerUser = 1'000;
inline constexpr int kMaxAssetsPerAlbum = 10'000;
inline constexpr std::size_t kMaxAssetsPerAlbumCall = 500;
inline constexpr int kMaxViewersPerAlbum = 100;
inline constexpr std::size_t kMaxAlbumNameBytes = 255;

inline constexpr int kPreparedAtOnce = 500;    // photos looked at when an album is shared
inline constexpr int kPreparedBySweep = 50;    // the same, in one sweep
inline constexpr int kAlbumSharesAtOnce = 10;  // expired ones, in one sweep
// Exchanges with people who have no account.
inline constexpr std::chrono::seconds kShortestExchange{60};
inline constexpr std::chrono::hours kDefaultExchange{7 * 24};
inline constexpr std::chrono::hours kLongestExchange{90 * 24};
inline constexpr int kMaxExchanges = 1000;  // that one user has at a time
inline constexpr int kMaxExchangeFiles = 100;
inline constexpr int kMaxExchangeDownloads = 1000;
inline constexpr std::size_t kMaxExchangePasswordBytes = 1024;
inline constexpr std::size_t kMaxExchangeNoteBytes = 1000;
inline constexpr std::size_t kMaxSealedNameBytes = 2048;
inline constexpr std::chrono::minutes kExchangeTicketLife{10};

inline constexpr std::chrono::hours kUploadKept{24};     // an unfinished upload, after its last byte
inline constexpr std::size_t kOpenUploadsPerUser = 100;  // unfinished ones that can go on
inline constexpr std::size_t kMaxUploadMetadata = 4096;  // bytes, as the client sends it

inline constexpr std::size_t kSniffBytes = 512;            // what media_type_of looks at
inline constexpr std::size_t kMaxCursorBytes = 128;        // encoded
inline constexpr std::uint64_t kReserveStep = 8ull << 20;  // an upload of unknown size reserves quota in such steps
inline constexpr int kSweepBatch = 200;                    // rows of each kind, blobs included, a sweep handles at once
inline constexpr std::size_t kEndedUploadsPerUser = 1000;  // that are remembered
inline constexpr std::uint64_t kCheckpointBytes = 16ull << 20;  // a resumable upload is made durable that often
inline constexpr std::chrono::seconds kCheckpointInterval{5};   // … or that often
inline constexpr std::chrono::seconds kUploadStalledAfter{3};   // without a byte: a newer request takes over
inline constexpr std::chrono::minutes kExchangeLease{5};  // an upload that gets no byte for so long loses its place
inline constexpr int kMaxExchangeTickets = 1000;          // unspent presigned addresses of each kind an exchange has
inline constexpr std::size_t kMaxArchivesPerUser = 10;    // the oldest make way
inline constexpr std::size_t kMaxArchivedFilesPerUser = 20'000;
inline constexpr std::size_t kMaxArchivedFiles = 100'000;  // some 20 MB of memory

// Leaving metadata out of photos (photo_strip.hpp). Beyond these a photo can only be shared as it is.
inline constexpr std::uint64_t kMaxStrippedPhoto = 1ull << 30;
inline constexpr std::uint64_t kMaxMetadataBlock = 4ull << 20;  // one block, read into memory
inline constexpr std::uint64_t kMaxStripLiteral = 8ull << 20;   // what a plan holds in memory
inline constexpr std::size_t kMaxStripPieces = 65536;
inline constexpr std::size_t kMaxPhotoParts = 4u << 20;       // segments, chunks, boxes or blocks of one file
inline constexpr std::size_t kMaxExifFields = 1024;           // of one directory
inline constexpr std::size_t kStripPlansKept = 64;            // in memory, of the photos read last
inline constexpr std::size_t kMaxKeptStripPlan = 256 * 1024;  // larger ones are made again

inline constexpr int kPhotoAttempts = 3;  // of looking at a photo that ends the examination each time

}  // namespace kith::assets
