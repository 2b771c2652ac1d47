# Sourced by packaging/try and packaging/test: brings the Debian packages and the locked Python environment.
# Works as root, with sudo, or - when neither may install - prints the one line to run.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
export LANG=C.UTF-8 LC_ALL=C.UTF-8 PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1

# What the window needs (stack.md), what the demonstration's real parts are, what the tests add.
window="python3-venv ca-certificates libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0 \
libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 fonts-noto-color-emoji"
parts="prosody lua-dbi-sqlite3 gnome-keyring dbus chromium"
tests="xvfb xauth git strace gettext profanity at-spi2-core dunst"

say() { printf '%s\n' "$*" >&2; }

missing() {
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || printf '%s ' "$package"
    done
}

need() {
    want=$(missing "$@")
    [ -n "$want" ] || return 0
    if [ "$(id -u)" = 0 ]; then as_root=""; elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo"; else
        if [ -t 0 ] && command -v sudo >/dev/null 2>&1; then as_root="sudo"; else
            say "Some system packages are missing. Please run this line, then try again:"
            say "  sudo apt-get update && sudo apt-get install --no-install-recommends $want"
            exit 3
        fi
    fi
    say "Installing: $want"
    # Prosody is wanted as a program, not as a service of this machine: nothing is started, nothing stays enabled.
    fresh_prosody=$(missing prosody)
    made_policy=""
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' | $as_root tee /usr/sbin/policy-rc.d >/dev/null
        $as_root chmod 755 /usr/sbin/policy-rc.d
        made_policy=yes
    fi
    tries=0
    until $as_root apt-get update -qq >/dev/null && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $want >/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -ge 3 ]; then
            [ -z "$made_policy" ] || $as_root rm -f /usr/sbin/policy-rc.d
            say "The packages could not be installed."
            exit 3
        fi
        sleep 5
    done
    [ -z "$made_policy" ] || $as_root rm -f /usr/sbin/policy-rc.d
    if [ -n "$fresh_prosody" ] && [ -d /run/systemd/system ]; then
        $as_root systemctl disable --now prosody >/dev/null 2>&1 || true
    fi
}

find_python() {
    for candidate in python3.11 python3 python3.12 python3.13; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    say "Robin needs Python 3.11 or newer."
    exit 3
}

# environment LOCK FOLDER: a virtual environment made from the lock; made again when the lock changes.
environment() {
    lock="$here/$1"
    venv="$here/$2"
    stamp="$venv/.made-from"
    sum=$(sha256sum "$lock" | cut -d' ' -f1)
    if [ ! -x "$venv/bin/python" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$sum" ]; then
        say "Making the Python environment from $1"
        rm -rf "$venv"
        "$(find_python)" -m venv "$venv"
        "$venv/bin/python" -m pip install -q --no-deps --require-hashes --only-binary :all: -r "$lock"
        site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
        printf '%s\n' "$here" >"$site/robin_messenger_checkout.pth"
        printf '#!/bin/sh\nexec "%s/bin/python" -m messenger "$@"\n' "$venv" >"$venv/bin/robin"
        chmod 755 "$venv/bin/robin"
        printf '%s' "$sum" >"$stamp"
    fi
}
