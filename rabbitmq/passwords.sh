#!/usr/bin/env bash
# Prints definitions.json with passwords filled in, as salted hashes:
#
#     rabbitmq/passwords.sh FOLDER >definitions.json
#
# FOLDER has a file for each user who is to log in, named like the user, with the password in its first line. Who has no
# file has no password, and RabbitMQ lets nobody in without one.
set -euo pipefail

definitions=$(dirname "${BASH_SOURCE[0]}")/definitions.json
readonly definitions

fail() {
    echo "passwords: $*" >&2
    exit 1
}

# bytes HEX: what the digits stand for. It is never kept in a variable, as these cannot hold a zero byte.
bytes() {
    # shellcheck disable=SC2059,SC2001 # the escapes are the format; bash alone cannot put them in
    printf "$(sed 's/../\\x&/g' <<<"$1")"
}

# RabbitMQ's form: base64 of a salt of four bytes and of the SHA-256 of salt and password.
salted_hash() {
    local salt digest
    salt=$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')
    digest=$({ bytes "$salt" && printf %s "$1"; } | sha256sum | cut -d ' ' -f 1)
    bytes "$salt$digest" | base64 -w 0
}

[[ $# -eq 1 && -d $1 ]] || fail 'which folder? rabbitmq/passwords.sh FOLDER >definitions.json'
edits=()
for file in "$1"/*; do
    user=$(basename "$file")
    grep -q "\"name\": \"$user\", \"password_hash\": \"\"" "$definitions" || fail "$file: there is no user $user"
    IFS= read -r password <"$file" || [[ -n $password ]] || fail "$file is empty"
    edits+=(-e "s|(\"name\": \"$user\", \"password_hash\": \")\"|\\1$(salted_hash "$password")\"|")
done
((${#edits[@]} > 0)) || fail "$1 is empty"
sed -E "${edits[@]}" "$definitions"
