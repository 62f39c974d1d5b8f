#!/usr/bin/env bash
# Builds the decks of a folder and publishes those that have changed:
#
#   qt2anki-nightly --first-release /srv/decks   the first time
#   qt2anki-nightly /srv/decks                   every night
#
#   /srv/decks/pages     the pages
#   /srv/decks/courses   course files, if there are any
#   /srv/decks/public    what students download: packages, CHANGES.md, manifest.json
#   /srv/decks/cache     cache; safe to delete
#
# Prints nothing if nothing has changed. Exits with status 1 if a page has an error (the others are
# published), if the build is refused, or if the import test fails (nothing is published).
set -euo pipefail
first=()
if [ "${1:-}" = --first-release ]; then
  first=(--first-release)
  shift
fi
cd "${1:?name the folder that contains pages/}"

exec 9> .nightly.lock
if ! flock --nonblock 9; then
  echo "Another nightly run is active in $PWD." >&2
  exit 1
fi

# Put all files of the complete release in ready/ into public/.
publish() {
  find public -name '*.part' -delete # left by an interrupted run
  (cd ready && find . -type f -print0) |
    while IFS= read -r -d '' file; do
      if ! cmp -s "ready/$file" "public/$file"; then
        mkdir -p "public/$(dirname "$file")"
        cp -p "ready/$file" "public/$file.part"
        mv "public/$file.part" "public/$file" # atomically: nobody downloads half a package
        echo "Published ${file#./}"
      fi
    done
  (cd public && find . -type f -print0) |
    while IFS= read -r -d '' file; do
      if [ ! -e "ready/$file" ]; then
        rm "public/$file"
        echo "Removed ${file#./}"
      fi
    done
  rm -rf next
  mv ready next # an interrupted removal must not look like a release
  rm -rf next
}

# A build needs the whole release published last, and works on a copy of it.
mkdir -p public
[ ! -d ready ] || publish # an interrupted run
if [ "${#first[@]}" -eq 0 ] && ! compgen -G 'public/*.apkg' > /dev/null; then
  echo "No package is in $PWD/public. Without the last release, students would lose their review" >&2
  echo "histories: restore it. If there is none yet, run this once with --first-release." >&2
  exit 1
fi
rm -rf next
cp -Rp public next
status=0
qt2anki build pages --out next --cache cache --quiet "${first[@]}" --json > summary.json || status=$?
if [ ! -s summary.json ]; then
  exit "$status" # refused: the reason is on standard error
fi
courses=()
for file in courses/*.toml; do
  [ ! -e "$file" ] || courses+=(--course "$(basename "$file" .toml)")
done
if [ "${#courses[@]}" -gt 0 ]; then
  qt2anki build pages --out next --cache cache --quiet "${first[@]}" "${courses[@]}" || status=$?
fi
# A build does not write unchanged files, so equal folders mean equal decks.
if diff -rq next public > /dev/null; then
  rm -rf next
  exit "$status"
fi

rehearsal=(next)
! compgen -G 'next/courses/*.apkg' > /dev/null || rehearsal+=(next/courses)
! compgen -G 'public/*.apkg' > /dev/null || rehearsal+=(--against public)
! compgen -G 'public/courses/*.apkg' > /dev/null || rehearsal+=(--against public/courses)
qt2anki verify "${rehearsal[@]}" > verdict.txt || { cat verdict.txt >&2; exit 1; }

mv next ready
publish
exit "$status"
