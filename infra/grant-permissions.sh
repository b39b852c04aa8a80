#!/usr/bin/env bash
# Grants the collector's identity its application permissions of Defender for Endpoint, or tells which it has.
#
#   infra/grant-permissions.sh <object id of the identity> [--check] [--yes] [--comments]
#
# Without --yes it shows what it would do, and asks. --check only compares: exit code 0 when all are granted, 1 when not.
# --comments adds the permission to comment on alerts (COMMENT_ON_ALERT). It needs the Azure command line, signed in by
# somebody who may grant application permissions (Privileged Role Administrator); it can be run again at any time.
set -euo pipefail

readonly DEFENDER=fc780465-2017-40d4-a0c5-307022471b92 # WindowsDefenderATP, the same in every tenant
roles=(Machine.LiveResponse Machine.ReadWrite.All Library.Manage Alert.Read.All File.Read.All)
principal='' mode=ask

usage() {
  sed -n 's/^#   //p' "$0" >&2
  exit 2
}

for argument in "$@"; do
  case $argument in
    --check) mode=check ;;
    --yes) mode=grant ;;
    --comments) roles+=(Alert.ReadWrite.All) ;;
    -*) usage ;;
    *) [ -z "$principal" ] || usage; principal=$argument ;;
  esac
done
[[ $principal =~ ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$ ]] || usage

command -v az >/dev/null || {
  echo 'The Azure command line (az) is not installed: see https://learn.microsoft.com/cli/azure/install-azure-cli, or use Cloud Shell.' >&2
  exit 3
}

graph=$(az cloud show --query endpoints.microsoftGraphResourceId --output tsv)
graph=${graph%/}/v1.0
resource=$(az ad sp show --id "$DEFENDER" --query id --output tsv 2>/dev/null) || {
  echo "This tenant has no service principal of Defender for Endpoint yet. Make it with: az ad sp create --id $DEFENDER" >&2
  exit 3
}
held=$(az rest --method get --url "$graph/servicePrincipals/$principal/appRoleAssignments" \
  --query "value[?resourceId=='$resource'].appRoleId" --output tsv) || {
  echo "The identity $principal cannot be read. Is that its object id (not its client id), and are you signed in to its tenant (az login)?" >&2
  exit 3
}

missing=() ids=()
for role in "${roles[@]}"; do
  id=$(az ad sp show --id "$DEFENDER" --query "appRoles[?value=='$role' && contains(allowedMemberTypes, 'Application')].id" --output tsv)
  if [ -z "$id" ]; then
    echo "Defender for Endpoint does not offer the application permission $role in this tenant; nothing was granted." >&2
    exit 3
  fi
  if grep -qixF "$id" <<<"$held"; then
    echo "granted  $role"
  else
    echo "missing  $role"
    missing+=("$role")
    ids+=("$id")
  fi
done

if [ ${#missing[@]} -eq 0 ]; then
  echo "The identity $principal has all it needs."
  exit 0
fi
if [ "$mode" = check ]; then
  echo "Grant them with: $0 $principal" >&2
  exit 1
fi
if [ "$mode" = ask ]; then
  echo "These hold for the whole tenant. Machine.LiveResponse runs scripts as SYSTEM on every machine that is onboarded."
  read -r -p "Grant ${missing[*]} to $principal? [y/N] " answer
  [[ $answer =~ ^[yY] ]] || { echo 'Nothing was granted.'; exit 1; }
fi
for index in "${!missing[@]}"; do
  az rest --method post --url "$graph/servicePrincipals/$principal/appRoleAssignments" --output none \
    --body "{\"principalId\":\"$principal\",\"resourceId\":\"$resource\",\"appRoleId\":\"${ids[$index]}\"}" || {
    echo "${missing[$index]} could not be granted. That takes the role Privileged Role Administrator; what was granted before stays." >&2
    exit 4
  }
  echo "granted  ${missing[$index]} (now)"
done
echo 'Tokens that are out may lack the new permissions for up to a day; restart the app to be sure.'
