<#
.SYNOPSIS
Grants the collector's identity its application permissions of Defender for Endpoint, or tells which it has.
.DESCRIPTION
The same as grant-permissions.sh for those who work in PowerShell. It needs the Azure command line (az), signed in by
somebody who may grant application permissions (Privileged Role Administrator). It can be run again at any time.
.PARAMETER Principal
Object id of the identity: output identityPrincipalId of main.bicep.
.PARAMETER Check
Only compares: exit code 0 when all are granted, 1 when not.
.PARAMETER Yes
Does not ask.
.PARAMETER Comments
Adds the permission to comment on alerts (COMMENT_ON_ALERT).
#>
[CmdletBinding()]
param(
  [Parameter(Mandatory = $true)][guid]$Principal,
  [switch]$Check,
  [switch]$Yes,
  [switch]$Comments
)
$ErrorActionPreference = 'Stop'
$defender = 'fc780465-2017-40d4-a0c5-307022471b92'
$roles = @('Machine.LiveResponse', 'Machine.ReadWrite.All', 'Library.Manage', 'Alert.Read.All', 'File.Read.All')
if ($Comments) { $roles += 'Alert.ReadWrite.All' }

function Invoke-Az {
  $output = & az @args
  if ($LASTEXITCODE -ne 0) { throw "az $($args[0]) $($args[1]) failed. Are you signed in (az login) to the tenant of the identity, as Privileged Role Administrator?" }
  return $output
}

$graph = (Invoke-Az cloud show --query endpoints.microsoftGraphResourceId --output tsv).TrimEnd('/') + '/v1.0'
$service = Invoke-Az ad sp show --id $defender --output json | Out-String | ConvertFrom-Json
$address = "$graph/servicePrincipals/$Principal/appRoleAssignments"
$held = (Invoke-Az rest --method get --url $address --output json | Out-String | ConvertFrom-Json).value |
  Where-Object { $_.resourceId -eq $service.id } | ForEach-Object { $_.appRoleId }

$missing = @()
foreach ($name in $roles) {
  $role = $service.appRoles | Where-Object { $_.value -eq $name -and $_.allowedMemberTypes -contains 'Application' }
  if (-not $role) { throw "Defender for Endpoint does not offer the application permission $name in this tenant; nothing was granted." }
  if ($held -contains $role.id) { "granted  $name" } else { "missing  $name"; $missing += $role }
}
if ($missing.Count -eq 0) { "The identity $Principal has all it needs."; exit 0 }
if ($Check) { exit 1 }
if (-not $Yes) {
  'These hold for the whole tenant. Machine.LiveResponse runs scripts as SYSTEM on every machine that is onboarded.'
  $answer = Read-Host "Grant $(($missing | ForEach-Object { $_.value }) -join ', ') to $Principal? [y/N]"
  if ($answer -notmatch '^[yY]') { 'Nothing was granted.'; exit 1 }
}
foreach ($role in $missing) {
  $body = @{ principalId = "$Principal"; resourceId = $service.id; appRoleId = $role.id } | ConvertTo-Json -Compress
  # Windows' az.cmd loses quotes of an argument, so the body goes through a file.
  $file = New-TemporaryFile
  try {
    Set-Content -LiteralPath $file.FullName -Value $body -Encoding ascii
    $null = Invoke-Az rest --method post --url $address --body "@$($file.FullName)" --output none
  }
  finally { Remove-Item -LiteralPath $file.FullName }
  "granted  $($role.value) (now)"
}
'Tokens that are out may lack the new permissions for up to a day; restart the app to be sure.'
