#!/usr/bin/env bash
# Annotates a music library with several processes of one machine, one shard each, and merges the shards. Run it again
# to go on where it stopped.
#
#   parallel_annotate.sh MUSIC OUT [SHARDS] [-- OPTIONS OF MAEST ANNOTATE]      (default: a shard for each core)
#   MODEL=m.safetensors parallel_annotate.sh ~/Music results 8 -- --layer 7 --pooling mean3
#
# MAEST is the program (default: maest on the PATH). On one machine, one `maest annotate --jobs N` does the same in less
# memory; processes of their own are for where one of them may die. GNU parallel is used where it is installed, else
# xargs.
set -euo pipefail

usage() {
    sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

[[ "${1:-}" == --help ]] && { usage; exit 0; }
[[ $# -ge 2 ]] || { usage >&2; exit 64; }
# For the processes below.
export MUSIC=$1 OUT=$2 MAEST=${MAEST:-maest} MODEL=${MODEL:-} SHARDS
shift 2
SHARDS=$(getconf _NPROCESSORS_ONLN)
if [[ $# -gt 0 && "$1" != -- ]]; then
    SHARDS=$1
    shift
fi
[[ "${1:-}" != -- ]] || shift
[[ "$SHARDS" =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 64; }

# annotate_shard [OPTION...] SHARD
#
# Status 1 of maest is that tracks have failed, and their records say why. With any other, such as 2 where the output
# cannot be written, the same command has to run again.
annotate_shard() {
    local shard=${!#} annotate
    annotate=("$MAEST" annotate "$MUSIC" --out "$OUT/shard-$shard.jsonl" --shard "$shard/$SHARDS" --jobs 1 --threads 1
        --progress none ${MODEL:+--model "$MODEL"} "${@:1:$#-1}")
    "${annotate[@]}" || (($? == 1))
}
export -f annotate_shard

mkdir -p "$OUT"
if [[ "$(parallel --version 2>/dev/null)" == "GNU parallel"* ]]; then
    seq 0 $((SHARDS - 1)) | SHELL=$BASH parallel --quote --jobs "$SHARDS" annotate_shard "$@"
else
    seq 0 $((SHARDS - 1)) | xargs -P "$SHARDS" -n 1 bash -c 'annotate_shard "$@"' - "$@"
fi
# All records of an earlier merge are in the shards.
shards=()
for ((shard = 0; shard < SHARDS; shard++)); do shards+=("$OUT/shard-$shard.jsonl"); done
"$MAEST" merge "${shards[@]}" --out "$OUT/tags.jsonl" --force
