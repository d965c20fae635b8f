#!/bin/sh
# Runs a scenario in four shards, merges them, and reads one number from the table that results.
#
#   sh examples/shards.sh [SCENARIO [FOLDER]]
#
# Each turn of the loop could be a job on another machine: a shard needs nothing of the others, and merging needs nothing but the
# folders that they leave. COERCIVITY names the command, REALIZATIONS how many futures there are in all.
set -eu

coercivity=${COERCIVITY:-coercivity}
scenario=${1:-scenarios/first.toml}
folder=${2:-output/shards}
realizations=${REALIZATIONS:-400}
shards=4

i=1
while [ "$i" -le "$shards" ]; do
    "$coercivity" run "$scenario" --realizations "$realizations" --shard "$i/$shards" -o "$folder/shard-$i" --quiet
    i=$((i + 1))
done

# Exit codes say what happened: 0 done, 2 the shards do not belong together or one is missing, 1 the disk.
"$coercivity" merge "$folder"/shard-* -o "$folder/whole" --no-charts --quiet

# Tables are plain CSV with stable names; no field of this one holds a comma.
awk -F, '$1 == "unmet_share" && $2 == "world" && $3 == "mean" {
    printf "demand not served: %.2f %% (95 %% interval %.2f to %.2f %%, %d realizations)\n", 100 * $4, 100 * $6, 100 * $7, $8
}' "$folder/whole/summary.csv"
