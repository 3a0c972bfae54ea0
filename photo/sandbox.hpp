#pragma once
// What the process may still do once it looks at a stranger's bytes: compute, read and write the descriptors it has,
// take memory up to a limit, and end. No file, socket, process or signal to others, whatever the bytes make a decoder
// do.

#include "core/error.hpp"

namespace kith::photo {

// Memory, processor time, priority, and no descriptor but the first three; before anything else is loaded. The process
// ends with its parent.
[[nodiscard]] core::Expected<void> limit_process();

// From here on the kernel refuses every system call but a short list, in all threads, for good. Fails where the kernel
// can't do that: then nothing of a stranger may be read.
[[nodiscard]] core::Expected<void> enter_sandbox();

}  // namespace kith::photo
