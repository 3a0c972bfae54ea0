#include "daemon/http/event_loop.hpp"

#include <pistache/reactor.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <future>
#include <unordered_map>

namespace kith::daemon {
namespace {

namespace Aio = Pistache::Aio;
namespace Polling = Pistache::Polling;
using std::chrono::milliseconds;

Polling::NotifyOn to_notify(Interest interest) {
  auto flags = Polling::NotifyOn::None;
  if (interest.read) flags = flags | Polling::NotifyOn::Read;
  if (interest.write) flags = flags | Polling::NotifyOn::Write;
  if (interest.hangup) flags = flags | Polling::NotifyOn::Shutdown;
  return flags;
}

// Short enough that no deadline is overrun by more than a quarter.
milliseconds tick_length(const HttpTimeouts& timeouts) {
  const auto shortest = std::min({timeouts.head, timeouts.idle_body, timeouts.keep_alive, timeouts.linger,
                                  timeouts.write_stall, timeouts.rate_window});
  return std::clamp(shortest / 4, milliseconds(10), milliseconds(250));
}

// One event thread's handler. After registerPoller() everything but mailbox() happens on that thread.
class LoopHandler final : public Aio::Handler, public ConnectionHost {
 public:
  explicit LoopHandler(ServerContext& context)
      : context_(context), mailbox_(std::make_shared<Mailbox>()), tick_(tick_length(context.options.timeouts)) {}

  std::shared_ptr<Aio::Handler> clone() const override { return std::make_shared<LoopHandler>(context_); }

  void registerPoller(Polling::Epoll& poller) override {
    timer_ = UniqueFd(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    scratch_ = std::make_unique_for_overwrite<std::uint8_t[]>(kPieceBytes);
    const Pistache::Flags<Polling::NotifyOn> read(Polling::NotifyOn::Read);
    poller.addFd(timer_.get(), read, tag_of(timer_.get()));
    poller.addFd(mailbox_->descriptor(), read, tag_of(mailbox_->descriptor()));
  }

  // Whatever escapes from here ends the process: so nothing does.
  void onReady(const Aio::FdSet& ready) override {
    for (const auto& event : ready) {
      const int fd = static_cast<int>(event.getTag().value());
      if (fd == timer_.get()) {
        guarded([this] { tick(); });
      } else if (fd == mailbox_->descriptor()) {
        for (auto& task : mailbox_->take()) guarded(task);
      } else {
        dispatch(fd, event.isReadable(), event.isWritable());
      }
    }
    closed_.clear();
  }

  void adopt(AcceptedSocket socket) {
    if (context_.draining) return;
    if (connections_.empty()) arm(tick_);
    auto connection = std::make_shared<Connection>(context_, *this, std::move(socket));
    const int fd = connection->descriptor();
    reactor()->registerFd(key(), fd, Polling::NotifyOn::None, tag_of(fd));
    connections_.emplace(fd, connection);
    connection->on_event(true, false, false);
  }

  void drain() {
    for (const auto& connection : all()) connection->on_drain();
  }

  void cut() {
    mailbox_->close();
    for (const auto& connection : all()) connection->close();
    closed_.clear();
  }

  void watch(int descriptor, Interest interest) override {
    reactor()->modifyFd(key(), descriptor, to_notify(interest), tag_of(descriptor));
  }

  void forget(int descriptor) override {
    reactor()->removeFd(key(), descriptor);
    const auto found = connections_.find(descriptor);
    if (found == connections_.end()) return;
    closed_.push_back(std::move(found->second));
    connections_.erase(found);
    if (connections_.empty()) arm(milliseconds(0));
  }

  const std::shared_ptr<Mailbox>& mailbox() override { return mailbox_; }
  std::span<std::uint8_t> scratch() override { return {scratch_.get(), kPieceBytes}; }

 private:
  static Polling::Tag tag_of(int fd) { return Polling::Tag(static_cast<std::uint64_t>(fd)); }

  template <class Task>
  void guarded(Task&& task) {
    try {
      task();
    } catch (const std::exception& error) {
      context_.logger.error("an event failed", {{"what", error.what()}});
    }
  }

  void dispatch(int fd, bool readable, bool writable) {
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    const auto connection = found->second;
    try {
      connection->on_event(readable, writable, !readable && !writable);
    } catch (const std::exception& error) {
      context_.logger.error("a connection failed", {{"what", error.what()}});
      guarded([&] { connection->close(); });
    }
  }

  void tick() {
    std::uint64_t expirations = 0;
    if (::read(timer_.get(), &expirations, sizeof expirations) != sizeof expirations) return;
    const auto now = context_.clock.steady();
    const auto elapsed = tick_ * static_cast<int>(std::min<std::uint64_t>(expirations, 1000));
    for (const auto& connection : all()) {
      guarded([&] { connection->on_tick(now, elapsed); });
    }
  }

  // Nobody is woken while there is no connection.
  void arm(milliseconds period) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(period);
    const timespec step{seconds.count(), std::chrono::nanoseconds(period - seconds).count()};
    const itimerspec spec{step, step};
    ::timerfd_settime(timer_.get(), 0, &spec, nullptr);
  }

  std::vector<std::shared_ptr<Connection>> all() const {
    std::vector<std::shared_ptr<Connection>> list;
    list.reserve(connections_.size());
    for (const auto& [fd, connection] : connections_) list.push_back(connection);
    return list;
  }

  ServerContext& context_;
  std::shared_ptr<Mailbox> mailbox_;
  const milliseconds tick_;
  UniqueFd timer_;
  std::unique_ptr<std::uint8_t[]> scratch_;
  std::unordered_map<int, std::shared_ptr<Connection>> connections_;
  // Closed in this turn: their descriptors must not be taken for new ones by events already fetched.
  std::vector<std::shared_ptr<Connection>> closed_;
};

}  // namespace

struct EventLoops::Reactor {
  std::shared_ptr<Aio::Reactor> reactor = Aio::Reactor::create();
  std::vector<std::shared_ptr<LoopHandler>> loops;
  std::atomic<std::size_t> next = 0;
};

EventLoops::EventLoops(ServerContext& context) : reactor_(std::make_unique<Reactor>()) {
  const auto threads = std::max<std::size_t>(context.options.event_threads, 1);
  reactor_->reactor->init(Aio::AsyncContext(threads, "kith-http"));
  const auto key = reactor_->reactor->addHandler(std::make_shared<LoopHandler>(context));
  for (const auto& handler : reactor_->reactor->handlers(key)) {
    reactor_->loops.push_back(std::static_pointer_cast<LoopHandler>(handler));
  }
  reactor_->reactor->run();
}

EventLoops::~EventLoops() {
  cut();
  reactor_->reactor->shutdown();
  reactor_->reactor.reset();  // joins
}

void EventLoops::adopt(AcceptedSocket socket) {
  const auto& loop = reactor_->loops[reactor_->next++ % reactor_->loops.size()];
  auto kept = std::make_shared<AcceptedSocket>(std::move(socket));
  loop->mailbox()->post([loop = loop.get(), kept] { loop->adopt(std::move(*kept)); });
}

void EventLoops::ask(const std::function<void()>& answered) {
  for (const auto& loop : reactor_->loops) loop->mailbox()->post(answered);
}

std::size_t EventLoops::count() const {
  return reactor_->loops.size();
}

void EventLoops::drain() {
  for (const auto& loop : reactor_->loops) {
    loop->mailbox()->post([loop = loop.get()] { loop->drain(); });
  }
}

void EventLoops::cut() {
  for (const auto& loop : reactor_->loops) {
    auto done = std::make_shared<std::promise<void>>();
    const bool posted = loop->mailbox()->post([loop = loop.get(), done] {
      loop->cut();
      done->set_value();
    });
    if (posted) done->get_future().wait();
  }
}

}  // namespace kith::daemon
