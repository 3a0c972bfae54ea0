#include "config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <sstream>

#include "config/limits.hpp"

namespace kith::config {

namespace {

// Leaves yaml-cpp's parser from within an event; never leaves this file.
struct Refused {
  Mistake mistake;
};

Place place_of(const YAML::Mark& mark) {
  return mark.is_null() ? Place{} : Place{mark.line + 1, mark.column + 1};
}

YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) {
  YamlNode node;
  node.kind = kind;
  node.place = place_of(mark);
  return node;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "only one document is read; remove what follows '---'");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(node_at(mark, YamlNode::Kind::null)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases (*name) are not supported; write the value again");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    check_tag(mark, tag);
    auto node = node_at(mark, YamlNode::Kind::scalar);
    node.text = value;
    node.plain = tag == "?";
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, tag, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  // A list or map whose end has not come yet, with the key whose value comes next.
  struct Open {
    YamlNode node;
    std::optional<YamlEntry> entry;
  };

  [[noreturn]] static void refuse(Place place, std::string text) { throw Refused{{place, std::move(text)}}; }
  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string text) { refuse(place_of(mark), std::move(text)); }

  // "?" is a plain value, "!" a quoted one.
  static void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "tags (!name) are not supported");
  }
  void open(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind) {
    check_tag(mark, tag);
    if (open_.size() >= kMaxDepth) refuse(mark, "nested too deeply");
    open_.push_back({node_at(mark, kind), {}});
  }
  void close() {
    auto node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }
  void add(YamlNode node) {
    if (++nodes_ > kMaxNodes) refuse(node.place, "too many values for a configuration");
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (auto& [parent, entry] = open_.back(); parent.kind == YamlNode::Kind::list) {
      parent.items.push_back(std::move(node));
    } else if (entry) {
      entry->value = std::move(node);
      parent.entries.push_back(std::move(*entry));
      entry.reset();
    } else {
      entry = key_of(parent, node);
    }
  }
  static YamlEntry key_of(const YamlNode& map, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::scalar) refuse(node.place, "a key must be a name");
    for (const auto& other : map.entries) {
      if (other.key == node.text)
        refuse(node.place,
               "\"" + node.text + "\" stands here twice; the first is in line " + std::to_string(other.place.line));
    }
    return {node.text, node.place, {}};
  }

  YamlNode root_;
  std::vector<Open> open_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

}  // namespace

tl::expected<YamlNode, Mistake> parse_yaml(const std::string& text) {
  try {
    // Without its last line breaks: behind one of them yaml-cpp takes the end of the text for a closing quote.
    std::istringstream stream(text.substr(0, text.find_last_not_of(" \t\r\n") + 1));
    YAML::Parser parser(stream);
    TreeBuilder builder;
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take_root();
  } catch (const Refused& refused) {
    return tl::make_unexpected(refused.mistake);
  } catch (const YAML::Exception& exception) {
    return tl::make_unexpected(Mistake{place_of(exception.mark), "not valid YAML: " + exception.msg});
  }
}

}  // namespace kith::config
