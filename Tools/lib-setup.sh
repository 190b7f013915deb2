# Sourced by the scripts beside it: goes to the repository's root and makes sure that everything is there to build.

cd "$(dirname "${BASH_SOURCE[0]}")/.."

debian_packages=(libopenblas-dev libsndfile1-dev libmpg123-dev libvorbis-dev libopusfile-dev libflac-dev
  libsamplerate0-dev libpng-dev libssl-dev libsqlite3-dev pkg-config)

# The packages of this list that are not installed.
missing_packages() {
  local package
  for package in "${debian_packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || echo "$package"
  done
}

install_missing_packages() {
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  # shellcheck disable=SC2086
  local install="apt-get install -y --no-install-recommends $(echo $missing)"
  echo "Installing $(echo $missing)" >&2
  if [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive $install -qq >/dev/null
  elif command -v sudo >/dev/null; then
    sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive $install -qq >/dev/null
  else
    echo "This needs root: $install" >&2
    return 1
  fi
}

if command -v apt-get >/dev/null; then
  install_missing_packages
elif [ "$(uname)" != Darwin ]; then
  echo "Not a Debian system: please install OpenBLAS, libsndfile, mpg123, libvorbis, opusfile, FLAC, libsamplerate," >&2
  echo "libpng, SQLite and OpenSSL's libcrypto with their headers." >&2
fi

command -v swift >/dev/null || {
  echo "Swift 6.2 or later is missing: https://www.swift.org/install" >&2
  exit 1
}

# Imports must go down only: an import of a module that is no declared dependency is an error.
build_flags=(-c release --explicit-target-dependency-import-check error)

# Tests use package access, not testability, so that they run the very modules that users build.
test_flags=(--disable-testable-imports)
