#!/usr/bin/env bash
# Builds the release before this one into target/previous/lead-tracker, for the tests that run both side by side:
#
#     tests/previous.sh
#
# Once for each release: what is built already is left as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# With each release this moves on to the one before it. Until there is one, it is the last commit with the first
# migration alone.
readonly commit=a91801e6b0dc74fd0a6fa09bcb50f1c984c1d8e0
readonly folder=$PWD/target/previous

fail() {
    echo "previous: $*" >&2
    exit 1
}

[[ ! -x $folder/lead-tracker || $(cat "$folder/commit" 2>/dev/null) != "$commit" ]] || exit 0
git cat-file -e "$commit^{commit}" 2>/dev/null ||
    fail "commit $commit is not here: a shallow clone gets it by \`git fetch --unshallow\`, others by \`git fetch\`"
rm -rf "$folder"
mkdir -p "$folder/source"
git archive "$commit" | tar --extract --directory "$folder/source"
# In the same target folder, so that the dependencies which both have are compiled once, and under another name, or it would
# take the place of today's binary there.
sed -i '/^default-run = /d' "$folder/source/Cargo.toml"
printf '\n[[bin]]\nname = "lead-tracker-previous"\npath = "src/main.rs"\n' >>"$folder/source/Cargo.toml"
CARGO_TARGET_DIR=$PWD/target "${CARGO:-cargo}" build --locked --bin lead-tracker-previous \
    --manifest-path "$folder/source/Cargo.toml"
cp target/debug/lead-tracker-previous "$folder/lead-tracker"
rm -r "$folder/source"
echo "$commit" >"$folder/commit"
