#Requires -Version 5.1
<#
.SYNOPSIS
Waits for the detached work of an earlier session and answers with its archive. The contract is in library/README.md.

.DESCRIPTION
It reads; of the folder of that session it removes everything but the archive and the answer to it, and work that is long past
its time it ends. No network, nothing installed, no text is ever run as code. The file is pure ASCII, so that no code page can
change it.

.PARAMETER Request
base64url of the request, compact JSON; its archive is the one that the start was asked for.
#>

# ============================================================ head: the same bytes in each PowerShell script of the library

[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)]
    [AllowEmptyString()]
    [string] $Request
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
$VerbosePreference = 'SilentlyContinue'

$ParentFolder = 'C:\Windows\Temp'
# A collection that is tried again has -r1 to -r999 behind its 32 hex digits.
$CollectionPattern = '\A[0-9a-f]{32}(-r[0-9]{1,3})?\z'
$MaximumRequestCharacters = 8000
$MinimumLimitBytes = 1048576
$MaximumLimitBytes = 3221225472
$MinimumLimitSeconds = 10
$MaximumLimitSeconds = 600
# Work that goes on after the answer has four hours.
$MaximumDetachedSeconds = 14400
$ReparsePointAttribute = 0x400
$SystemSid = 'S-1-5-18'
$AdministratorsSid = 'S-1-5-32-544'
$Utf8 = [System.Text.UTF8Encoding]::new($false, $true)
$Utf8Lenient = [System.Text.UTF8Encoding]::new($false, $false)

$Watch = [System.Diagnostics.Stopwatch]::StartNew()
$StartedAt = [datetime]::UtcNow
# What changes has its scope written where it is set, so that it is one variable however the script is called.
$script:Asked = $null
$script:Refusal = ''
$script:CollectSeconds = 0
$script:BootAt = $null
$script:IsDomainController = $false
$script:ScriptSha256 = $null

# ------------------------------------------------------------------------------------------------------ small tools

function Stop-WithReason {
    param([string] $Reason)
    $script:Refusal = $Reason
    throw $Reason
}

function Format-Instant {
    param([datetime] $Value)
    $Value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [System.Globalization.CultureInfo]::InvariantCulture)
}

function Get-Message {
    param($Failure)
    $Failure.Exception.GetBaseException().Message
}

function ConvertTo-Base64Url {
    param([byte[]] $Bytes)
    [System.Convert]::ToBase64String($Bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_')
}

# Text of base64url -> the text it holds; throws when it is neither base64url nor UTF-8.
function ConvertFrom-Base64Url {
    param([string] $Text)
    $padded = $Text.Replace('-', '+').Replace('_', '/')
    $missing = (4 - ($padded.Length % 4)) % 4
    $Utf8.GetString([System.Convert]::FromBase64String($padded.PadRight($padded.Length + $missing, '=')))
}

function Get-SecondsLeft {
    [int] [System.Math]::Floor($CollectSeconds - $Watch.Elapsed.TotalSeconds)
}

# Whoever else has the file open may go on to write, rename or remove it.
function Open-ForReading {
    param([string] $FilePath)
    $others = [System.IO.FileShare] 'ReadWrite, Delete'
    return [System.IO.FileStream]::new($FilePath, [System.IO.FileMode]::Open, [System.IO.FileAccess]::Read, $others, 65536)
}

function Get-Sha256 {
    param([string] $FilePath)
    $hasher = [System.Security.Cryptography.SHA256CryptoServiceProvider]::new()
    $reader = Open-ForReading -FilePath $FilePath
    try {
        [System.BitConverter]::ToString($hasher.ComputeHash($reader)).Replace('-', '').ToLowerInvariant()
    }
    finally {
        $reader.Dispose()
        $hasher.Dispose()
    }
}

function Set-ScriptSha256 {
    try {
        if (-not [string]::IsNullOrEmpty($PSCommandPath)) { $script:ScriptSha256 = Get-Sha256 -FilePath $PSCommandPath }
    }
    catch {
        $script:ScriptSha256 = $null
    }
}

function Assert-Elevated {
    $principal = [System.Security.Principal.WindowsPrincipal]::new([System.Security.Principal.WindowsIdentity]::GetCurrent())
    if (-not $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)) {
        Stop-WithReason -Reason 'The script needs SYSTEM or an elevated administrator. Run it by live response.'
    }
}

function Read-Machine {
    try {
        $system = Get-CimInstance -Namespace 'root/cimv2' -ClassName 'Win32_OperatingSystem' -OperationTimeoutSec 10
        $script:BootAt = Format-Instant -Value $system.LastBootUpTime
        $script:IsDomainController = $system.ProductType -eq 2
    }
    catch {
        $script:BootAt = $null
    }
}

function Test-OwnedByUs {
    param([string] $Path)
    $set = [System.IO.Directory]::GetAccessControl($Path, [System.Security.AccessControl.AccessControlSections]::Owner)
    $owner = $set.GetOwner([System.Security.Principal.SecurityIdentifier]).Value
    $self = [System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    return ($owner -eq $SystemSid) -or ($owner -eq $AdministratorsSid) -or ($owner -eq $self)
}

function Test-ReparsePoint {
    param([System.IO.FileSystemInfo] $Entry)
    return ([int] $Entry.Attributes -band $ReparsePointAttribute) -ne 0
}

# --------------------------------------------------------------------------------------------------------- request

function Read-Number {
    param([string] $Text, [long] $Minimum, [long] $Maximum, [string] $Name)
    if (($Text -cmatch '\A(0|[1-9][0-9]{0,9})\z') -and ([long] $Text -ge $Minimum) -and ([long] $Text -le $Maximum)) {
        return [long] $Text
    }
    Stop-WithReason -Reason "The $Name of the request is not a number from $Minimum to $Maximum."
}

# The words of the request's last key, which may be absent; any word of the right form may be asked for.
function Read-Options {
    param([string] $Listed)
    if (($Listed -cne '') -and ($Listed -cnotmatch '\A"[a-z][a-z-]{0,39}"(?:,"[a-z][a-z-]{0,39}")*\z')) {
        Stop-WithReason -Reason 'The options of the request are not words of small letters and dashes, at most 40 characters each.'
    }
    foreach ($found in [regex]::Matches($Listed, '[a-z-]+')) { $found.Value }
}

# Harvesting names the archive of an earlier session; every other script makes its own.
function Read-Request {
    param([string] $Encoded, [switch] $OfEarlierSession)
    if ($Encoded -cnotmatch '\A[A-Za-z0-9_-]+\z') {
        Stop-WithReason -Reason 'The argument is not base64url. Give one argument: the request as base64url without padding.'
    }
    if ($Encoded.Length -gt $MaximumRequestCharacters) {
        Stop-WithReason -Reason "The argument has more than $MaximumRequestCharacters characters. Ask for fewer files in one request."
    }
    $json = ''
    try {
        $json = ConvertFrom-Base64Url -Text $Encoded
    }
    catch {
        Stop-WithReason -Reason 'The argument is not base64url of UTF-8 text.'
    }
    if ($json -cnotmatch '\A[\x21-\x7e]+\z') {
        Stop-WithReason -Reason 'The request is not compact JSON in ASCII. Encode it without white space, foreign strings as base64url.'
    }
    $shape = '\A\{"v":([^,]*),"collection":"([^"]*)","session":([^,]*),"archive":"([^"]*)",' +
        '"limitBytes":([^,]*),"limitSeconds":([^,]*),"files":\[([^\]]*)\](?:,"options":\[([^\]]+)\])?\}\z'
    $parts = [regex]::Match($json, $shape)
    if (-not $parts.Success) {
        Stop-WithReason -Reason 'The request is not v, collection, session, archive, limitBytes, limitSeconds, files, options, in this order.'
    }
    if ($parts.Groups[1].Value -cne '1') {
        Stop-WithReason -Reason 'The request is not of version 1, the only one this script knows. Use the matching script.'
    }
    $collection = $parts.Groups[2].Value
    if ($collection -cnotmatch $CollectionPattern) {
        Stop-WithReason -Reason 'The collection of the request is not 32 hex digits.'
    }
    $session = Read-Number -Text $parts.Groups[3].Value -Minimum 0 -Maximum 999 -Name 'session'
    $made = $session
    if ($OfEarlierSession) {
        $named = [regex]::Match($parts.Groups[4].Value, '-([0-9]+)\\\\evidence\.zip\z').Groups[1].Value
        $made = Read-Number -Text $named -Minimum 0 -Maximum 999 -Name 'session in the archive'
    }
    $expectedFolder = $ParentFolder + '\evidence-collector-' + $collection + '-' + $made
    $expectedArchive = $expectedFolder + '\evidence.zip'
    if ($parts.Groups[4].Value -cne $expectedArchive.Replace('\', '\\')) {
        Stop-WithReason -Reason "The archive of the request is not $expectedArchive, the only place allowed."
    }
    $bytes = Read-Number -Text $parts.Groups[5].Value -Minimum $MinimumLimitBytes -Maximum $MaximumLimitBytes -Name 'limitBytes'
    $options = @(Read-Options -Listed $parts.Groups[8].Value)
    $mostSeconds = $MaximumLimitSeconds
    if ($options -ccontains 'detached') { $mostSeconds = $MaximumDetachedSeconds }
    $seconds = Read-Number -Text $parts.Groups[6].Value -Minimum $MinimumLimitSeconds -Maximum $mostSeconds -Name 'limitSeconds'

    $listed = $parts.Groups[7].Value
    $one = '\{"path":"([A-Za-z0-9_-]*)","sha256":"([0-9a-f]{64})?"\}'
    if (($listed -cne '') -and ($listed -cnotmatch ('\A' + $one + '(?:,' + $one + ')*\z'))) {
        Stop-WithReason -Reason 'The files of the request are not rows of path (base64url) and sha256 (64 hex digits or empty).'
    }
    $files = [System.Collections.Generic.List[object]]::new()
    foreach ($found in [regex]::Matches($listed, $one)) {
        $files.Add([pscustomobject] @{ Path = $found.Groups[1].Value; Sha256 = $found.Groups[2].Value })
    }
    return [pscustomobject] @{
        Collection   = $collection
        Session      = $session
        Folder       = $expectedFolder
        Archive      = $expectedArchive
        LimitBytes   = $bytes
        LimitSeconds = $seconds
        Files        = $files
        Options      = $options
    }
}

# ---------------------------------------------------------------------------------------------------------- answer

function Write-Answer {
    param([string] $Json)
    $encoded = ConvertTo-Base64Url -Bytes $Utf8Lenient.GetBytes($Json)
    Write-Output -InputObject '-----BEGIN EVIDENCE ANSWER-----'
    for ($at = 0; $at -lt $encoded.Length; $at += 76) {
        Write-Output -InputObject ($encoded.Substring($at, [System.Math]::Min(76, $encoded.Length - $at)))
    }
    Write-Output -InputObject '-----END EVIDENCE ANSWER-----'
}

function Get-MachineNow {
    [ordered] @{ utc = Format-Instant -Value ([datetime]::UtcNow); zone = [System.TimeZoneInfo]::Local.Id; bootAt = $BootAt }
}

# An answer with nothing kept; its files are the request's, in its order.
function New-Refusal {
    param([string] $Reason)
    $files = @()
    if ($null -ne $Asked) {
        $files = @(foreach ($file in $Asked.Files) {
                [ordered] @{ path = $file.Path; status = 'skipped'; verdict = 'not comparable'; sha256 = $null; bytes = $null }
            })
    }
    return [ordered] @{
        v         = 1
        ok        = $false
        reason    = $Reason
        script    = [ordered] @{ sha256 = $ScriptSha256 }
        machine   = Get-MachineNow
        startedAt = Format-Instant -Value $StartedAt
        endedAt   = Format-Instant -Value ([datetime]::UtcNow)
        archive   = $null
        items     = 0
        errors    = 0
        files     = $files
    }
}

function Get-FailureReason {
    param($Failure)
    if ($Refusal -cne '') { return $Refusal }
    return 'The script failed and kept nothing: ' + (Get-Message -Failure $Failure) + ' Run it again; then look at the machine.'
}

# ============================================================ end of head

# What hashing the archive and answering may take.
$SecondsToAnswer = 30
# Work that goes on for longer than this after its time does not end by itself.
$SecondsOfGrace = 120

# -------------------------------------------------------------------------------------------------------- detached

# What a file of the folder says, or null when it is not there.
function Read-State {
    param([string] $Name)
    $path = $Asked.Folder + '\' + $Name
    if (-not [System.IO.File]::Exists($path)) { return $null }
    return ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($path, $Utf8))
}

# The process that claimed the folder, if it is still that one; numbers of processes are used again.
function Get-Worker {
    param($Claim)
    try {
        $process = [System.Diagnostics.Process]::GetProcessById([int] $Claim.pid)
        if ((Format-Instant -Value $process.StartTime) -ceq $Claim.processStartedAt) { return $process }
        return $null
    }
    catch {
        return $null
    }
}

function Assert-Folder {
    $entry = [System.IO.DirectoryInfo]::new($Asked.Folder)
    if (-not $entry.Exists) {
        Stop-WithReason -Reason 'There is no detached work of this collection on the machine: it was never started, or was removed a day later.'
    }
    if ((Test-ReparsePoint -Entry $entry) -or (-not (Test-OwnedByUs -Path $Asked.Folder))) {
        Stop-WithReason -Reason "$($Asked.Folder) is not the folder that was made for detached work. Look at the machine."
    }
}

# Waits for the answer of the work; gives up when time is up, or when nobody is at work any more.
function Wait-ForAnswer {
    while ($true) {
        $worker = Get-Worker -Claim (Read-State -Name 'worker.json')
        # Asked for after the worker: it may have answered and gone in between.
        $answered = Read-State -Name 'answer.json'
        if ($null -ne $answered) { return $answered }
        if ($null -eq $worker) {
            Stop-WithReason -Reason 'The detached work ended without an answer: the machine was restarted, or it was ended. Start it again.'
        }
        if ((Get-SecondsLeft) -le 0) { return $null }
        [System.Threading.Thread]::Sleep(1000)
    }
}

# The archive as it is now: what was hashed when it was packed is hashed again.
function Read-Archive {
    param($Answered)
    $info = [System.IO.FileInfo]::new($Asked.Archive)
    if ((-not $info.Exists) -or (Test-ReparsePoint -Entry $info)) {
        Stop-WithReason -Reason 'The detached work left no archive, or it was removed. Start it again.'
    }
    $sha256 = Get-Sha256 -FilePath $Asked.Archive
    if (($info.Length -ne $Answered.archive.bytes) -or ($sha256 -cne $Answered.archive.sha256)) {
        Stop-WithReason -Reason 'The archive is not the one that the detached work left. Look at the machine before you start it again.'
    }
    return [ordered] @{ path = $Asked.Archive; bytes = $info.Length; sha256 = $sha256 }
}

function Read-Harvest {
    Assert-Folder
    $answered = Wait-ForAnswer
    if ($null -ne $answered) {
        if (-not $answered.ok) {
            [System.IO.Directory]::Delete($Asked.Folder, $true)
            Stop-WithReason -Reason ([string] $answered.reason)
        }
        $harvest = New-Refusal -Reason ''
        $harvest['archive'] = Read-Archive -Answered $answered
        $harvest['ok'] = $true
        $harvest['reason'] = $answered.reason
        $harvest['startedAt'] = [string] $answered.startedAt
        $harvest['endedAt'] = [string] $answered.endedAt
        $harvest['items'] = [int] $answered.items
        $harvest['errors'] = [int] $answered.errors
        $harvest['files'] = @($answered.files)
        foreach ($leftover in @('detached.ps1', 'worker.json')) { [System.IO.File]::Delete($Asked.Folder + '\' + $leftover) }
        return $harvest
    }
    $claim = Read-State -Name 'worker.json'
    $overdue = [datetime]::UtcNow.AddSeconds(-$SecondsOfGrace)
    if ((Format-Instant -Value $overdue) -cgt $claim.until) {
        $worker = Get-Worker -Claim $claim
        if ($null -ne $worker) { $worker.Kill() }
        Stop-WithReason -Reason 'The detached work did not end in its time and was ended. Ask for less, or give it more time.'
    }
    $harvest = New-Refusal -Reason "The detached work is not done; it has until $($claim.until). Harvest again later."
    $harvest['detached'] = [ordered] @{ until = [string] $claim.until }
    return $harvest
}

# ------------------------------------------------------------------------------------------------------------ main

Set-ScriptSha256
try {
    Assert-Elevated
    $script:Asked = Read-Request -Encoded $Request -OfEarlierSession
    $script:CollectSeconds = [System.Math]::Max(5, [System.Math]::Min($Asked.LimitSeconds, $MaximumLimitSeconds) - $SecondsToAnswer)
    Read-Machine
    $result = Read-Harvest
}
catch {
    $result = New-Refusal -Reason (Get-FailureReason -Failure $_)
}
Write-Answer -Json (ConvertTo-Json -InputObject $result -Compress -Depth 5)
exit 0
