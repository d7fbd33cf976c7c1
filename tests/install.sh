#!/usr/bin/env bash
# Installs Debian packages, as root or with a sudo that asks for no password:
#
#     tests/install.sh PACKAGE...
#
# No service that comes with them is started, now or at the next boot. Exit status: 0 installed; 1 apt failed, and said
# why; 2 this machine has no apt-get, or we may not use it.
set -euo pipefail

readonly mark='lead-tracker: nothing is to be started by the packages being installed'
readonly policy=/usr/sbin/policy-rc.d

become_root() {
    command -v apt-get >/dev/null || exit 2
    ((EUID == 0)) && return
    sudo -n true 2>/dev/null || exit 2
    exec sudo -n --preserve-env=http_proxy,https_proxy,no_proxy "$BASH" "${BASH_SOURCE[0]}" "$@"
}

# Debian starts what it installs unless this file says no. One that was there before is its owner's to change; ours
# outlives only a kill -9, and is then known by its mark.
forbid_starting() {
    if [[ ! -e $policy ]] || grep -qF "$mark" "$policy"; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\n# %s\nexit 101\n' "$mark" >"$policy"
        chmod 755 "$policy"
    fi
}

quietly() {
    local output
    output=$("$@" 2>&1) || { tail -n 20 <<<"$output" >&2 && return 1; }
}

apt() {
    quietly env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get -y -q -o DPkg::Lock::Timeout=300 "$@"
}

booted_units() {
    find /etc/systemd/system \( -name '*.service' -o -name '*.socket' \) -path '*.wants/*' -printf '%f\n' 2>/dev/null | sort || true
}

# forbid_booting UNITS_BEFORE PACKAGE...: Debian's services have their package's name in /etc/init.d; what came along as
# a dependency (Erlang's epmd.socket) is a unit that was not there before.
forbid_booting() {
    local name
    for name in "${@:2}"; do
        [[ ! -e /etc/init.d/$name ]] || quietly update-rc.d "$name" disable || true
    done
    command -v systemctl >/dev/null || return 0
    for name in $(comm -13 <(echo "$1") <(booted_units)); do
        quietly systemctl disable "$name" || true
    done
}

become_root "$@"
# One at a time, also from two clones: the second must not take the policy away under the first.
exec 9</var/lib/dpkg
flock 9
echo "installing Debian's $*" >&2
forbid_starting
units=$(booted_units)
# An outdated list of packages may still do, so it is the installation that decides.
apt update || true
apt install --no-install-recommends "$@" || exit 1
forbid_booting "$units" "$@"
