#pragma once
// Bounds and step sizes of storage/, all of them tuning: none is written to disk.

#include <cstddef>
#include <cstdint>

namespace kith::storage {

// Prepared statements a connection keeps; the program has fewer.
inline constexpr std::size_t kIdleStatements = 256;

// A blob writer hashes one buffer of this size while it fills and writes the next: 2 × 512 KiB a running upload.
inline constexpr std::size_t kBlobBuffer = 512 * 1024;
// Content of unknown size reserves free space in steps of this many bytes.
inline constexpr std::uint64_t kReservationStep = 8u << 20;
// The kernel is told to start writing back whenever this much is new, so that the sync at the end finds little to do.
inline constexpr std::uint64_t kWritebackStep = 8u << 20;

// Of a file that is read again to be hashed, this much has its turn before others do.
inline constexpr std::uint64_t kHashTurn = 8u << 20;

}  // namespace kith::storage
