#!/usr/bin/env bash
# Subscribes the deployed app to its tickets, so that each result is copied at once and not by the next timer run.
#
#   infra/subscribe-tickets.sh <resource group> <function app> <system topic of tickets>
#
# The key in the webhook's address exists once the app has started with its package. It can be run again at any time:
# the subscription is then written as it should be. It needs the Azure command line, signed in as who deployed.
set -euo pipefail

readonly TRIES=${SUBSCRIBE_TRIES:-20} PAUSE_SECONDS=${SUBSCRIBE_PAUSE_SECONDS:-15}

if [ "$#" -ne 3 ] || [ -z "$1" ] || [ -z "$2" ] || [ -z "$3" ]; then
  sed -n 's/^#   //p' "$0" >&2
  exit 2
fi
group=$1 app=$2 topic=$3

command -v az >/dev/null || {
  echo 'The Azure command line (az) is not installed: see https://learn.microsoft.com/cli/azure/install-azure-cli, or use Cloud Shell.' >&2
  exit 3
}

host=$(az functionapp show --resource-group "$group" --name "$app" --query defaultHostName --output tsv) || {
  echo "The function app $app cannot be read in $group. Are you signed in (az login), and was main.bicep deployed there?" >&2
  exit 3
}
key=''
for ((try = 1; try <= TRIES; try++)); do
  key=$(az functionapp keys list --resource-group "$group" --name "$app" --query systemKeys.blobs_extension --output tsv 2>/dev/null) || key=''
  [ -z "$key" ] || break
  [ "$try" = "$TRIES" ] || sleep "$PAUSE_SECONDS"
done
if [ -z "$key" ]; then
  echo "The app $app has no key for its blob trigger yet, which it makes when it first starts. Look at https://$host/api/health, then run this again. Until then the timer copies each result." >&2
  exit 4
fi

az eventgrid system-topic event-subscription create --resource-group "$group" --system-topic-name "$topic" --name tickets \
  --endpoint-type webhook --endpoint "https://$host/runtime/webhooks/blobs?functionName=Host.Functions.copy-result&code=$key" \
  --included-event-types Microsoft.Storage.BlobCreated --subject-begins-with /blobServices/default/containers/tickets/ \
  --max-delivery-attempts 30 --event-ttl 1440 --output none || {
  echo "Event Grid did not take the subscription of $topic. Does https://$host/api/health answer? Then run this again." >&2
  exit 5
}
echo "$app is told of each ticket by $topic."
