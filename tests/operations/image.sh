#!/bin/sh
# Runs COMMAND as a platform runs the image: ROOT read-only in place of /, SECRETS read-only in /run/secrets, as UID and GID:
#
#     unshare --mount tests/operations/image.sh ROOT SECRETS UID GID COMMAND...
#
# unshare gives it mounts of its own. As root, UID and GID are the real ones. Others add --map-root-user, and get a user
# who is UID and GID in there and themselves outside.
set -eu
root=$1 secrets=$2 uid=$3 gid=$4
shift 4
mount --bind "$root" "$root"
mount --bind "$secrets" "$root/run/secrets"
mount -o remount,bind,ro "$root/run/secrets"
mount -o remount,bind,ro "$root"
read -r _ _ users </proc/self/uid_map
if [ "$users" -gt 1 ]; then
    exec chroot --userspec="$uid:$gid" --groups= "$root" "$@"
fi
exec unshare --user --map-user="$uid" --map-group="$gid" --root="$root" "$@"
