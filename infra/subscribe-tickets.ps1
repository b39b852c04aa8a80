<#
.SYNOPSIS
Subscribes the deployed app to its tickets, so that each result is copied at once and not by the next timer run.
.DESCRIPTION
The same as subscribe-tickets.sh for those who work in PowerShell. The key in the webhook's address exists once the app
has started with its package. It can be run again at any time: the subscription is then written as it should be.
.PARAMETER ResourceGroup
The resource group that main.bicep was deployed to.
.PARAMETER FunctionApp
Output functionAppName of main.bicep.
.PARAMETER Topic
Output ticketTopicName of main.bicep.
#>
[CmdletBinding()]
param(
  [Parameter(Mandatory = $true)][string]$ResourceGroup,
  [Parameter(Mandatory = $true)][string]$FunctionApp,
  [Parameter(Mandatory = $true)][string]$Topic
)
$ErrorActionPreference = 'Stop'
$tries = 20
$pauseSeconds = 15

$site = & az functionapp show --resource-group $ResourceGroup --name $FunctionApp --query defaultHostName --output tsv
if ($LASTEXITCODE -ne 0) { throw "The function app $FunctionApp cannot be read in $ResourceGroup. Are you signed in (az login), and was main.bicep deployed there?" }

$key = ''
for ($try = 1; ($try -le $tries) -and (-not $key); $try++) {
  if ($try -gt 1) { Start-Sleep -Seconds $pauseSeconds }
  $key = & az functionapp keys list --resource-group $ResourceGroup --name $FunctionApp --query systemKeys.blobs_extension --output tsv
}
if (-not $key) { throw "The app $FunctionApp has no key for its blob trigger yet, which it makes when it first starts. Look at https://$site/api/health, then run this again. Until then the timer copies each result." }

# An argument with & would be split by the cmd file that az is on Windows, unless it is quoted once more.
$endpoint = '"https://{0}/runtime/webhooks/blobs?functionName=Host.Functions.copy-result&code={1}"' -f $site, $key
if ($PSVersionTable.PSVersion.Major -ge 6 -and -not $IsWindows) { $endpoint = $endpoint.Trim('"') }
& az eventgrid system-topic event-subscription create --resource-group $ResourceGroup --system-topic-name $Topic --name tickets `
  --endpoint-type webhook --endpoint $endpoint `
  --included-event-types Microsoft.Storage.BlobCreated --subject-begins-with /blobServices/default/containers/tickets/ `
  --max-delivery-attempts 30 --event-ttl 1440 --output none
if ($LASTEXITCODE -ne 0) { throw "Event Grid did not take the subscription of $Topic. Does https://$site/api/health answer? Then run this again." }
Write-Output "$FunctionApp is told of each ticket by $Topic."
