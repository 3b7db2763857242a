#!/usr/bin/env bash
# Brings the committed record of what processes of two versions must agree on up to date with the code:
#   OrleansContracts.txt  what grains offer, one file a project (compared at every build)
#   Tests/Unit/Contracts/Golden  one written value of every contract (compared by the tests); files that are there are never changed
# Run it after adding or changing a contract, and review what it changes: "Changing a contract" in AGENTS.md.
set -euo pipefail
cd "$(dirname "$0")/.."

for project in Grains.Interfaces Grains; do
  # The analyzer regenerates a list only where there is one.
  touch "$project/OrleansContracts.txt"
  dotnet format analyzers "$project/$project.csproj" --no-restore --severity info --verbosity quiet \
    --diagnostics ORLEANS0016 ORLEANS0017 ORLEANS0018 ORLEANS0019 ORLEANS0020 ORLEANS0022 ORLEANS0023 ORLEANS0024 >/dev/null
done

dotnet build Tests -v quiet -nologo -clp:ErrorsOnly
FLOWGPT_WRITE_GOLDEN=1 dotnet run --project Tests --no-build -- --filter-method "*GoldenTests.EveryContract_HasAFileOfAllItsMembers" >/dev/null
dotnet run --project Tests --no-build -- --filter-class "*GoldenTests"
git status --short -- '*OrleansContracts.txt' Tests/Unit/Contracts/Golden
