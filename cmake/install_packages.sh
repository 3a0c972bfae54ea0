# Sourced by ./demo and ./check: Debian packages by name, installed only where missing.
build_packages=(
  g++ cmake ninja-build pkg-config ca-certificates
  libsodium-dev libbotan-2-dev libpistache-dev libsqlitecpp-dev libsqlite3-dev libxxhash-dev libyaml-cpp-dev libspdlog-dev libfmt-dev
  libcurl4-openssl-dev libssl-dev zlib1g-dev libvips-dev prometheus-cpp-dev nlohmann-json3-dev libcli11-dev libqrcodegen-dev libexpected-dev rapidjson-dev libgtest-dev libgmock-dev
)
# Any node and npm will do, and the page is built with them only where web/dist is not fresh.
node_packages=()
command -v node >/dev/null || node_packages+=(nodejs)
command -v npm >/dev/null || node_packages+=(npm)
"$(dirname "${BASH_SOURCE[0]}")/../web/build" --check 2>/dev/null || build_packages+=("${node_packages[@]}")
check_packages=(git clang-16 libclang-rt-16-dev lld-16 clang-format-14 openssl curl python3 python3-nacl python3-cryptography python3-jsonschema
  python3-aiosmtpd mandoc systemd)
# The fonts show emoji, Arabic, Hebrew and many more in the pictures of screens.
browser_packages=(chromium fonts-noto-core fonts-noto-color-emoji "${node_packages[@]}")
package_packages=(git python3 binutils dpkg-dev file debootstrap systemd mount "${node_packages[@]}")
bench_packages=(nginx-light curl openssl iproute2 procps zip libvips-tools
  magic-wormhole magic-wormhole-transit-relay python3-magic-wormhole-mailbox-server)

install_packages() {
  local missing=() name
  for name in "$@"; do
    # Debian 13 has Botan 3.
    if [ "$name" = libbotan-2-dev ] && dpkg-query -W -f='${Status}' libbotan-3-dev 2>/dev/null | grep -q 'ok installed'; then
      continue
    fi
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "installing: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "these packages are missing and sudo is not there to install them" >&2; return 1; }
    as_root=(sudo)
  fi
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update -q &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    return 1
  fi
  rm -f "$log"
}
