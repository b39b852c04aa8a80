#Requires -Version 5.1
<#
.SYNOPSIS
Evidence triage for Windows, run by live response as SYSTEM. The contract is in library/README.md.

.DESCRIPTION
It reads; it writes nowhere but in one fresh folder below C:\Windows\Temp that only SYSTEM and Administrators can enter, of
which only the archive stays. No network, nothing installed, nothing changed, no text is ever run as code. The one program
it starts is wevtutil.exe, to export event logs, and with the option detached a copy of itself. The file is pure ASCII, so that
no code page can change it.

.PARAMETER Request
base64url of the request, compact JSON.
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

# ============================================================ collecting: the same bytes in each script that makes an archive

$FolderPattern = '\Aevidence-collector-[0-9a-f]{32}(-r[0-9]{1,3})?-(0|[1-9][0-9]{0,2})\z'
$StagingPattern = '\Aevidence-collector-[0-9a-f]{32}\.new\z'
$MaximumRows = 900
$MaximumHashedBytes = 2gb
# What the index and the directory of the zip may take.
$ReservedBytes = 262144
$FreeSpaceToLeaveBytes = 100mb
# File attributes, by their numbers. Cloud: offline, recall on open, recall on data access; reading would fetch the content.
$DirectoryAttribute = 0x10
$DeviceAttribute = 0x40
$CloudAttributes = 0x441000

$script:Folder = ''
$script:WorkFolder = ''
$script:LimitBytes = [long] 0
$script:CeilingShare = 0.5
$script:ArchiveStream = $null
$script:Archive = $null
# A sentence for people in the answer of a run that went well.
$script:NoticeForPeople = ''
$script:Native = $null
$Rows = [System.Collections.Generic.List[object]]::new()
$FileAnswers = [System.Collections.Generic.List[object]]::new()

# The wish, or what is left if that is less.
function Get-Seconds {
    param([int] $Wish)
    [System.Math]::Max(1, [System.Math]::Min($Wish, (Get-SecondsLeft)))
}

# Bytes that a next entry may have before it is compressed. The ceiling is lower first, so that the alert's own files find
# at least a quarter of the size left, and what comes after them another.
function Get-BytesLeft {
    [long] ($LimitBytes * $CeilingShare) - $ArchiveStream.Position - $ReservedBytes
}

# Any value -> a string, a number, a boolean or null. Lists become lines, objects become name=value.
function ConvertTo-Plain {
    param($Value, [int] $Depth = 0)
    if ($null -eq $Value) { return $null }
    if ($Value -is [string]) {
        if ($Value.Length -gt 8192) { return $Value.Substring(0, 8192) }
        return $Value
    }
    if ($Value -is [datetime]) { return Format-Instant -Value $Value }
    if ($Value -is [bool]) { return $Value }
    if ($Value -is [byte[]]) {
        return [System.BitConverter]::ToString($Value, 0, [System.Math]::Min($Value.Length, 512)).Replace('-', '').ToLowerInvariant()
    }
    if (($Value -is [int]) -or ($Value -is [uint32]) -or ($Value -is [long]) -or ($Value -is [uint64]) -or
        ($Value -is [int16]) -or ($Value -is [uint16]) -or ($Value -is [byte])) { return $Value }
    if ($Depth -ge 3) { return [string] $Value }
    if ($Value -is [Microsoft.Management.Infrastructure.CimInstance]) {
        $parts = [System.Collections.Generic.List[string]]::new()
        foreach ($property in $Value.CimInstanceProperties) {
            if ($null -ne $property.Value) {
                $parts.Add($property.Name + '=' + (ConvertTo-Plain -Value $property.Value -Depth ($Depth + 1)))
            }
        }
        return $parts -join '; '
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        $lines = [System.Collections.Generic.List[string]]::new()
        foreach ($element in $Value) {
            if ($lines.Count -ge 200) { break }
            $lines.Add([string] (ConvertTo-Plain -Value $element -Depth ($Depth + 1)))
        }
        return $lines -join "`n"
    }
    return [string] $Value
}

# ---------------------------------------------------------------------------------------------------------- folder

function Remove-StaleFolders {
    $yesterday = [datetime]::UtcNow.AddHours(-24)
    foreach ($entry in [System.IO.DirectoryInfo]::new($ParentFolder).GetDirectories('evidence-collector-*')) {
        if (($entry.Name -cnotmatch $FolderPattern) -and ($entry.Name -cnotmatch $StagingPattern)) { continue }
        if ((Test-ReparsePoint -Entry $entry) -or ($entry.LastWriteTimeUtc -gt $yesterday)) { continue }
        try {
            if (Test-OwnedByUs -Path $entry.FullName) { [System.IO.Directory]::Delete($entry.FullName, $true) }
        }
        catch {
            # In use, or not ours to remove: it stays for the next run.
            continue
        }
    }
}

# CreateDirectory accepts a folder that exists, Move does not: a folder with a name that none can guess is made with its
# access list, and then moved to the name that was asked for.
function New-EvidenceFolder {
    $parent = [System.IO.DirectoryInfo]::new($ParentFolder)
    if ((-not $parent.Exists) -or (Test-ReparsePoint -Entry $parent)) {
        Stop-WithReason -Reason "$ParentFolder is not a folder of its own on this machine, so nothing in it is safe. Restore it."
    }
    $security = [System.Security.AccessControl.DirectorySecurity]::new()
    $security.SetAccessRuleProtection($true, $false)
    foreach ($sid in @($SystemSid, $AdministratorsSid)) {
        $security.AddAccessRule([System.Security.AccessControl.FileSystemAccessRule]::new(
                [System.Security.Principal.SecurityIdentifier]::new($sid),
                [System.Security.AccessControl.FileSystemRights]::FullControl,
                [System.Security.AccessControl.InheritanceFlags] 'ContainerInherit, ObjectInherit',
                [System.Security.AccessControl.PropagationFlags]::None,
                [System.Security.AccessControl.AccessControlType]::Allow))
    }
    $staging = $ParentFolder + '\evidence-collector-' + [guid]::NewGuid().ToString('N') + '.new'
    [void] [System.IO.Directory]::CreateDirectory($staging, $security)
    try {
        $set = [System.IO.Directory]::GetAccessControl($staging)
        $rules = $set.GetAccessRules($true, $true, [System.Security.Principal.SecurityIdentifier])
        if ((-not $set.AreAccessRulesProtected) -or ($rules.Count -ne 2) -or (-not (Test-OwnedByUs -Path $staging))) {
            Stop-WithReason -Reason "A folder below $ParentFolder could not be closed to others. Check the file system of the machine."
        }
        [System.IO.Directory]::Move($staging, $Asked.Folder)
    }
    catch {
        [System.IO.Directory]::Delete($staging, $true)
        if ($Refusal -cne '') { throw }
        Stop-WithReason -Reason "$($Asked.Folder) could not be created: it exists already, or the disk is full. Nothing was touched."
    }
    $script:Folder = $Asked.Folder
    $script:WorkFolder = $Asked.Folder + '\work'
    [void] [System.IO.Directory]::CreateDirectory($WorkFolder)
}

# The archive and the largest file on its way into it need space; a nearly full disk lowers the limit.
function Set-LimitToDisk {
    $free = [System.IO.DriveInfo]::new('C').AvailableFreeSpace
    $fitting = [long] (($free - $FreeSpaceToLeaveBytes) / 2)
    $script:LimitBytes = [System.Math]::Min([long] $Asked.LimitBytes, $fitting)
    if ($LimitBytes -lt $MinimumLimitBytes) {
        Stop-WithReason -Reason "Drive C has only $free bytes free: collecting might fill it. Free some space and run the script again."
    }
}

# ------------------------------------------------------------------------------------------------------------ rows

function New-Row {
    param([string] $Category, [string] $Source)
    if ($Source -ceq '') { $Source = '(empty)' }
    return [ordered] @{
        id       = $Rows.Count + 1
        category = $Category
        source   = $Source
        path     = $null
        stored   = $null
        bytes    = $null
        sha256   = $null
        status   = 'collected'
        reason   = $null
        file     = $null
        request  = $null
    }
}

function Add-Failure {
    param([string] $Category, [string] $Source, [string] $Status, [string] $Reason)
    $row = New-Row -Category $Category -Source $Source
    $row['status'] = $Status
    $row['reason'] = $Reason
    $Rows.Add($row)
}

# Is there time, room and a row left? If not, a row says so, once for rows.
function Test-Budget {
    param([string] $Category, [string] $Source, [switch] $AnySize)
    if ($Rows.Count -gt $MaximumRows) { return $false }
    if ($Rows.Count -eq $MaximumRows) {
        Add-Failure -Category $Category -Source $Source -Status 'skipped' -Reason 'The index is full.'
        return $false
    }
    if ((Get-SecondsLeft) -le 0) {
        Add-Failure -Category $Category -Source $Source -Status 'skipped' -Reason 'The time limit was reached.'
        return $false
    }
    if ((-not $AnySize) -and ((Get-BytesLeft) -le 4096)) {
        Add-Failure -Category $Category -Source $Source -Status 'skipped' -Reason 'The size limit was reached.'
        return $false
    }
    return $true
}

function Add-ArchiveEntry {
    param([string] $Name, [string] $FilePath)
    $reader = Open-ForReading -FilePath $FilePath
    try {
        $target = $Archive.CreateEntry($Name, [System.IO.Compression.CompressionLevel]::Fastest).Open()
        try {
            $reader.CopyTo($target)
        }
        finally {
            $target.Dispose()
        }
    }
    finally {
        $reader.Dispose()
    }
}

# Hashes a file of the work folder, packs it under a number, removes it, and adds its row. Antivirus may take the copy of
# what it knows before that: then the row says so.
function Save-Stored {
    param($Row, [string] $FilePath, [string] $Name)
    try {
        $Row['bytes'] = [System.IO.FileInfo]::new($FilePath).Length
        $Row['sha256'] = Get-Sha256 -FilePath $FilePath
        if ($Row['bytes'] -gt (Get-BytesLeft)) {
            $Row['status'] = 'too large'
            $Row['reason'] = 'There is no room left for it in the archive.'
        }
        else {
            Add-ArchiveEntry -Name $Name -FilePath $FilePath
            $Row['stored'] = $Name
        }
        [System.IO.File]::Delete($FilePath)
    }
    catch {
        $Row['status'] = 'unreadable'
        $Row['reason'] = 'Its copy could not be packed: ' + (Get-Message -Failure $_)
    }
    $Rows.Add($Row)
}

# Runs one part of the collection; what it did not expect becomes a row and stops nothing else.
function Invoke-Part {
    param([string] $Category, [scriptblock] $Read)
    try {
        [void] (& $Read)
    }
    catch {
        Add-Failure -Category $Category -Source 'script' -Status 'failed' -Reason (Get-Message -Failure $_)
    }
}

# What a block emits (dictionaries), as lines of JSON.
function Save-Objects {
    param([string] $Category, [string] $Source, [scriptblock] $Read, [long] $MaximumBytes = 8mb)
    if (-not (Test-Budget -Category $Category -Source $Source)) { return }
    $objectRow = New-Row -Category $Category -Source $Source
    $objectFile = $WorkFolder + '\objects.jsonl'
    $objectWriter = [System.IO.StreamWriter]::new($objectFile, $false, $Utf8Lenient)
    $objectBytes = [long] 0
    $objectMaximum = [System.Math]::Min($MaximumBytes, (Get-BytesLeft))
    try {
        foreach ($objectFound in @(& $Read)) {
            $objectLine = ConvertTo-Json -InputObject $objectFound -Compress -Depth 3
            $objectBytes += $Utf8Lenient.GetByteCount($objectLine) + 2
            if ($objectBytes -gt $objectMaximum) {
                $objectRow['status'] = 'truncated'
                $objectRow['reason'] = "Cut off at $objectMaximum bytes."
                break
            }
            $objectWriter.WriteLine($objectLine)
        }
    }
    catch {
        $objectRow['status'] = 'failed'
        $objectRow['reason'] = Get-Message -Failure $_
    }
    finally {
        $objectWriter.Dispose()
    }
    if ($objectRow['status'] -ceq 'failed') {
        [System.IO.File]::Delete($objectFile)
        $Rows.Add($objectRow)
        return
    }
    Save-Stored -Row $objectRow -FilePath $objectFile -Name ('artifacts/' + $objectRow['id'] + '.jsonl')
}

# All instances of a CIM class, with the named properties or all.
function Save-CimClass {
    param([string] $Category, [string] $Namespace, [string] $ClassName, [string] $Filter = '', [string[]] $Property = @())
    Save-Objects -Category $Category -Source ("CIM $Namespace $ClassName $Filter".TrimEnd()) -Read {
        $query = @{ Namespace = $Namespace; ClassName = $ClassName; OperationTimeoutSec = (Get-Seconds -Wish 30) }
        if ($Filter -cne '') { $query['Filter'] = $Filter }
        foreach ($instance in @(Get-CimInstance @query)) {
            $plain = [ordered] @{}
            foreach ($member in $instance.CimInstanceProperties) {
                if (($Property.Count -eq 0) -or ($Property -contains $member.Name)) {
                    $plain[$member.Name] = ConvertTo-Plain -Value $member.Value
                }
            }
            $plain
        }
    }
}

# ----------------------------------------------------------------------------------------------------------- files

function New-Outcome {
    param([string] $Status, [string] $Reason)
    return [pscustomobject] @{ Status = $Status; Reason = $Reason; Bytes = $null; Sha256 = $null; File = $null }
}

# A path -> why it cannot be asked for as written, or null. Win32 would quietly read another file, or a device.
function Test-PathSyntax {
    param([string] $Path)
    if ($Path -notmatch '\A[A-Za-z]:\\') {
        return New-Outcome -Status 'skipped' -Reason 'The path is not absolute on a drive of the machine.'
    }
    $tail = $Path.Substring(3)
    if ($tail -match '[\x00-\x1f<>"/|?*:]') {
        return New-Outcome -Status 'skipped' -Reason 'The path holds a character that a file name cannot have, or names a stream.'
    }
    foreach ($part in $tail.Split('\')) {
        if ($part -ceq '') { return New-Outcome -Status 'skipped' -Reason 'The path has an empty part.' }
        if ($part -match '[. ]\z') { return New-Outcome -Status 'skipped' -Reason 'A part of the path ends in a dot or a space.' }
        if ($part -match '\A(CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|COM[0-9\u00b9\u00b2\u00b3]|LPT[0-9\u00b9\u00b2\u00b3]) *(\..*)?\z') {
            return New-Outcome -Status 'not a regular file' -Reason 'The path names a device.'
        }
    }
    $drive = [System.IO.DriveInfo]::new($Path.Substring(0, 1)).DriveType
    if ([string] $drive -ceq 'NoRootDirectory') { return New-Outcome -Status 'absent' -Reason 'The machine has no such drive.' }
    if (@('Fixed', 'Removable', 'Ram') -notcontains [string] $drive) {
        return New-Outcome -Status 'skipped' -Reason "The drive is not local ($drive)."
    }
    return $null
}

# A path -> why it is not a regular file that can be read here, or null. Every part is looked at: a link or junction
# anywhere on the way would let its owner choose what is read.
function Test-RegularFile {
    param([string] $Path)
    $way = $Path.Substring(0, 2)
    $parts = $Path.Substring(3).Split('\')
    $attributes = 0
    try {
        foreach ($part in $parts) {
            $way = $way + '\' + $part
            $attributes = [int] [System.IO.File]::GetAttributes($way)
            if (($attributes -band $ReparsePointAttribute) -ne 0) {
                $link = (Get-Item -LiteralPath $way -Force).LinkType
                if (($link -eq 'SymbolicLink') -or ($link -eq 'Junction')) {
                    return New-Outcome -Status 'not a regular file' -Reason 'A link or junction, or behind one; not followed.'
                }
            }
        }
    }
    catch [System.IO.FileNotFoundException], [System.IO.DirectoryNotFoundException] {
        return New-Outcome -Status 'absent' -Reason ''
    }
    catch {
        return New-Outcome -Status 'unreadable' -Reason (Get-Message -Failure $_)
    }
    if (($attributes -band $DirectoryAttribute) -ne 0) { return New-Outcome -Status 'not a regular file' -Reason 'A directory.' }
    if (($attributes -band $DeviceAttribute) -ne 0) { return New-Outcome -Status 'not a regular file' -Reason 'A device.' }
    if (($attributes -band $CloudAttributes) -ne 0) {
        return New-Outcome -Status 'skipped' -Reason 'Its content is not on the machine but in the cloud or offline.'
    }
    return $null
}

function Get-FileFacts {
    param([string] $Path)
    $info = [System.IO.FileInfo]::new($Path)
    $owner = $null
    try {
        $set = [System.IO.File]::GetAccessControl($Path, [System.Security.AccessControl.AccessControlSections]::Owner)
        $owner = $set.GetOwner([System.Security.Principal.SecurityIdentifier]).Value
    }
    catch {
        $owner = $null
    }
    return [ordered] @{
        bytes      = $info.Length
        createdAt  = Format-Instant -Value $info.CreationTimeUtc
        modifiedAt = Format-Instant -Value $info.LastWriteTimeUtc
        accessedAt = Format-Instant -Value $info.LastAccessTimeUtc
        attributes = [string] $info.Attributes
        ownerSid   = $owner
    }
}

# Copies a regular file into the work folder (or only hashes it, without a target) -> status, reason, bytes, sha256, facts.
# Part 'head' takes the first bytes of a file that is too large, 'tail' the last, 'whole' takes all or nothing.
function Copy-Opened {
    param([string] $Path, [string] $Target, [long] $MaximumBytes, [string] $Part, [int] $Seconds, [System.IO.Stream] $Opened = $null)
    $problem = Test-PathSyntax -Path $Path
    if ($null -eq $problem) { $problem = Test-RegularFile -Path $Path }
    if ($null -ne $problem) { return $problem }

    $outcome = New-Outcome -Status 'collected' -Reason ''
    $timer = [System.Diagnostics.Stopwatch]::StartNew()
    $allowed = Get-Seconds -Wish $Seconds
    $reader = $null
    $writer = $null
    $hasher = [System.Security.Cryptography.SHA256CryptoServiceProvider]::new()
    try {
        $outcome.File = Get-FileFacts -Path $Path
        if ($null -ne $Opened) { $reader = $Opened } else { $reader = Open-ForReading -FilePath $Path }
        $length = $reader.Length
        $keeps = $Target -cne ''
        if ($length -gt $MaximumBytes) {
            if ($Part -ceq 'tail') {
                [void] $reader.Seek($length - $MaximumBytes, [System.IO.SeekOrigin]::Begin)
                $outcome.Status = 'truncated'
                $outcome.Reason = "The last part of $length bytes."
            }
            elseif ($Part -ceq 'head') {
                $outcome.Status = 'truncated'
                $outcome.Reason = "The first part of $length bytes."
            }
            else {
                $keeps = $false
                $outcome.Status = 'too large'
                $outcome.Reason = "It has more than the $MaximumBytes bytes there is room for."
                $outcome.Bytes = $length
                if ($length -gt $MaximumHashedBytes) { return $outcome }
            }
        }
        if ($keeps) {
            $writer = [System.IO.FileStream]::new($Target, [System.IO.FileMode]::CreateNew, [System.IO.FileAccess]::Write)
        }
        $bound = [System.Math]::Max($length, $MaximumBytes)
        if ($Part -cne 'whole') { $bound = $MaximumBytes }
        $buffer = [byte[]]::new(1048576)
        $total = [long] 0
        while ($true) {
            $wanted = [int] [System.Math]::Min([long] $buffer.Length, $bound - $total)
            if ($wanted -le 0) { break }
            $count = $reader.Read($buffer, 0, $wanted)
            if ($count -le 0) { break }
            if ($keeps) { $writer.Write($buffer, 0, $count) }
            [void] $hasher.TransformBlock($buffer, 0, $count, $null, 0)
            $total += $count
            if ($timer.Elapsed.TotalSeconds -gt $allowed) {
                if ($outcome.Status -ceq 'too large') { return $outcome }
                return New-Outcome -Status 'unreadable' -Reason "It could not be read within $allowed s."
            }
        }
        [void] $hasher.TransformFinalBlock($buffer, 0, 0)
        $outcome.Sha256 = [System.BitConverter]::ToString($hasher.Hash).Replace('-', '').ToLowerInvariant()
        if ($outcome.Status -cne 'too large') {
            $outcome.Bytes = $total
            if (($Part -ceq 'whole') -and ($total -ne $length)) { $outcome.Reason = 'It changed while it was copied.' }
        }
    }
    catch [System.IO.FileNotFoundException], [System.IO.DirectoryNotFoundException] {
        return New-Outcome -Status 'absent' -Reason 'It was removed before it could be opened.'
    }
    catch {
        return New-Outcome -Status 'unreadable' -Reason (Get-Message -Failure $_)
    }
    finally {
        if ($null -ne $reader) { $reader.Dispose() }
        if ($null -ne $writer) { $writer.Dispose() }
        $hasher.Dispose()
    }
    # Looked at again: a link that was put there in between must not pass.
    $problem = Test-RegularFile -Path $Path
    if (($null -ne $problem) -and ($problem.Status -ceq 'not a regular file')) { return $problem }
    return $outcome
}

# A file that is there, as a row of its own; an absent one is a row only if its absence says something.
function Save-File {
    param([string] $Category, [string] $Path, [long] $MaximumBytes, [string] $Part, [switch] $Expected)
    if ((-not $Expected) -and (-not [System.IO.File]::Exists($Path))) { return }
    if (-not (Test-Budget -Category $Category -Source $Path)) { return }
    $row = New-Row -Category $Category -Source $Path
    $row['path'] = ConvertTo-Base64Url -Bytes $Utf8Lenient.GetBytes($Path)
    $temporary = $WorkFolder + '\file.raw'
    [System.IO.File]::Delete($temporary)
    $room = [System.Math]::Min($MaximumBytes, (Get-BytesLeft))
    $outcome = Copy-Evidence -Path $Path -Target $temporary -MaximumBytes $room -Part $Part -Seconds 20
    $row['status'] = $outcome.Status
    if ($outcome.Reason -cne '') { $row['reason'] = $outcome.Reason }
    $row['file'] = $outcome.File
    if (($outcome.Status -ceq 'collected') -or ($outcome.Status -ceq 'truncated')) {
        Save-Stored -Row $row -FilePath $temporary -Name ('artifacts/' + $row['id'] + '.raw')
        return
    }
    $row['bytes'] = $outcome.Bytes
    $row['sha256'] = $outcome.Sha256
    $Rows.Add($row)
}

# ----------------------------------------------------------------------------------------------- functions of Windows

# What .NET does not offer, declared in memory: nothing is compiled, nothing is written for it. The type with the functions,
# each a dictionary of Name, Library, Returns, Takes.
function New-NativeType {
    param([string] $TypeName, [object[]] $Functions)
    $assembly = [System.AppDomain]::CurrentDomain.DefineDynamicAssembly(
        [System.Reflection.AssemblyName]::new($TypeName), [System.Reflection.Emit.AssemblyBuilderAccess]::Run)
    $builder = $assembly.DefineDynamicModule($TypeName).DefineType(
        $TypeName, [System.Reflection.TypeAttributes] 'Public, Class, Sealed, Abstract')
    foreach ($function in $Functions) {
        $library = [System.Environment]::SystemDirectory + '\' + $function.Library
        $method = $builder.DefinePInvokeMethod(
            $function.Name, $library, [System.Reflection.MethodAttributes] 'Public, Static, PinvokeImpl',
            [System.Reflection.CallingConventions]::Standard, $function.Returns, [type[]] $function.Takes,
            [System.Runtime.InteropServices.CallingConvention]::Winapi, [System.Runtime.InteropServices.CharSet]::Unicode)
        $method.SetImplementationFlags([System.Reflection.MethodImplAttributes]::PreserveSig)
    }
    return $builder.CreateType()
}

# ---------------------------------------------------------------------------------------------------- locked files

function Get-Native {
    if ($null -eq $Native) {
        $file = [Microsoft.Win32.SafeHandles.SafeFileHandle]
        $script:Native = New-NativeType -TypeName 'EvidenceFiles' -Functions @(
            @{
                Name = 'CreateFileW'; Library = 'kernel32.dll'; Returns = $file
                Takes = @([string], [uint32], [uint32], [IntPtr], [uint32], [uint32], [IntPtr])
            }
            @{
                Name = 'GetFinalPathNameByHandleW'; Library = 'kernel32.dll'; Returns = [uint32]
                Takes = @($file, [System.Text.StringBuilder], [uint32], [uint32])
            }
            @{
                Name = 'DeviceIoControl'; Library = 'kernel32.dll'; Returns = [bool]
                Takes = @($file, [uint32], [byte[]], [uint32], [byte[]], [uint32], [byte[]], [IntPtr])
            }
            @{
                Name = 'AdjustTokenPrivileges'; Library = 'advapi32.dll'; Returns = [bool]
                Takes = @([IntPtr], [bool], [byte[]], [uint32], [IntPtr], [IntPtr])
            }
        )
        # TOKEN_PRIVILEGES with one privilege, SeBackupPrivilege (its number is 17), enabled: SYSTEM has it, and has it off.
        $state = [byte[]]::new(16)
        $state[0] = 1
        $state[4] = 17
        $state[12] = 2
        $access = [System.Security.Principal.TokenAccessLevels] 'Query, AdjustPrivileges'
        $token = [System.Security.Principal.WindowsIdentity]::GetCurrent($access)
        [void] $Native::AdjustTokenPrivileges($token.Token, $false, $state, 16, [IntPtr]::Zero, [IntPtr]::Zero)
        $token.Dispose()
    }
    return $Native
}

# A handle on an existing file or volume, which shares everything with everyone and follows no link at its end.
function Open-Native {
    param([string] $NativePath, [uint32] $Access, [uint32] $Flags)
    $api = Get-Native
    $handle = $api::CreateFileW($NativePath, $Access, 7, [IntPtr]::Zero, 3, $Flags, [IntPtr]::Zero)
    if ($handle.IsInvalid) { throw 'Windows did not open it.' }
    return $handle
}

# The same, if the handle is on that very path: a link on the way, or another name, is refused.
function Open-NativeFile {
    param([string] $NativePath, [uint32] $Access, [uint32] $NameForm, [string] $ExpectedName)
    # FILE_FLAG_BACKUP_SEMANTICS and FILE_FLAG_OPEN_REPARSE_POINT.
    $handle = Open-Native -NativePath $NativePath -Access $Access -Flags 35651584
    $api = Get-Native
    $name = [System.Text.StringBuilder]::new(32768)
    $length = $api::GetFinalPathNameByHandleW($handle, $name, 32767, $NameForm)
    if (($length -eq 0) -or ($length -ge 32767) -or ($name.ToString() -ne $ExpectedName)) {
        $handle.Dispose()
        throw 'It is reached by another name.'
    }
    return $handle
}

# What a control code answers about a handle, at most so many bytes.
function Read-Control {
    param($Handle, [uint32] $Code, [int] $Bytes)
    $api = Get-Native
    $answered = [byte[]]::new($Bytes)
    $count = [byte[]]::new(4)
    if (-not $api::DeviceIoControl($Handle, $Code, [byte[]]::new(8), 8, $answered, $Bytes, $count, [IntPtr]::Zero)) {
        throw 'The file system does not tell where it lies.'
    }
    return , $answered
}

# Runs of clusters -> the file they hold, with its hash. Reads whole clusters, as a volume demands.
function Copy-Clusters {
    param([string] $Drive, [object[]] $Runs, [long] $Bytes, [string] $Target, [int] $Seconds)
    $timer = [System.Diagnostics.Stopwatch]::StartNew()
    $hasher = [System.Security.Cryptography.SHA256CryptoServiceProvider]::new()
    $volume = $null
    $reader = $null
    $writer = $null
    try {
        # GENERIC_READ; FSCTL_GET_NTFS_VOLUME_DATA has the bytes of a cluster at 44.
        $volume = Open-Native -NativePath ('\\.\' + $Drive + ':') -Access 2147483648 -Flags 0
        $clusterBytes = [System.BitConverter]::ToUInt32((Read-Control -Handle $volume -Code 0x90064 -Bytes 96), 44)
        $reader = [System.IO.FileStream]::new($volume, [System.IO.FileAccess]::Read, 1)
        $writer = [System.IO.FileStream]::new($Target, [System.IO.FileMode]::CreateNew, [System.IO.FileAccess]::Write)
        $buffer = [byte[]]::new([int] [System.Math]::Max([long] 1048576, [long] $clusterBytes))
        $left = $Bytes
        foreach ($run in $Runs) {
            if ($run.Cluster -lt 0) { throw 'It has holes.' }
            [void] $reader.Seek($run.Cluster * $clusterBytes, [System.IO.SeekOrigin]::Begin)
            $runBytes = $run.Clusters * $clusterBytes
            while (($runBytes -gt 0) -and ($left -gt 0)) {
                if ($timer.Elapsed.TotalSeconds -gt $Seconds) { throw "It could not be read within $Seconds s." }
                $count = $reader.Read($buffer, 0, [int] [System.Math]::Min([long] $buffer.Length, $runBytes))
                if ($count -le 0) { throw 'The disk ended before it did.' }
                $runBytes -= $count
                $wanted = [int] [System.Math]::Min([long] $count, $left)
                $left -= $wanted
                $writer.Write($buffer, 0, $wanted)
                [void] $hasher.TransformBlock($buffer, 0, $wanted, $null, 0)
            }
        }
        if ($left -gt 0) { throw 'It has more bytes than clusters on the disk.' }
        [void] $hasher.TransformFinalBlock($buffer, 0, 0)
        $outcome = New-Outcome -Status 'collected' -Reason (
            'Locked: read from its clusters on the disk. What Windows had not written yet is missing; older content may be in its place.')
        $outcome.Bytes = $Bytes
        $outcome.Sha256 = [System.BitConverter]::ToString($hasher.Hash).Replace('-', '').ToLowerInvariant()
        return $outcome
    }
    finally {
        if ($null -ne $writer) { $writer.Dispose() }
        if ($null -ne $reader) { $reader.Dispose() }
        if ($null -ne $volume) { $volume.Dispose() }
        $hasher.Dispose()
    }
}

# Where a file lies, by FSCTL_GET_RETRIEVAL_POINTERS on a handle that may only read attributes, which no lock refuses.
function Copy-LockedClusters {
    param([string] $Path, [string] $Target, [long] $MaximumBytes, [int] $Seconds)
    $info = [System.IO.FileInfo]::new($Path)
    # Sparse, compressed, encrypted: the clusters are not the file.
    if (([int] $info.Attributes -band 0x4a00) -ne 0) { throw 'Its clusters are not its content.' }
    if ($info.Length -gt $MaximumBytes) { throw "It has more than the $MaximumBytes bytes there is room for." }
    $handle = Open-NativeFile -NativePath ('\\?\' + $Path) -Access 128 -NameForm 0 -ExpectedName ('\\?\' + $Path)
    $runs = [System.Collections.Generic.List[object]]::new()
    try {
        $pointers = Read-Control -Handle $handle -Code 0x90073 -Bytes 65536
        $next = [System.BitConverter]::ToInt64($pointers, 8)
        for ($index = 0; $index -lt [System.BitConverter]::ToUInt32($pointers, 0); $index++) {
            $end = [System.BitConverter]::ToInt64($pointers, 16 + 16 * $index)
            $first = [System.BitConverter]::ToInt64($pointers, 24 + 16 * $index)
            $runs.Add([pscustomobject] @{ Cluster = $first; Clusters = $end - $next })
            $next = $end
        }
    }
    finally {
        $handle.Dispose()
    }
    $facts = Get-FileFacts -Path $Path
    $outcome = Copy-Clusters -Drive $Path.Substring(0, 1) -Runs $runs.ToArray() -Bytes $info.Length -Target $Target -Seconds $Seconds
    $outcome.File = $facts
    return $outcome
}

# The devices of the shadow copies of a drive that are there already, the newest first; none is made.
function Get-Shadows {
    param([string] $Drive)
    $volume = $null
    foreach ($found in @(Get-CimInstance -Namespace 'root/cimv2' -ClassName 'Win32_Volume' -OperationTimeoutSec 15)) {
        if ($found.DriveLetter -eq ($Drive + ':')) { $volume = $found.DeviceID }
    }
    $copies = [System.Collections.Generic.SortedList[string, object]]::new()
    foreach ($found in @(Get-CimInstance -Namespace 'root/cimv2' -ClassName 'Win32_ShadowCopy' -OperationTimeoutSec 15)) {
        if (($null -ne $volume) -and ($found.VolumeName -eq $volume)) {
            $made = Format-Instant -Value $found.InstallDate
            $copies[$made + $found.ID] = [pscustomobject] @{ Device = $found.DeviceObject; MadeAt = $made }
        }
    }
    for ($index = $copies.Count - 1; $index -ge 0; $index--) { $copies.Values[$index] }
}

# Reads by the right to back up, or from a shadow copy, in place of what does not open.
function Copy-LockedStream {
    param([string] $Path, [string] $Target, [long] $MaximumBytes, [string] $Part, [int] $Seconds, $Handle, [string] $Remark)
    $stream = [System.IO.FileStream]::new($Handle, [System.IO.FileAccess]::Read, 65536)
    try {
        $outcome = Copy-Opened -Path $Path -Target $Target -MaximumBytes $MaximumBytes -Part $Part -Seconds $Seconds -Opened $stream
        $outcome.Reason = ($Remark + ' ' + $outcome.Reason).Trim()
        return $outcome
    }
    finally {
        $stream.Dispose()
    }
}

# One way to read a file that does not open -> an outcome, or an exception when it is no way.
function Copy-LockedBy {
    param([string] $Way, [string] $Path, [string] $Target, [long] $MaximumBytes, [string] $Part, [int] $Seconds)
    $name = '\\?\' + $Path
    if ($Way -ceq 'backup') {
        $handle = Open-NativeFile -NativePath $name -Access 2147483648 -NameForm 0 -ExpectedName $name
        return Copy-LockedStream -Path $Path -Target $Target -MaximumBytes $MaximumBytes -Part $Part -Seconds $Seconds -Handle $handle `
            -Remark 'No access: read by the right to back up.'
    }
    if ($Way -ceq 'clusters') {
        if ($Part -cne 'whole') { throw 'Only whole files are read from clusters.' }
        return Copy-LockedClusters -Path $Path -Target $Target -MaximumBytes $MaximumBytes -Seconds $Seconds
    }
    foreach ($shadow in @(Get-Shadows -Drive $Path.Substring(0, 1))) {
        $inside = $Path.Substring(2)
        $expected = $shadow.Device.Replace('\\?\GLOBALROOT', '') + $inside
        # The form of a name with its device.
        $handle = Open-NativeFile -NativePath ($shadow.Device + $inside) -Access 2147483648 -NameForm 2 -ExpectedName $expected
        return Copy-LockedStream -Path $Path -Target $Target -MaximumBytes $MaximumBytes -Part $Part -Seconds $Seconds -Handle $handle `
            -Remark "Locked: as the shadow copy of $($shadow.MadeAt) has it, which may be older."
    }
    throw 'The drive has no shadow copy.'
}

# Copies a regular file as Copy-Opened does; one that does not open is read by the right to back up, from its clusters, or
# from a shadow copy that is there already.
function Copy-Evidence {
    param([string] $Path, [string] $Target, [long] $MaximumBytes, [string] $Part, [int] $Seconds)
    $timer = [System.Diagnostics.Stopwatch]::StartNew()
    $first = Copy-Opened -Path $Path -Target $Target -MaximumBytes $MaximumBytes -Part $Part -Seconds $Seconds
    if (($first.Status -cne 'unreadable') -or ($Target -ceq '')) { return $first }
    # What is slow is not locked.
    if ($timer.Elapsed.TotalSeconds -ge [System.Math]::Min($Seconds, 10)) { return $first }
    $tried = $first.Reason
    foreach ($way in @('backup', 'clusters', 'shadow')) {
        if ((Get-SecondsLeft) -le 0) { break }
        try {
            [System.IO.File]::Delete($Target)
            $outcome = Copy-LockedBy -Way $way -Path $Path -Target $Target -MaximumBytes $MaximumBytes -Part $Part -Seconds $Seconds
            if ($outcome.Status -cne 'unreadable') { return $outcome }
            $tried = $tried + ' By ' + $way + ': ' + $outcome.Reason
        }
        catch {
            $tried = $tried + ' By ' + $way + ': ' + (Get-Message -Failure $_)
        }
    }
    $first.Reason = $tried
    return $first
}

# --------------------------------------------------------------------------------------------------------- verdict

# What became of a file of the alert: same, changed, gone, quarantined, too large, or not comparable.
function Get-Verdict {
    param([string] $Status, $Hash, [string] $ExpectedHash, [bool] $IsQuarantined)
    if ($IsQuarantined) { return 'quarantined' }
    if ($Status -ceq 'absent') { return 'gone' }
    if ($Status -ceq 'too large') { return 'too large' }
    if (($Status -cne 'collected') -or ($null -eq $Hash) -or ($ExpectedHash -ceq '')) { return 'not comparable' }
    if ($Hash -ceq $ExpectedHash) { return 'same' }
    return 'changed'
}

# ------------------------------------------------------------------------------------------------------------ pack

function Test-Option {
    param([string] $Word)
    return $Asked.Options -ccontains $Word
}

# A word this script does not know is said, and no reason to do nothing.
function Add-UnknownOptions {
    param([string[]] $Known)
    foreach ($word in $Asked.Options) {
        if (($Known -ccontains $word) -or ($word -ceq 'detached')) { continue }
        Add-Failure -Category 'option' -Source $word -Status 'skipped' -Reason 'This script has no such option. Look for a newer one, or leave it out.'
    }
}

function Save-Index {
    param([string] $ScriptName, [string] $Children)
    $index = [ordered] @{
        v            = 1
        collection   = $Asked.Collection
        session      = $Asked.Session
        limitBytes   = $LimitBytes
        limitSeconds = $Asked.LimitSeconds
        options      = $Asked.Options
        script       = [ordered] @{ name = $ScriptName; sha256 = $ScriptSha256 }
        machine      = [ordered] @{
            name   = [System.Environment]::MachineName
            utc    = Format-Instant -Value $StartedAt
            zone   = [System.TimeZoneInfo]::Local.Id
            bootAt = $BootAt
        }
        startedAt    = Format-Instant -Value $StartedAt
        endedAt      = Format-Instant -Value ([datetime]::UtcNow)
        # What of the evidence is our own doing.
        own          = [ordered] @{
            pid         = $PID
            user        = [System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value
            folder      = $Folder
            is64Bit     = [System.Environment]::Is64BitProcess
            children    = $Children
        }
        rows         = $Rows.ToArray()
    }
    $path = $WorkFolder + '\index.json'
    [System.IO.File]::WriteAllText($path, (ConvertTo-Json -InputObject $index -Compress -Depth 6), $Utf8Lenient)
    Add-ArchiveEntry -Name 'index.json' -FilePath $path
}

function Open-Archive {
    $script:ArchiveStream = [System.IO.FileStream]::new($Asked.Archive, [System.IO.FileMode]::CreateNew, [System.IO.FileAccess]::Write)
    $create = [System.IO.Compression.ZipArchiveMode]::Create
    $script:Archive = [System.IO.Compression.ZipArchive]::new($ArchiveStream, $create, $true, $Utf8Lenient)
}

function Close-Archive {
    if ($null -ne $Archive) {
        $closing = $Archive
        $script:Archive = $null
        $closing.Dispose()
    }
    if ($null -ne $ArchiveStream) {
        $closing = $ArchiveStream
        $script:ArchiveStream = $null
        $closing.Dispose()
    }
}

# What was kept, as the contract has it; the rows of the request's files are in its order, what was not reached was skipped.
function New-Answer {
    param($PackedArchive, $Notice)
    $answer = New-Refusal -Reason ''
    $answer['ok'] = $true
    $answer['reason'] = $Notice
    $answer['archive'] = $PackedArchive
    foreach ($row in $Rows) {
        if (@('collected', 'truncated') -contains $row['status']) { $answer['items']++ }
        if (@('unreadable', 'failed', 'too large', 'skipped') -contains $row['status']) { $answer['errors']++ }
    }
    for ($index = 0; $index -lt $FileAnswers.Count; $index++) { $answer['files'][$index] = $FileAnswers[$index] }
    return $answer
}

# -------------------------------------------------------------------------------------------------------- detached

# The copy of this script that goes on after the answer, in the folder that none but SYSTEM and Administrators can enter.
function Get-DetachedCopy {
    return $Asked.Folder + '\detached.ps1'
}

function Test-DetachedStarted {
    param([int] $Seconds)
    $timer = [System.Diagnostics.Stopwatch]::StartNew()
    while ($timer.Elapsed.TotalSeconds -lt $Seconds) {
        if ([System.IO.File]::Exists($Asked.Folder + '\worker.json')) { return $true }
        [System.Threading.Thread]::Sleep(250)
    }
    return $false
}

# WMI starts the copy outside of the session, which would take it along when it ends; where that is forbidden it is started
# plainly. The copy claims the folder by a file only one can create, so two of them are never at work.
function Start-Detached {
    if ([string]::IsNullOrEmpty($PSCommandPath) -or ($null -eq $ScriptSha256)) {
        Stop-WithReason -Reason 'The script does not know its own file, so it cannot start itself detached. Ask without the option detached.'
    }
    New-EvidenceFolder
    $copy = Get-DetachedCopy
    [System.IO.File]::WriteAllBytes($copy, [System.IO.File]::ReadAllBytes($PSCommandPath))
    if ((Get-Sha256 -FilePath $copy) -cne $ScriptSha256) {
        Stop-WithReason -Reason 'The copy of the script that was to go on is not the script. Look at the machine before you run it again.'
    }
    $program = [System.Environment]::SystemDirectory + '\WindowsPowerShell\v1.0\powershell.exe'
    # The request is base64url, as was checked, and the folder is made of the ids in it: nothing here needs quoting.
    $arguments = '-NoLogo -NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File ' + $copy + ' ' + $Request
    $code = 1
    try {
        $line = $program + ' ' + $arguments
        $code = (Invoke-CimMethod -Namespace 'root/cimv2' -ClassName 'Win32_Process' -MethodName 'Create' -Arguments @{
                CommandLine = $line
            } -OperationTimeoutSec 30).ReturnValue
    }
    catch {
        Write-Verbose -Message ('WMI did not start it: ' + (Get-Message -Failure $_))
    }
    if (($code -eq 0) -and (Test-DetachedStarted -Seconds 30)) { return }
    $start = [System.Diagnostics.ProcessStartInfo]::new()
    $start.FileName = $program
    $start.Arguments = $arguments
    # Not by CreateProcess, or it would hold this session's output open.
    $start.UseShellExecute = $true
    $start.WindowStyle = [System.Diagnostics.ProcessWindowStyle]::Hidden
    [System.Diagnostics.Process]::Start($start).Dispose()
    if (Test-DetachedStarted -Seconds 30) { return }
    Stop-WithReason -Reason 'Detached work did not start within 60 s: a rule may forbid it. Ask without the option detached.'
}

# The copy enters the folder that was made for it; a second copy finds the claim and goes.
function Enter-DetachedFolder {
    $entry = [System.IO.DirectoryInfo]::new($Asked.Folder)
    if ((-not $entry.Exists) -or (Test-ReparsePoint -Entry $entry) -or (-not (Test-OwnedByUs -Path $Asked.Folder))) {
        Stop-WithReason -Reason "$($Asked.Folder) is not the folder that was made for detached work."
    }
    $self = [System.Diagnostics.Process]::GetCurrentProcess()
    $until = $StartedAt.AddSeconds($Asked.LimitSeconds + 60)
    $claim = [ordered] @{ pid = $PID; processStartedAt = Format-Instant -Value $self.StartTime; until = Format-Instant -Value $until }
    $bytes = $Utf8Lenient.GetBytes((ConvertTo-Json -InputObject $claim -Compress))
    $stream = [System.IO.FileStream]::new($Asked.Folder + '\worker.json', [System.IO.FileMode]::CreateNew, [System.IO.FileAccess]::Write)
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Dispose()
    $script:Folder = $Asked.Folder
    $script:WorkFolder = $Asked.Folder + '\work'
}

# Written aside and moved, so that whoever finds the answer finds all of it.
function Save-DetachedAnswer {
    param([string] $Json)
    $aside = $Asked.Folder + '\answer.new'
    [System.IO.File]::WriteAllText($aside, $Json, $Utf8Lenient)
    [System.IO.File]::Move($aside, $Asked.Folder + '\answer.json')
}

# ------------------------------------------------------------------------------------------------------------- run

# Runs the collection of a script from its request to its answer.
function Invoke-Collecting {
    param([string] $ScriptName, [string] $Children, [string[]] $KnownOptions, [scriptblock] $Read)
    $isWorker = $false
    $isStarted = $false
    $runAnswer = $null
    $runProcess = [System.Diagnostics.Process]::GetCurrentProcess()
    $runPriority = $runProcess.PriorityClass
    try {
        Assert-Elevated
        $script:Asked = Read-Request -Encoded $Request
        # Packing is done as collecting goes; the end of it has a tenth of the time.
        $script:CollectSeconds = $Asked.LimitSeconds - [System.Math]::Max(2, [System.Math]::Min(45, $Asked.LimitSeconds / 10))
        $isAsked = Test-Option -Word 'detached'
        $isCopy = $PSCommandPath -eq (Get-DetachedCopy)
        Remove-StaleFolders
        Set-LimitToDisk
        if ($isAsked -and (-not $isCopy)) {
            Start-Detached
            $isStarted = $true
            $until = [datetime]::UtcNow.AddSeconds($Asked.LimitSeconds + 60)
            $runAnswer = New-Answer -PackedArchive $null -Notice $null
            $runAnswer['detached'] = [ordered] @{ until = Format-Instant -Value $until }
        }
        else {
            $runProcess.PriorityClass = [System.Diagnostics.ProcessPriorityClass]::BelowNormal
            Add-Type -AssemblyName 'System.IO.Compression'
            if ($isCopy) {
                Enter-DetachedFolder
                $isWorker = $true
            }
            else {
                New-EvidenceFolder
            }
            Open-Archive
            Read-Machine
            Add-UnknownOptions -Known $KnownOptions
            [void] (& $Read)
            Save-Index -ScriptName $ScriptName -Children $Children
            Close-Archive
            $length = [System.IO.FileInfo]::new($Asked.Archive).Length
            if ($length -gt $LimitBytes) {
                Stop-WithReason -Reason "The archive has $length bytes, more than the limit of $LimitBytes. Nothing was kept."
            }
            $packed = [ordered] @{ path = $Asked.Archive; bytes = $length; sha256 = Get-Sha256 -FilePath $Asked.Archive }
            $remarked = $null
            if ($NoticeForPeople -cne '') { $remarked = $NoticeForPeople }
            $runAnswer = New-Answer -PackedArchive $packed -Notice $remarked
        }
    }
    catch {
        $runAnswer = New-Refusal -Reason (Get-FailureReason -Failure $_)
    }
    try {
        Close-Archive
        if (($Folder -cne '') -and (-not $isStarted)) {
            if ($runAnswer['ok'] -or $isWorker) { [System.IO.Directory]::Delete($WorkFolder, $true) }
            else { [System.IO.Directory]::Delete($Folder, $true) }
            if ($isWorker -and (-not $runAnswer['ok'])) { [System.IO.File]::Delete($Asked.Archive) }
        }
        $runProcess.PriorityClass = $runPriority
    }
    catch {
        Write-Verbose -Message ('The next run removes what could not be removed now: ' + (Get-Message -Failure $_))
    }
    $json = ConvertTo-Json -InputObject $runAnswer -Compress -Depth 5
    if ($isWorker) { Save-DetachedAnswer -Json $json } else { Write-Answer -Json $json }
}

# ============================================================ end of collecting

# What a case may take to look through all folders of users, each time that it does.
$SecondsToSearch = 60
$script:HiveSaver = $null
$ExecutablePaths = [System.Collections.Generic.List[string]]::new()

# ------------------------------------------------------------------------------------------------ the alert's own files

# The mark of the web, which says where a file was downloaded from; at most 4 KiB of it.
function Get-ZoneIdentifier {
    param([string] $Path)
    try {
        $stream = Get-Item -LiteralPath $Path -Stream 'Zone.Identifier' -Force
        if ($stream.Length -gt 4096) { return $null }
        return @(Get-Content -LiteralPath $Path -Stream 'Zone.Identifier' -TotalCount 40) -join "`n"
    }
    catch {
        return $null
    }
}

function Save-AlertFile {
    param([int] $Index, [string] $EncodedPath, [string] $ExpectedHash)
    $answer = [ordered] @{ path = $EncodedPath; status = 'skipped'; verdict = 'not comparable'; sha256 = $null; bytes = $null }
    $FileAnswers.Add($answer)
    $path = ''
    try {
        $path = ConvertFrom-Base64Url -Text $EncodedPath
    }
    catch {
        Add-Failure -Category 'alert file' -Source $EncodedPath -Status 'skipped' -Reason 'The path is not UTF-8.'
        return
    }
    if (-not (Test-Budget -Category 'alert file' -Source $path -AnySize)) { return }
    $row = New-Row -Category 'alert file' -Source $path
    $row['path'] = $EncodedPath
    $expectation = $null
    if ($ExpectedHash -cne '') { $expectation = $ExpectedHash }
    $row['request'] = [ordered] @{ index = $Index; sha256 = $expectation }
    $temporary = $WorkFolder + '\file.raw'
    [System.IO.File]::Delete($temporary)
    # What there is no room for is still hashed.
    $room = [System.Math]::Max([long] 0, (Get-BytesLeft))
    $outcome = Copy-Evidence -Path $path -Target $temporary -MaximumBytes $room -Part 'whole' -Seconds 120
    $row['status'] = $outcome.Status
    if ($outcome.Reason -cne '') { $row['reason'] = $outcome.Reason }
    $row['file'] = $outcome.File
    if ($outcome.Status -ceq 'collected') {
        $row['file']['zoneIdentifier'] = Get-ZoneIdentifier -Path $path
        Save-Stored -Row $row -FilePath $temporary -Name ('files/' + $Index)
    }
    else {
        $row['bytes'] = $outcome.Bytes
        $row['sha256'] = $outcome.Sha256
        $Rows.Add($row)
    }
    $answer['status'] = $row['status']
    $answer['sha256'] = $row['sha256']
    $answer['bytes'] = $row['bytes']
    $answer['verdict'] = Get-Verdict -Status $row['status'] -Hash $row['sha256'] -ExpectedHash $ExpectedHash -IsQuarantined $false
    $row['request']['verdict'] = $answer['verdict']
}

function Save-AlertFiles {
    $script:CeilingShare = 0.75
    for ($index = 0; $index -lt $Asked.Files.Count; $index++) {
        $file = $Asked.Files[$index]
        try {
            Save-AlertFile -Index $index -EncodedPath $file.Path -ExpectedHash $file.Sha256
        }
        catch {
            # Antivirus may take the copy of what it knows; the other files are still wanted.
            $FileAnswers[$index]['status'] = 'unreadable'
            Add-Failure -Category 'alert file' -Source $file.Path -Status 'unreadable' -Reason (Get-Message -Failure $_)
        }
    }
}

# -------------------------------------------------------------------------------------------------------- registry

# Values of a key and, to a depth, of those below it; emits dictionaries.
function Read-RegistryKey {
    param([string] $HiveName, [string] $KeyPath, [int] $Depth, [int] $MaximumValues = 5000)
    $hive = [Microsoft.Win32.RegistryHive]::LocalMachine
    if ($HiveName -ceq 'HKU') { $hive = [Microsoft.Win32.RegistryHive]::Users }
    $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey($hive, [Microsoft.Win32.RegistryView]::Registry64)
    $waiting = [System.Collections.Generic.Queue[object]]::new()
    $waiting.Enqueue([pscustomobject] @{ Path = $KeyPath; Depth = $Depth })
    $emitted = 0
    try {
        while (($waiting.Count -gt 0) -and ($emitted -lt $MaximumValues)) {
            $next = $waiting.Dequeue()
            $key = $null
            $shown = $HiveName + '\' + $next.Path
            try {
                $key = $base.OpenSubKey($next.Path, $false)
            }
            catch {
                [ordered] @{ key = $shown; name = $null; kind = $null; value = $null; problem = (Get-Message -Failure $_) }
                continue
            }
            if ($null -eq $key) { continue }
            try {
                foreach ($name in $key.GetValueNames()) {
                    $emitted++
                    if ($emitted -gt $MaximumValues) { break }
                    $value = $key.GetValue($name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
                    $kind = [string] $key.GetValueKind($name)
                    [ordered] @{ key = $shown; name = $name; kind = $kind; value = (ConvertTo-Plain -Value $value) }
                }
                if ($next.Depth -gt 0) {
                    foreach ($child in $key.GetSubKeyNames()) {
                        $waiting.Enqueue([pscustomobject] @{ Path = $next.Path + '\' + $child; Depth = $next.Depth - 1 })
                    }
                }
            }
            finally {
                $key.Dispose()
            }
        }
    }
    finally {
        $base.Dispose()
    }
}

# The SIDs of users whose hives are loaded.
function Get-LoadedUsers {
    foreach ($name in [Microsoft.Win32.Registry]::Users.GetSubKeyNames()) {
        if (($name -match '\AS-1-[0-9-]+\z') -or ($name -ceq '.DEFAULT')) { $name }
    }
}

function Save-MachineKeys {
    param([string] $Category, [string] $Source, [string[]] $Keys, [int] $Depth)
    Save-Objects -Category $Category -Source $Source -Read {
        foreach ($machineKey in $Keys) { Read-RegistryKey -HiveName 'HKLM' -KeyPath $machineKey -Depth $Depth }
    }
}

function Save-UserKeys {
    param([string] $Category, [string] $Source, [string[]] $Keys, [int] $Depth)
    Save-Objects -Category $Category -Source $Source -Read {
        foreach ($user in @(Get-LoadedUsers)) {
            foreach ($userKey in $Keys) {
                Read-RegistryKey -HiveName 'HKU' -KeyPath ($user + '\' + $userKey) -Depth $Depth -MaximumValues 1000
            }
        }
    }
}

# -------------------------------------------------------------------------------------------------------- listings

# The files below a folder that were made or changed since a time; links are not entered; emits dictionaries.
function Read-Folder {
    param([string] $Root, [int] $Depth, [datetime] $Since, [int] $Seconds, [int] $MaximumFiles)
    $timer = [System.Diagnostics.Stopwatch]::StartNew()
    $allowed = Get-Seconds -Wish $Seconds
    $waiting = [System.Collections.Generic.Queue[object]]::new()
    $waiting.Enqueue([pscustomobject] @{ Folder = [System.IO.DirectoryInfo]::new($Root); Depth = $Depth })
    $emitted = 0
    while ($waiting.Count -gt 0) {
        $next = $waiting.Dequeue()
        try {
            foreach ($entry in $next.Folder.EnumerateFileSystemInfos()) {
                if (($emitted -ge $MaximumFiles) -or ($timer.Elapsed.TotalSeconds -gt $allowed)) {
                    [ordered] @{ path = $Root; problem = "Stopped after $emitted files and $([int] $timer.Elapsed.TotalSeconds) s." }
                    return
                }
                if ($entry -is [System.IO.DirectoryInfo]) {
                    if (($next.Depth -gt 0) -and (-not (Test-ReparsePoint -Entry $entry)) -and ($entry.FullName -ne $Folder)) {
                        $waiting.Enqueue([pscustomobject] @{ Folder = $entry; Depth = $next.Depth - 1 })
                    }
                    continue
                }
                if (($entry.LastWriteTimeUtc -lt $Since) -and ($entry.CreationTimeUtc -lt $Since)) { continue }
                $emitted++
                [ordered] @{
                    path       = $entry.FullName
                    bytes      = $entry.Length
                    createdAt  = Format-Instant -Value $entry.CreationTimeUtc
                    modifiedAt = Format-Instant -Value $entry.LastWriteTimeUtc
                    accessedAt = Format-Instant -Value $entry.LastAccessTimeUtc
                    attributes = [string] $entry.Attributes
                }
            }
        }
        catch {
            [ordered] @{ path = $next.Folder.FullName; problem = (Get-Message -Failure $_) }
        }
    }
}

function Save-Listing {
    param([string] $Root, [int] $Depth, [int] $Days, [int] $Seconds = 10)
    if (-not [System.IO.Directory]::Exists($Root)) { return }
    $since = [datetime]::MinValue
    $what = 'all'
    if ($Days -gt 0) {
        $since = [datetime]::UtcNow.AddDays(-$Days)
        $what = "made or changed in $Days days"
    }
    Save-Objects -Category 'file listing' -Source "$Root ($what, $Depth levels)" -MaximumBytes 4mb -Read {
        Read-Folder -Root $Root -Depth $Depth -Since $since -Seconds $Seconds -MaximumFiles 10000
    }
}

# The newest regular files below a folder whose names match a pattern of ours, each a row of its own.
function Save-Newest {
    param([string] $Category, [string] $Root, [string] $Pattern, [int] $Depth, [int] $Maximum, [long] $MaximumBytes)
    $start = [System.IO.DirectoryInfo]::new($Root)
    if ((-not $start.Exists) -or (Test-ReparsePoint -Entry $start)) { return }
    $newest = [System.Collections.Generic.SortedList[string, object]]::new([System.StringComparer]::Ordinal)
    $waiting = [System.Collections.Generic.Queue[object]]::new()
    $waiting.Enqueue([pscustomobject] @{ Place = $start; Depth = $Depth })
    $looked = 0
    while ($waiting.Count -gt 0) {
        $next = $waiting.Dequeue()
        try {
            foreach ($entry in $next.Place.EnumerateFiles($Pattern)) {
                $looked++
                if (($looked -gt 20000) -or ((Get-SecondsLeft) -le 0)) { break }
                $newest[(Format-Instant -Value $entry.LastWriteTimeUtc) + ' ' + $entry.FullName] = $entry.FullName
                if ($newest.Count -gt $Maximum) { $newest.RemoveAt(0) }
            }
            if ($next.Depth -le 0) { continue }
            foreach ($child in $next.Place.EnumerateDirectories()) {
                if ((Test-ReparsePoint -Entry $child) -or ($waiting.Count -gt 2000)) { continue }
                $waiting.Enqueue([pscustomobject] @{ Place = $child; Depth = $next.Depth - 1 })
            }
        }
        catch {
            Add-Failure -Category $Category -Source $next.Place.FullName -Status 'unreadable' -Reason (Get-Message -Failure $_)
        }
    }
    for ($index = $newest.Count - 1; $index -ge 0; $index--) {
        Save-File -Category $Category -Path $newest.Values[$index] -MaximumBytes $MaximumBytes -Part 'tail' -Expected
    }
}

# The profile folders of the machine's users that are on a local drive.
function Get-ProfileFolders {
    $list = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList'
    $seen = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($found in @(Read-RegistryKey -HiveName 'HKLM' -KeyPath $list -Depth 1)) {
        if ($found['name'] -ne 'ProfileImagePath') { continue }
        $path = [System.Environment]::ExpandEnvironmentVariables([string] $found['value']).TrimEnd('\')
        if ($null -ne (Test-PathSyntax -Path $path)) { continue }
        if (-not [System.IO.Directory]::Exists($path)) { continue }
        if ($seen.Count -ge 200) { return }
        if ($seen.Add($path)) { $path }
    }
}

# -------------------------------------------------------------------------------------------------------- event logs

# The number before the oldest record that is wanted, so that no more than some of the newest are exported.
function Get-FirstRecord {
    param([string] $LogName, [long] $MaximumRecords)
    $log = [System.Diagnostics.Eventing.Reader.EventLogSession]::GlobalSession.GetLogInformation(
        $LogName, [System.Diagnostics.Eventing.Reader.PathType]::LogName)
    if (($null -eq $log.OldestRecordNumber) -or ($null -eq $log.RecordCount)) { return [long] 0 }
    $newest = [long] $log.OldestRecordNumber + [long] $log.RecordCount - 1
    return [System.Math]::Max([long] 0, $newest - $MaximumRecords + 1)
}

# Exports by wevtutil -> an outcome; ends it when it takes too long or the export grows too large.
function Export-Log {
    param([string] $LogName, [string] $Target, [long] $FirstRecord, [int] $Days, [int] $Seconds)
    [System.IO.File]::Delete($Target)
    $milliseconds = [long] $Days * 86400000
    $start = [System.Diagnostics.ProcessStartInfo]::new()
    $start.FileName = [System.Environment]::SystemDirectory + '\wevtutil.exe'
    $start.Arguments = 'epl "' + $LogName + '" "' + $Target + '" "/q:*[System[(EventRecordID >= ' + $FirstRecord +
        ') and TimeCreated[timediff(@SystemTime) <= ' + $milliseconds + ']]]"'
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $room = Get-BytesLeft
    $timer = [System.Diagnostics.Stopwatch]::StartNew()
    $problem = $null
    $exporter = [System.Diagnostics.Process]::Start($start)
    try {
        while (-not $exporter.WaitForExit(200)) {
            if ($timer.Elapsed.TotalSeconds -gt $Seconds) {
                $problem = New-Outcome -Status 'failed' -Reason "It was not exported within $Seconds s."
            }
            elseif ([System.IO.File]::Exists($Target) -and ([System.IO.FileInfo]::new($Target).Length -gt $room)) {
                $problem = New-Outcome -Status 'too large' -Reason "The export has more than the $room bytes there is room for."
            }
            if ($null -ne $problem) {
                $exporter.Kill()
                [void] $exporter.WaitForExit(5000)
                return $problem
            }
        }
        if (($exporter.ExitCode -ne 0) -or (-not [System.IO.File]::Exists($Target))) {
            return New-Outcome -Status 'failed' -Reason "wevtutil ended with code $($exporter.ExitCode)."
        }
        if ([System.IO.FileInfo]::new($Target).Length -gt $room) {
            return New-Outcome -Status 'too large' -Reason "The export has more than the $room bytes there is room for."
        }
        return New-Outcome -Status 'collected' -Reason ''
    }
    finally {
        $exporter.Dispose()
    }
}

# The newest records of a log, of the last days; a tenth of them if they are too large.
function Save-EventLog {
    param([string] $LogName, [long] $MaximumRecords, [int] $Days = 7)
    $source = "wevtutil epl $LogName (the last $Days days, at most $MaximumRecords records)"
    if (-not (Test-Budget -Category 'event log' -Source $source)) { return }
    $row = New-Row -Category 'event log' -Source $source
    $target = $WorkFolder + '\log.evtx'
    $outcome = New-Outcome -Status 'failed' -Reason ''
    try {
        $first = Get-FirstRecord -LogName $LogName -MaximumRecords $MaximumRecords
        $outcome = Export-Log -LogName $LogName -Target $target -FirstRecord $first -Days $Days -Seconds (Get-Seconds -Wish 30)
        if ($outcome.Status -ceq 'too large') {
            $fewer = [long] ($MaximumRecords / 10)
            $first = Get-FirstRecord -LogName $LogName -MaximumRecords $fewer
            $outcome = Export-Log -LogName $LogName -Target $target -FirstRecord $first -Days $Days -Seconds (Get-Seconds -Wish 30)
            if ($outcome.Status -ceq 'collected') {
                $outcome = New-Outcome -Status 'truncated' -Reason "Only the newest $fewer records, as more were too large."
            }
        }
    }
    catch [System.Diagnostics.Eventing.Reader.EventLogNotFoundException] {
        $outcome = New-Outcome -Status 'absent' -Reason 'The machine has no such log.'
    }
    catch {
        $outcome = New-Outcome -Status 'failed' -Reason (Get-Message -Failure $_)
    }
    $row['status'] = $outcome.Status
    if ($outcome.Reason -cne '') { $row['reason'] = $outcome.Reason }
    if (($outcome.Status -ceq 'collected') -or ($outcome.Status -ceq 'truncated')) {
        Save-Stored -Row $row -FilePath $target -Name ('artifacts/' + $row['id'] + '.evtx')
    }
    else {
        $Rows.Add($row)
    }
}

# --------------------------------------------------------------------------------------------------------- collect

function Save-System {
    Save-CimClass -Category 'system' -Namespace 'root/cimv2' -ClassName 'Win32_OperatingSystem'
    Save-CimClass -Category 'system' -Namespace 'root/cimv2' -ClassName 'Win32_ComputerSystem'
    Save-CimClass -Category 'system' -Namespace 'root/cimv2' -ClassName 'Win32_QuickFixEngineering' -Property @(
        'HotFixID', 'Description', 'InstalledOn', 'InstalledBy'
    )
}

# SIDs only: a name might be asked for over the network.
function Save-Processes {
    Save-Objects -Category 'process' -Source 'CIM root/cimv2 Win32_Process' -Read {
        $known = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
        $query = @{ Namespace = 'root/cimv2'; ClassName = 'Win32_Process'; OperationTimeoutSec = (Get-Seconds -Wish 60) }
        foreach ($process in @(Get-CimInstance @query)) {
            $ownerSid = $null
            try {
                $ownerSid = (Invoke-CimMethod -InputObject $process -MethodName 'GetOwnerSid' -OperationTimeoutSec 5).Sid
            }
            catch {
                $ownerSid = $null
            }
            $executable = $process.ExecutablePath
            if (($null -ne $executable) -and $known.Add($executable)) { $ExecutablePaths.Add($executable) }
            [ordered] @{
                processId       = $process.ProcessId
                parentProcessId = $process.ParentProcessId
                name            = $process.Name
                path            = $executable
                commandLine     = ConvertTo-Plain -Value $process.CommandLine
                createdAt       = ConvertTo-Plain -Value $process.CreationDate
                sessionId       = $process.SessionId
                ownerSid        = $ownerSid
                threads         = $process.ThreadCount
                workingSetBytes = $process.WorkingSetSize
            }
        }
    }
}

function Save-ExecutableHashes {
    Save-Objects -Category 'process' -Source 'sha256 of the executables of running processes' -Read {
        $timer = [System.Diagnostics.Stopwatch]::StartNew()
        foreach ($executable in $ExecutablePaths) {
            if (($timer.Elapsed.TotalSeconds -gt 60) -or ((Get-SecondsLeft) -le 0)) {
                [ordered] @{ path = $executable; status = 'skipped'; sha256 = $null; bytes = $null }
                continue
            }
            $outcome = Copy-Evidence -Path $executable -Target '' -MaximumBytes 256mb -Part 'whole' -Seconds 15
            [ordered] @{
                path   = $executable
                status = $outcome.Status
                sha256 = $outcome.Sha256
                bytes  = $outcome.Bytes
                file   = $outcome.File
            }
        }
    }
}

function Save-Network {
    $space = 'root/StandardCimv2'
    Save-CimClass -Category 'network' -Namespace $space -ClassName 'MSFT_NetTCPConnection' -Property @(
        'LocalAddress', 'LocalPort', 'RemoteAddress', 'RemotePort', 'State', 'OwningProcess', 'CreationTime'
    )
    Save-CimClass -Category 'network' -Namespace $space -ClassName 'MSFT_NetUDPEndpoint' -Property @(
        'LocalAddress', 'LocalPort', 'OwningProcess', 'CreationTime'
    )
    Save-CimClass -Category 'network' -Namespace $space -ClassName 'MSFT_DNSClientCache' -Property @(
        'Entry', 'Name', 'Type', 'Status', 'Section', 'TimeToLive', 'Data'
    )
    Save-CimClass -Category 'network' -Namespace $space -ClassName 'MSFT_NetNeighbor' -Property @(
        'IPAddress', 'LinkLayerAddress', 'State', 'InterfaceAlias', 'InterfaceIndex'
    )
    Save-CimClass -Category 'network' -Namespace $space -ClassName 'MSFT_NetRoute' -Property @(
        'DestinationPrefix', 'NextHop', 'InterfaceAlias', 'InterfaceIndex', 'RouteMetric', 'Protocol'
    )
    Save-CimClass -Category 'network' -Namespace $space -ClassName 'MSFT_NetIPAddress' -Property @(
        'IPAddress', 'PrefixLength', 'InterfaceAlias', 'InterfaceIndex', 'PrefixOrigin'
    )
    Save-CimClass -Category 'network' -Namespace $space -ClassName 'MSFT_DNSClientServerAddress' -Property @(
        'InterfaceAlias', 'InterfaceIndex', 'AddressFamily', 'ServerAddresses'
    )
    $names = [System.Environment]::SystemDirectory + '\drivers\etc\hosts'
    Save-File -Category 'network' -Path $names -MaximumBytes 1mb -Part 'tail' -Expected
}

function Save-Sessions {
    Save-CimClass -Category 'session' -Namespace 'root/cimv2' -ClassName 'Win32_LogonSession' -Property @(
        'LogonId', 'LogonType', 'StartTime', 'AuthenticationPackage'
    )
    Save-CimClass -Category 'session' -Namespace 'root/cimv2' -ClassName 'Win32_LoggedOnUser' -Property @(
        'Antecedent', 'Dependent'
    )
    Save-CimClass -Category 'session' -Namespace 'root/Microsoft/Windows/SMB' -ClassName 'MSFT_SmbSession' -Property @(
        'SessionId', 'ClientComputerName', 'ClientUserName', 'NumOpens', 'SecondsExists', 'SecondsIdle'
    )
}

function Save-Users {
    if ($IsDomainController) {
        Add-Failure -Category 'user' -Source 'local users and groups' -Status 'skipped' -Reason 'A domain controller has no local accounts.'
        return
    }
    Save-CimClass -Category 'user' -Namespace 'root/cimv2' -ClassName 'Win32_UserAccount' -Filter 'LocalAccount = TRUE' -Property @(
        'Name', 'Domain', 'SID', 'Disabled', 'Lockout', 'PasswordRequired', 'PasswordExpires', 'Description', 'FullName'
    )
    Save-CimClass -Category 'user' -Namespace 'root/cimv2' -ClassName 'Win32_Group' -Filter 'LocalAccount = TRUE' -Property @(
        'Name', 'Domain', 'SID', 'Description'
    )
    Save-CimClass -Category 'user' -Namespace 'root/cimv2' -ClassName 'Win32_GroupUser' -Property @(
        'GroupComponent', 'PartComponent'
    )
    Save-MachineKeys -Category 'user' -Source 'ProfileList' -Keys @('SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList') -Depth 1
}

function Save-Services {
    Save-CimClass -Category 'service' -Namespace 'root/cimv2' -ClassName 'Win32_Service' -Property @(
        'Name', 'DisplayName', 'State', 'StartMode', 'StartName', 'PathName', 'ProcessId', 'ServiceType', 'Description'
    )
    Save-Objects -Category 'service' -Source 'ServiceDll of HKLM\SYSTEM\CurrentControlSet\Services' -Read {
        $services = 'SYSTEM\CurrentControlSet\Services'
        $base = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($services, $false)
        try {
            foreach ($service in $base.GetSubKeyNames()) {
                foreach ($found in @(Read-RegistryKey -HiveName 'HKLM' -KeyPath ($services + '\' + $service + '\Parameters') -Depth 0)) {
                    if ($found['name'] -eq 'ServiceDll') { $found }
                }
            }
        }
        finally {
            $base.Dispose()
        }
    }
    Save-CimClass -Category 'driver' -Namespace 'root/cimv2' -ClassName 'Win32_SystemDriver' -Property @(
        'Name', 'DisplayName', 'State', 'StartMode', 'PathName', 'ServiceType'
    )
}

function Save-Schedules {
    Save-CimClass -Category 'schedule' -Namespace 'root/Microsoft/Windows/TaskScheduler' -ClassName 'MSFT_ScheduledTask' -Property @(
        'TaskName', 'TaskPath', 'State', 'Author', 'Date', 'Description', 'Actions', 'Triggers', 'Principal', 'URI'
    )
}

function Save-Autostarts {
    $run = @(
        'Software\Microsoft\Windows\CurrentVersion\Run'
        'Software\Microsoft\Windows\CurrentVersion\RunOnce'
        'Software\Microsoft\Windows\CurrentVersion\Policies\Explorer\Run'
        'Software\WOW6432Node\Microsoft\Windows\CurrentVersion\Run'
        'Software\WOW6432Node\Microsoft\Windows\CurrentVersion\RunOnce'
        'Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run'
        'Software\Microsoft\Windows NT\CurrentVersion\Windows'
        'Environment'
    )
    Save-MachineKeys -Category 'autostart' -Source 'Run keys of HKLM' -Keys $run -Depth 1
    Save-UserKeys -Category 'autostart' -Source 'Run keys of HKU' -Keys $run -Depth 1
    Save-MachineKeys -Category 'autostart' -Source 'Winlogon, image file options, LSA, session manager and others' -Depth 1 -Keys @(
        'SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon'
        'SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options'
        'SOFTWARE\Microsoft\Windows NT\CurrentVersion\SilentProcessExit'
        'SYSTEM\CurrentControlSet\Control\Lsa'
        'SYSTEM\CurrentControlSet\Control\SecurityProviders'
        'SYSTEM\CurrentControlSet\Control\Session Manager'
        'SYSTEM\CurrentControlSet\Control\Print\Monitors'
        'SYSTEM\CurrentControlSet\Services\PortProxy\v4tov4'
        'SOFTWARE\Microsoft\Active Setup\Installed Components'
        'SOFTWARE\Microsoft\Windows\CurrentVersion\Authentication\Credential Providers'
        'SOFTWARE\Microsoft\NetSh'
        'SOFTWARE\Microsoft\AMSI\Providers'
    )
    foreach ($space in @('root/subscription', 'root/default')) {
        foreach ($class in @('__EventFilter', '__EventConsumer', '__FilterToConsumerBinding')) {
            Save-CimClass -Category 'autostart' -Namespace $space -ClassName $class
        }
    }
    $startups = [System.Collections.Generic.List[string]]::new()
    $startups.Add('C:\ProgramData\Microsoft\Windows\Start Menu\Programs\StartUp')
    foreach ($userFolder in @(Get-ProfileFolders)) {
        $startups.Add($userFolder + '\AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup')
    }
    foreach ($startup in $startups) {
        if (-not [System.IO.Directory]::Exists($startup)) { continue }
        $count = 0
        foreach ($entry in [System.IO.DirectoryInfo]::new($startup).EnumerateFiles()) {
            $count++
            if ($count -gt 25) { break }
            if ($entry.Name -eq 'desktop.ini') { continue }
            Save-File -Category 'autostart' -Path $entry.FullName -MaximumBytes 4mb -Part 'whole' -Expected
        }
    }
}

function Save-Software {
    $uninstall = @('Software\Microsoft\Windows\CurrentVersion\Uninstall', 'Software\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall')
    Save-MachineKeys -Category 'software' -Source 'Uninstall keys of HKLM' -Keys $uninstall -Depth 1
    Save-UserKeys -Category 'software' -Source 'Uninstall keys of HKU' -Keys $uninstall -Depth 1
}

# Signs of what was run, by whom, and what was plugged in. Hives as files come at the end: they are large.
function Save-Traces {
    Save-MachineKeys -Category 'usb' -Source 'USB storage, portable devices and mounted volumes' -Depth 3 -Keys @(
        'SYSTEM\CurrentControlSet\Enum\USBSTOR'
        'SYSTEM\MountedDevices'
        'SOFTWARE\Microsoft\Windows Portable Devices\Devices'
    )
    Save-File -Category 'usb' -Path 'C:\Windows\INF\setupapi.dev.log' -MaximumBytes 2mb -Part 'tail'
    Save-MachineKeys -Category 'execution' -Source 'programs run by users (bam)' -Depth 2 -Keys @(
        'SYSTEM\CurrentControlSet\Services\bam\State\UserSettings'
    )
    Save-UserKeys -Category 'execution' -Source 'typed, run and opened by users' -Depth 2 -Keys @(
        'Software\Microsoft\Windows\CurrentVersion\Explorer\RunMRU'
        'Software\Microsoft\Windows\CurrentVersion\Explorer\TypedPaths'
        'Software\Microsoft\Windows\CurrentVersion\Explorer\UserAssist'
        'Software\Microsoft\Windows\CurrentVersion\Explorer\MountPoints2'
        'Software\Microsoft\Terminal Server Client'
        'Software\Sysinternals'
    )
    Save-Newest -Category 'execution' -Root 'C:\Windows\Prefetch' -Pattern '*.pf' -Depth 0 -Maximum 100 -MaximumBytes 1mb
    foreach ($list in @('PcaAppLaunchDic.txt', 'PcaGeneralDb0.txt', 'PcaGeneralDb1.txt')) {
        Save-File -Category 'execution' -Path ('C:\Windows\appcompat\pca\' + $list) -MaximumBytes 4mb -Part 'tail'
    }
    Save-File -Category 'execution' -Path 'C:\Windows\appcompat\Programs\Amcache.hve' -MaximumBytes 32mb -Part 'whole' -Expected
    foreach ($hive in @('Amcache.hve.LOG1', 'Amcache.hve.LOG2')) {
        Save-File -Category 'execution' -Path ('C:\Windows\appcompat\Programs\' + $hive) -MaximumBytes 32mb -Part 'whole'
    }
}

function Save-Shadows {
    Save-CimClass -Category 'snapshot' -Namespace 'root/cimv2' -ClassName 'Win32_ShadowCopy' -Property @(
        'ID', 'InstallDate', 'VolumeName', 'DeviceObject', 'State', 'ClientAccessible', 'OriginatingMachine'
    )
    Save-CimClass -Category 'snapshot' -Namespace 'root/cimv2' -ClassName 'Win32_ShadowStorage' -Property @(
        'Volume', 'DiffVolume', 'UsedSpace', 'AllocatedSpace', 'MaxSpace'
    )
}

# Jobs of BITS are in a database that its service holds open.
function Save-Bits {
    Save-File -Category 'bits' -Path 'C:\ProgramData\Microsoft\Network\Downloader\qmgr.db' -MaximumBytes 16mb -Part 'whole' -Expected
    Save-File -Category 'bits' -Path 'C:\ProgramData\Microsoft\Network\Downloader\qmgr0.dat' -MaximumBytes 16mb -Part 'whole'
}

# What remote tools leave, and where; the newest of each.
function Save-RemoteTools {
    $places = @(
        @{ Root = 'C:\Program Files\TeamViewer'; Pattern = '*.log' }
        @{ Root = 'C:\Program Files\TeamViewer'; Pattern = 'Connections*.txt' }
        @{ Root = 'C:\Program Files (x86)\TeamViewer'; Pattern = '*.log' }
        @{ Root = 'C:\Program Files (x86)\TeamViewer'; Pattern = 'Connections*.txt' }
        @{ Root = 'C:\ProgramData\AnyDesk'; Pattern = '*.trace' }
        @{ Root = 'C:\ProgramData\AnyDesk'; Pattern = '*.txt' }
        @{ Root = 'C:\Windows\ServiceProfiles\LocalService\AppData\Roaming\RustDesk\log'; Pattern = '*.log' }
        @{ Root = 'C:\ProgramData\LogMeIn'; Pattern = '*.log' }
        @{ Root = 'C:\Program Files (x86)\Splashtop\Splashtop Remote\Server\log'; Pattern = '*.txt' }
        @{ Root = 'C:\Program Files\Mesh Agent'; Pattern = '*.log' }
        @{ Root = 'C:\Program Files\ATERA Networks\AteraAgent'; Pattern = '*.log' }
        @{ Root = 'C:\ProgramData\Radmin'; Pattern = '*.htm' }
        @{ Root = 'C:\ProgramData\ssh\logs'; Pattern = '*.log' }
    )
    foreach ($place in $places) {
        Save-Newest -Category 'remote tool' -Root $place.Root -Pattern $place.Pattern -Depth 1 -Maximum 3 -MaximumBytes 512kb
    }
    foreach ($userFolder in @(Get-ProfileFolders)) {
        $roaming = $userFolder + '\AppData\Roaming\'
        Save-Newest -Category 'remote tool' -Root ($roaming + 'AnyDesk') -Pattern '*.trace' -Depth 0 -Maximum 2 -MaximumBytes 512kb
        Save-Newest -Category 'remote tool' -Root ($roaming + 'AnyDesk') -Pattern 'connection_trace.txt' -Depth 0 -Maximum 1 -MaximumBytes 512kb
        Save-Newest -Category 'remote tool' -Root ($roaming + 'TeamViewer') -Pattern '*.txt' -Depth 0 -Maximum 2 -MaximumBytes 512kb
        Save-Newest -Category 'remote tool' -Root ($roaming + 'RustDesk\log') -Pattern '*.log' -Depth 1 -Maximum 2 -MaximumBytes 512kb
    }
}

# A hive that Windows holds open, written by Windows itself (RegSaveKeyExW, in the newest format) into our folder.
function Save-Hive {
    param([string] $HiveName, [string] $KeyPath)
    $source = "hive $HiveName\$KeyPath"
    if (-not (Test-Budget -Category 'registry' -Source $source)) { return }
    $row = New-Row -Category 'registry' -Source $source
    $target = $WorkFolder + '\hive.raw'
    [System.IO.File]::Delete($target)
    try {
        $api = Get-HiveSaver
        $hive = [Microsoft.Win32.RegistryHive]::LocalMachine
        if ($HiveName -ceq 'HKU') { $hive = [Microsoft.Win32.RegistryHive]::Users }
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey($hive, [Microsoft.Win32.RegistryView]::Registry64)
        $key = $base.OpenSubKey($KeyPath, $false)
        if ($null -eq $key) { throw 'There is no such hive.' }
        $code = $api::RegSaveKeyExW($key.Handle, $target, [IntPtr]::Zero, 2)
        $key.Dispose()
        $base.Dispose()
        if ($code -ne 0) { throw "Windows did not write it (code $code)." }
        Save-Stored -Row $row -FilePath $target -Name ('artifacts/' + $row['id'] + '.raw')
    }
    catch {
        [System.IO.File]::Delete($target)
        $row['status'] = 'unreadable'
        $row['reason'] = Get-Message -Failure $_
        $Rows.Add($row)
    }
}

function Get-HiveSaver {
    if ($null -eq $HiveSaver) {
        # The right to back up is turned on there.
        [void] (Get-Native)
        $script:HiveSaver = New-NativeType -TypeName 'EvidenceHives' -Functions @(
            @{
                Name = 'RegSaveKeyExW'; Library = 'advapi32.dll'; Returns = [int]
                Takes = @([Microsoft.Win32.SafeHandles.SafeRegistryHandle], [string], [IntPtr], [uint32])
            }
        )
    }
    return $HiveSaver
}

function Save-Hives {
    foreach ($secret in @('SAM', 'SECURITY')) {
        Add-Failure -Category 'registry' -Source "hive HKLM\$secret" -Status 'skipped' -Reason 'It holds password hashes: not collected on purpose.'
    }
    foreach ($user in @(Get-LoadedUsers)) {
        Save-Hive -HiveName 'HKU' -KeyPath $user
        if ($user -cne '.DEFAULT') { Save-Hive -HiveName 'HKU' -KeyPath ($user + '_Classes') }
    }
    # The hives of users who are not logged on are plain files.
    foreach ($userFolder in @(Get-ProfileFolders)) {
        if (Test-HiveLoaded -UserFolder $userFolder) { continue }
        Save-File -Category 'registry' -Path ($userFolder + '\NTUSER.DAT') -MaximumBytes 32mb -Part 'whole'
        $classes = $userFolder + '\AppData\Local\Microsoft\Windows\UsrClass.dat'
        Save-File -Category 'registry' -Path $classes -MaximumBytes 32mb -Part 'whole'
    }
    Save-File -Category 'usage' -Path 'C:\Windows\System32\sru\SRUDB.dat' -MaximumBytes 128mb -Part 'whole' -Expected
    Save-Hive -HiveName 'HKLM' -KeyPath 'SYSTEM'
    Save-Hive -HiveName 'HKLM' -KeyPath 'SOFTWARE'
}

# Whether a user of a profile folder is logged on, by the list of profiles.
function Test-HiveLoaded {
    param([string] $UserFolder)
    $list = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList'
    foreach ($user in @(Get-LoadedUsers)) {
        foreach ($found in @(Read-RegistryKey -HiveName 'HKLM' -KeyPath ($list + '\' + $user) -Depth 0)) {
            if ($found['name'] -ne 'ProfileImagePath') { continue }
            if ([System.Environment]::ExpandEnvironmentVariables([string] $found['value']).TrimEnd('\') -eq $UserFolder) { return $true }
        }
    }
    return $false
}

# The runs of clusters of the $MFT: of the unnamed data attribute (0x80) of its own record, the first of the volume's table.
function Read-MftRuns {
    param([byte[]] $Record)
    # The last two bytes of every 512 are kept in an array whose place is at 4, its length at 6.
    $fixes = [System.BitConverter]::ToUInt16($Record, 4)
    for ($index = 1; $index -lt [System.BitConverter]::ToUInt16($Record, 6); $index++) {
        $Record[$index * 512 - 2] = $Record[$fixes + 2 * $index]
        $Record[$index * 512 - 1] = $Record[$fixes + 2 * $index + 1]
    }
    $at = [int] [System.BitConverter]::ToUInt16($Record, 20)
    while ([System.BitConverter]::ToUInt32($Record, $at) -ne 0x80) {
        if ([System.BitConverter]::ToUInt32($Record, $at) -eq [uint32]::MaxValue) { throw 'The $MFT has no data attribute.' }
        $at += [int] [System.BitConverter]::ToUInt32($Record, $at + 4)
    }
    # Each run: a byte with the sizes of two numbers, the clusters it has, and where it begins against the run before.
    $at += [int] [System.BitConverter]::ToUInt16($Record, $at + 32)
    $cluster = [long] 0
    while ($Record[$at] -ne 0) {
        $lengthSize = $Record[$at] -band 15
        $offsetSize = $Record[$at] -shr 4
        $clusters = [long] 0
        for ($index = $lengthSize - 1; $index -ge 0; $index--) { $clusters = $clusters * 256 + $Record[$at + 1 + $index] }
        $offset = [long] 0
        for ($index = $offsetSize - 1; $index -ge 0; $index--) { $offset = $offset * 256 + $Record[$at + 1 + $lengthSize + $index] }
        if (($offsetSize -gt 0) -and ($Record[$at + $lengthSize + $offsetSize] -ge 128)) {
            $offset -= [long] [System.Math]::Pow(256, $offsetSize)
        }
        $cluster += $offset
        [pscustomobject] @{ Cluster = $cluster; Clusters = $clusters }
        $at += 1 + $lengthSize + $offsetSize
    }
}

# The table of all files of drive C, when there is room for it.
function Save-Mft {
    $source = 'C:\$MFT'
    if (-not (Test-Budget -Category 'file listing' -Source $source)) { return }
    $row = New-Row -Category 'file listing' -Source $source
    $target = $WorkFolder + '\file.raw'
    [System.IO.File]::Delete($target)
    $volume = $null
    $reader = $null
    try {
        $volume = Open-Native -NativePath '\\.\C:' -Access 2147483648 -Flags 0
        # NTFS_VOLUME_DATA_BUFFER: bytes of a cluster at 44, the table's length at 56 and first cluster at 64.
        $facts = Read-Control -Handle $volume -Code 0x90064 -Bytes 96
        $clusterBytes = [long] [System.BitConverter]::ToUInt32($facts, 44)
        $row['bytes'] = [System.BitConverter]::ToInt64($facts, 56)
        if ($row['bytes'] -gt (Get-BytesLeft)) {
            $row['status'] = 'too large'
            $row['reason'] = 'There is no room left for it in the archive. Ask detached, with a larger limit.'
            $Rows.Add($row)
            return
        }
        $reader = [System.IO.FileStream]::new($volume, [System.IO.FileAccess]::Read, 1)
        [void] $reader.Seek([System.BitConverter]::ToInt64($facts, 64) * $clusterBytes, [System.IO.SeekOrigin]::Begin)
        # Whole sectors, as a volume demands; a record has at most 4096 bytes.
        $record = [byte[]]::new(4096)
        [void] $reader.Read($record, 0, $record.Length)
        $runs = @(Read-MftRuns -Record $record)
        $outcome = Copy-Clusters -Drive 'C' -Runs $runs -Bytes $row['bytes'] -Target $target -Seconds (Get-Seconds -Wish 120)
        $row['reason'] = 'Read from the disk, without what Windows had not written yet.'
        $row['sha256'] = $outcome.Sha256
        Save-Stored -Row $row -FilePath $target -Name ('artifacts/' + $row['id'] + '.raw')
    }
    catch {
        [System.IO.File]::Delete($target)
        $row['status'] = 'unreadable'
        $row['reason'] = Get-Message -Failure $_
        $Rows.Add($row)
    }
    finally {
        if ($null -ne $reader) { $reader.Dispose() }
        if ($null -ne $volume) { $volume.Dispose() }
    }
}

function Save-Firewall {
    Save-MachineKeys -Category 'firewall' -Source 'profiles and rules of the firewall' -Depth 2 -Keys @(
        'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy'
        'SOFTWARE\Policies\Microsoft\WindowsFirewall'
    )
    Save-CimClass -Category 'share' -Namespace 'root/cimv2' -ClassName 'Win32_Share' -Property @(
        'Name', 'Path', 'Type', 'Description'
    )
}

function Save-Defender {
    $space = 'root/Microsoft/Windows/Defender'
    foreach ($class in @('MSFT_MpComputerStatus', 'MSFT_MpThreat', 'MSFT_MpThreatDetection', 'MSFT_MpPreference')) {
        Save-CimClass -Category 'defender' -Namespace $space -ClassName $class
    }
    Save-MachineKeys -Category 'defender' -Source 'exclusions of Defender, set and by policy' -Depth 2 -Keys @(
        'SOFTWARE\Microsoft\Windows Defender\Exclusions'
        'SOFTWARE\Policies\Microsoft\Windows Defender\Exclusions'
    )
    $support = [System.IO.DirectoryInfo]::new('C:\ProgramData\Microsoft\Windows Defender\Support')
    if ($support.Exists) {
        $newest = $null
        foreach ($entry in $support.EnumerateFiles('MPLog-*.log')) {
            if (($null -eq $newest) -or ($entry.LastWriteTimeUtc -gt $newest.LastWriteTimeUtc)) { $newest = $entry }
        }
        if ($null -ne $newest) { Save-File -Category 'defender' -Path $newest.FullName -MaximumBytes 4mb -Part 'tail' -Expected }
    }
    $history = 'C:\ProgramData\Microsoft\Windows Defender\Scans\History\Service\DetectionHistory'
    Save-Newest -Category 'defender' -Root $history -Pattern '*' -Depth 2 -Maximum 30 -MaximumBytes 1mb
    Save-Newest -Category 'defender' -Root $support.FullName -Pattern 'MPDetection-*.log' -Depth 0 -Maximum 2 -MaximumBytes 1mb
}

function Save-EventLogs {
    Save-EventLog -LogName 'Security' -MaximumRecords 20000
    Save-EventLog -LogName 'System' -MaximumRecords 10000
    Save-EventLog -LogName 'Microsoft-Windows-Windows Defender/Operational' -MaximumRecords 10000
    Save-EventLog -LogName 'Microsoft-Windows-PowerShell/Operational' -MaximumRecords 10000
    Save-EventLog -LogName 'Windows PowerShell' -MaximumRecords 5000
    Save-EventLog -LogName 'Microsoft-Windows-Sysmon/Operational' -MaximumRecords 20000
    Save-EventLog -LogName 'Microsoft-Windows-TaskScheduler/Operational' -MaximumRecords 10000
    Save-EventLog -LogName 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational' -MaximumRecords 5000
    Save-EventLog -LogName 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational' -MaximumRecords 5000
    Save-EventLog -LogName 'Microsoft-Windows-WMI-Activity/Operational' -MaximumRecords 5000
    Save-EventLog -LogName 'Microsoft-Windows-WinRM/Operational' -MaximumRecords 5000
    Save-EventLog -LogName 'Microsoft-Windows-Bits-Client/Operational' -MaximumRecords 5000
    Save-EventLog -LogName 'Microsoft-Windows-CodeIntegrity/Operational' -MaximumRecords 5000
    Save-EventLog -LogName 'Microsoft-Windows-AppLocker/EXE and DLL' -MaximumRecords 5000
    Save-EventLog -LogName 'Microsoft-Windows-AppLocker/MSI and Script' -MaximumRecords 5000
    Save-EventLog -LogName 'Microsoft-Windows-NTLM/Operational' -MaximumRecords 5000
    Save-EventLog -LogName 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall' -MaximumRecords 5000
    Save-EventLog -LogName 'OpenSSH/Operational' -MaximumRecords 5000
    Save-EventLog -LogName 'Application' -MaximumRecords 5000
}

function Save-Histories {
    foreach ($userFolder in @(Get-ProfileFolders)) {
        $typed = $userFolder + '\AppData\Roaming\Microsoft\Windows\PowerShell\PSReadLine\'
        Save-File -Category 'history' -Path ($typed + 'ConsoleHost_history.txt') -MaximumBytes 512kb -Part 'tail'
        Save-File -Category 'history' -Path ($typed + 'Visual Studio Code Host_history.txt') -MaximumBytes 512kb -Part 'tail'
    }
    Save-Objects -Category 'history' -Source 'where browsers keep the profiles of users' -Read {
        foreach ($userFolder in @(Get-ProfileFolders)) {
            foreach ($browser in @(Get-BrowserFolders -UserFolder $userFolder)) { [ordered] @{ path = $browser } }
        }
    }
}

function Save-Listings {
    Save-Listing -Root 'C:\Windows\Prefetch' -Depth 0 -Days 0
    Save-Listing -Root 'C:\Windows\Temp' -Depth 3 -Days 0
    Save-Listing -Root 'C:\Users\Public' -Depth 6 -Days 0
    Save-Listing -Root 'C:\PerfLogs' -Depth 4 -Days 0
    Save-Listing -Root 'C:\ProgramData' -Depth 3 -Days 7 -Seconds 15
    Save-Listing -Root 'C:\Windows' -Depth 0 -Days 7
    Save-Listing -Root 'C:\Windows\System32' -Depth 0 -Days 7
    Save-Listing -Root 'C:\Windows\SysWOW64' -Depth 0 -Days 7
    Save-Listing -Root 'C:\Windows\System32\drivers' -Depth 1 -Days 7
    Save-Listing -Root 'C:\Windows\System32\Tasks' -Depth 5 -Days 0
    Save-Listing -Root 'C:\inetpub\wwwroot' -Depth 6 -Days 7
    foreach ($userFolder in @(Get-ProfileFolders)) {
        if ($userFolder -like 'C:\Windows\*') { continue }
        Save-Listing -Root ($userFolder + '\Desktop') -Depth 3 -Days 7
        Save-Listing -Root ($userFolder + '\Downloads') -Depth 3 -Days 7
        Save-Listing -Root ($userFolder + '\Documents') -Depth 3 -Days 7
        Save-Listing -Root ($userFolder + '\AppData\Local\Temp') -Depth 4 -Days 7
        Save-Listing -Root ($userFolder + '\AppData\Roaming') -Depth 4 -Days 7
        Save-Listing -Root ($userFolder + '\AppData\Roaming\Microsoft\Windows\Recent') -Depth 0 -Days 0
    }
}

# ------------------------------------------------------------------------------------------------- cases, by option

# The regular files below a folder whose path matches a pattern of ours, made or changed in some days (0: ever).
function Find-Files {
    param([string] $Root, [string] $Pattern, [int] $Depth, [int] $Days, [int] $Seconds, [int] $Maximum)
    $start = [System.IO.DirectoryInfo]::new($Root)
    if ((-not $start.Exists) -or (Test-ReparsePoint -Entry $start)) { return }
    $since = [datetime]::MinValue
    if ($Days -gt 0) { $since = [datetime]::UtcNow.AddDays(-$Days) }
    $timer = [System.Diagnostics.Stopwatch]::StartNew()
    $allowed = Get-Seconds -Wish $Seconds
    $waiting = [System.Collections.Generic.Queue[object]]::new()
    $waiting.Enqueue([pscustomobject] @{ Place = $start; Depth = $Depth })
    $count = 0
    while ($waiting.Count -gt 0) {
        $next = $waiting.Dequeue()
        try {
            foreach ($entry in $next.Place.EnumerateFileSystemInfos()) {
                if (($count -ge $Maximum) -or ($timer.Elapsed.TotalSeconds -gt $allowed)) { return }
                if (Test-ReparsePoint -Entry $entry) { continue }
                if ($entry -is [System.IO.DirectoryInfo]) {
                    if (($next.Depth -gt 0) -and ($waiting.Count -lt 20000)) {
                        $waiting.Enqueue([pscustomobject] @{ Place = $entry; Depth = $next.Depth - 1 })
                    }
                    continue
                }
                if (($entry.LastWriteTimeUtc -lt $since) -and ($entry.CreationTimeUtc -lt $since)) { continue }
                if ($entry.FullName -match $Pattern) {
                    $count++
                    $entry
                }
            }
        }
        catch {
            # No right to enter it, or gone: the others are still wanted.
            continue
        }
    }
}

# Where users keep their files, and the places ransomware writes to first.
function Get-DataFolders {
    foreach ($userFolder in @(Get-ProfileFolders)) {
        if ($userFolder -notlike 'C:\Windows\*') { $userFolder }
    }
    'C:\Users\Public'
    'C:\ProgramData'
    foreach ($drive in [System.IO.DriveInfo]::GetDrives()) {
        if (([string] $drive.DriveType -ceq 'Fixed') -and $drive.IsReady -and ($drive.Name -ne 'C:\')) { $drive.Name }
    }
}

# A note lies in every folder: two of a name are enough, and how many there are is in the listing.
function Save-RansomNotes {
    $pattern = '(?i)\\[^\\]*(readme|read_me|how[ _-]?to|restore|recover|decrypt|unlock|instruction|ransom|your[ _-]?files|help[ _-]your)' +
        '[^\\]*\.(txt|html?|hta|rtf|url|bmp)\z'
    $seen = [System.Collections.Generic.Dictionary[string, int]]::new([System.StringComparer]::OrdinalIgnoreCase)
    $notes = [System.Collections.Generic.List[object]]::new()
    foreach ($entry in @([System.IO.DirectoryInfo]::new('C:\').GetFiles())) {
        if (($entry.FullName -match $pattern) -and (-not (Test-ReparsePoint -Entry $entry))) { $notes.Add($entry) }
    }
    $timer = [System.Diagnostics.Stopwatch]::StartNew()
    foreach ($place in @(Get-DataFolders)) {
        if ($timer.Elapsed.TotalSeconds -gt $SecondsToSearch) { break }
        foreach ($entry in @(Find-Files -Root $place -Pattern $pattern -Depth 5 -Days 14 -Seconds 15 -Maximum 2000)) { $notes.Add($entry) }
    }
    Save-Objects -Category 'ransom note' -Source 'files with names of ransom notes, of 14 days' -Read {
        foreach ($note in $notes) {
            [ordered] @{ path = $note.FullName; bytes = $note.Length; modifiedAt = Format-Instant -Value $note.LastWriteTimeUtc }
        }
    }
    foreach ($note in $notes) {
        if ($seen.Count -ge 20) { return }
        $times = 0
        if ($seen.ContainsKey($note.Name)) { $times = $seen[$note.Name] }
        $seen[$note.Name] = $times + 1
        if (($times -lt 2) -and ($note.Length -le 1mb)) {
            Save-File -Category 'ransom note' -Path $note.FullName -MaximumBytes 1mb -Part 'whole' -Expected
        }
    }
}

# Endings that many files got of late and that no program of the list gives: three samples of each of the most frequent.
function Save-EncryptedSamples {
    $usual = '\A\.(txt|log|tmp|dat|db|ini|json|xml|html?|js|css|png|jpe?g|gif|svg|ico|bmp|webp|pdf|docx?|xlsx?|pptx?|csv|zip|exe|dll|sys|lnk|' +
        'url|pf|etl|evtx|ldb|sqlite|db-wal|db-shm|db-journal|cache|bin|cat|mui|msi|cab|ps1|bat|cmd|py|md|yml|yaml|mp[34]|wav|ttf|woff2?|' +
        'eml|msg|ost|pst|rtf|one|xsl|config|manifest|mum|inf|jfm|chk|jrs|edb|regtrans-ms|blf|log1|log2|crx|map|ts|cs|lock|bak|old|nls)\z'
    $endings = [System.Collections.Generic.Dictionary[string, object]]::new([System.StringComparer]::OrdinalIgnoreCase)
    $timer = [System.Diagnostics.Stopwatch]::StartNew()
    foreach ($place in @(Get-DataFolders)) {
        if ($timer.Elapsed.TotalSeconds -gt $SecondsToSearch) { break }
        foreach ($entry in @(Find-Files -Root $place -Pattern '\.[^.\\]{1,40}\z' -Depth 5 -Days 3 -Seconds 15 -Maximum 20000)) {
            if ($entry.Extension -match $usual) { continue }
            if (-not $endings.ContainsKey($entry.Extension)) {
                if ($endings.Count -ge 5000) { continue }
                $endings[$entry.Extension] = [pscustomobject] @{
                    Count = 0; Samples = [System.Collections.Generic.List[string]]::new()
                }
            }
            $known = $endings[$entry.Extension]
            $known.Count++
            if (($known.Samples.Count -lt 3) -and ($entry.Length -gt 0) -and ($entry.Length -le 2mb)) { $known.Samples.Add($entry.FullName) }
        }
    }
    Save-Objects -Category 'encrypted sample' -Source 'unusual endings of files that changed in 3 days' -Read {
        foreach ($ending in $endings.Keys) { [ordered] @{ ending = $ending; files = $endings[$ending].Count } }
    }
    $taken = 0
    while ($taken -lt 5) {
        $most = ''
        foreach ($ending in $endings.Keys) {
            if ($endings[$ending].Count -lt 10) { continue }
            if (($most -ceq '') -or ($endings[$ending].Count -gt $endings[$most].Count)) { $most = $ending }
        }
        if ($most -ceq '') { return }
        foreach ($sample in $endings[$most].Samples) {
            Save-File -Category 'encrypted sample' -Path $sample -MaximumBytes 2mb -Part 'whole' -Expected
        }
        [void] $endings.Remove($most)
        $taken++
    }
}

# Where browsers keep the profiles of a user: those of Chromium have profiles below, those of Mozilla as well.
function Get-BrowserFolders {
    param([string] $UserFolder)
    foreach ($browser in @(
            'Local\Google\Chrome\User Data', 'Local\Microsoft\Edge\User Data', 'Local\BraveSoftware\Brave-Browser\User Data',
            'Local\Vivaldi\User Data', 'Local\Chromium\User Data', 'Roaming\Opera Software', 'Roaming\Mozilla\Firefox\Profiles')) {
        $place = $UserFolder + '\AppData\' + $browser
        if ([System.IO.Directory]::Exists($place)) { $place }
    }
}

# Histories and the manifests of extensions as files; what keeps secrets is listed and never opened.
function Save-Browsers {
    $histories = '\\(History|places\.sqlite|extensions\.json)\z'
    $manifests = '\\Extensions\\[a-p]{32}\\[^\\]+\\manifest\.json\z'
    foreach ($userFolder in @(Get-ProfileFolders)) {
        foreach ($browser in @(Get-BrowserFolders -UserFolder $userFolder)) {
            foreach ($entry in @(Find-Files -Root $browser -Pattern $histories -Depth 2 -Days 0 -Seconds 10 -Maximum 20)) {
                Save-File -Category 'history' -Path $entry.FullName -MaximumBytes 24mb -Part 'whole' -Expected
            }
            Save-Objects -Category 'history' -Source "browser extensions below $browser" -Read {
                foreach ($entry in @(Find-Files -Root $browser -Pattern $manifests -Depth 5 -Days 0 -Seconds 15 -Maximum 300)) {
                    $text = $null
                    $isReadable = ($entry.Length -le 65536) -and ($null -eq (Test-RegularFile -Path $entry.FullName))
                    if ($isReadable) { $text = ConvertTo-Plain -Value ([System.IO.File]::ReadAllText($entry.FullName)) }
                    [ordered] @{ path = $entry.FullName; modifiedAt = Format-Instant -Value $entry.LastWriteTimeUtc; manifest = $text }
                }
            }
        }
    }
}

function Save-SecretStores {
    $stores = '(?i)\\(Login Data|Login Data For Account|Web Data|Cookies|cookies\.sqlite|logins\.json|key4\.db|Local State|wallet\.dat|' +
        'sitemanager\.xml|recentservers\.xml|credentials|accessTokens\.json|msal_token_cache\.bin|config\.json|id_[a-z0-9]+|[^\\]+\.(kdbx|ppk|rdg|ovpn|wallet))\z'
    $searching = [System.Diagnostics.Stopwatch]::StartNew()
    Save-Objects -Category 'file listing' -Source 'stores of secrets of users (metadata only, never opened)' -Read {
        foreach ($userFolder in @(Get-ProfileFolders)) {
            if ($searching.Elapsed.TotalSeconds -gt $SecondsToSearch) { break }
            foreach ($entry in @(Find-Files -Root $userFolder -Pattern $stores -Depth 8 -Days 0 -Seconds 20 -Maximum 500)) {
                [ordered] @{ path = $entry.FullName; file = Get-FileFacts -Path $entry.FullName }
            }
            foreach ($vault in @('Local\Microsoft\Credentials', 'Roaming\Microsoft\Credentials', 'Local\Microsoft\Vault', 'Roaming\Microsoft\Protect')) {
                foreach ($entry in @(Find-Files -Root ($userFolder + '\AppData\' + $vault) -Pattern '.' -Depth 2 -Days 0 -Seconds 5 -Maximum 100)) {
                    [ordered] @{ path = $entry.FullName; file = Get-FileFacts -Path $entry.FullName }
                }
            }
        }
    }
    # What was packed to be taken away.
    $packing = [System.Diagnostics.Stopwatch]::StartNew()
    Save-Objects -Category 'file listing' -Source 'archives made or changed in 14 days' -Read {
        foreach ($place in @(Get-DataFolders)) {
            if ($packing.Elapsed.TotalSeconds -gt $SecondsToSearch) { break }
            foreach ($entry in @(Find-Files -Root $place -Pattern '(?i)\.(zip|7z|rar|tar|gz|cab)\z' -Depth 6 -Days 14 -Seconds 10 -Maximum 500)) {
                [ordered] @{ path = $entry.FullName; file = Get-FileFacts -Path $entry.FullName }
            }
        }
    }
}

# What someone who sat at the machine leaves: transcripts, opened files, the pictures of remote desktops, whom they connected to.
function Save-HandsOnKeyboard {
    foreach ($userFolder in @(Get-ProfileFolders)) {
        $recent = $userFolder + '\AppData\Roaming\Microsoft\Windows\Recent'
        Save-Newest -Category 'history' -Root $recent -Pattern '*.lnk' -Depth 0 -Maximum 40 -MaximumBytes 64kb
        Save-Newest -Category 'history' -Root $recent -Pattern '*Destinations-ms' -Depth 1 -Maximum 30 -MaximumBytes 1mb
        Save-Newest -Category 'history' -Root ($userFolder + '\Documents') -Pattern 'PowerShell_transcript*.txt' -Depth 1 -Maximum 10 -MaximumBytes 1mb
        $remote = $userFolder + '\AppData\Local\Microsoft\Terminal Server Client\Cache'
        Save-Newest -Category 'remote tool' -Root $remote -Pattern '*.bmc' -Depth 0 -Maximum 2 -MaximumBytes 8mb
        Save-Newest -Category 'remote tool' -Root $remote -Pattern 'Cache*.bin' -Depth 0 -Maximum 2 -MaximumBytes 16mb
        Save-File -Category 'remote tool' -Path ($userFolder + '\Documents\Default.rdp') -MaximumBytes 64kb -Part 'whole'
        Save-Newest -Category 'remote tool' -Root ($userFolder + '\AppData\Local\Temp') -Pattern '*.rdp' -Depth 1 -Maximum 5 -MaximumBytes 64kb
        foreach ($known in @('\.ssh\known_hosts', '\AppData\Roaming\FileZilla\filezilla.xml', '\AppData\Roaming\WinSCP.ini')) {
            Save-Listed -Path ($userFolder + $known)
        }
    }
    Save-UserKeys -Category 'remote tool' -Source 'PuTTY, WinSCP, VNC and remote desktop of users' -Depth 2 -Keys @(
        'Software\SimonTatham\PuTTY\SshHostKeys'
        'Software\Microsoft\Terminal Server Client\Servers'
        'Software\RealVNC'
        'Software\TightVNC'
    )
    Save-EventLog -LogName 'Microsoft-Windows-TerminalServices-RDPClient/Operational' -MaximumRecords 5000 -Days 30
    Save-EventLog -LogName 'Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational' -MaximumRecords 5000 -Days 30
    Save-EventLog -LogName 'Microsoft-Windows-SmbClient/Security' -MaximumRecords 5000 -Days 30
    Save-EventLog -LogName 'Microsoft-Windows-SMBServer/Security' -MaximumRecords 5000 -Days 30
    # Who came to a server, by day and address; a service holds it open.
    Save-Newest -Category 'session' -Root 'C:\Windows\System32\LogFiles\Sum' -Pattern '*.mdb' -Depth 0 -Maximum 3 -MaximumBytes 16mb
}

# That a file is there, when and how large; it may hold passwords.
function Save-Listed {
    param([string] $Path)
    if (-not [System.IO.File]::Exists($Path)) { return }
    Save-Objects -Category 'remote tool' -Source "$Path (metadata only)" -Read { Get-FileFacts -Path $Path }
}

function Save-Cases {
    if (Test-Option -Word 'ransomware') {
        Invoke-Part -Category 'ransom note' -Read { Save-RansomNotes }
        Invoke-Part -Category 'encrypted sample' -Read { Save-EncryptedSamples }
    }
    if (Test-Option -Word 'infostealer') {
        Invoke-Part -Category 'history' -Read { Save-Browsers }
        Invoke-Part -Category 'file listing' -Read { Save-SecretStores }
    }
    if (Test-Option -Word 'hands-on-keyboard') {
        Invoke-Part -Category 'history' -Read { Save-HandsOnKeyboard }
    }
}

# What was looked for and not found is a row as well: each category that triage promises has one.
function Add-MissingCategories {
    foreach ($promised in @(
            'system', 'process', 'network', 'session', 'schedule', 'service', 'driver', 'autostart', 'user', 'history', 'event log',
            'defender', 'firewall', 'share', 'software', 'snapshot', 'bits', 'remote tool', 'usb', 'execution', 'usage', 'registry',
            'file listing')) {
        $isThere = $false
        foreach ($known in $Rows) {
            if ($known['category'] -ceq $promised) {
                $isThere = $true
                break
            }
        }
        if ($isThere -or (-not (Test-Budget -Category $promised -Source $promised -AnySize))) { continue }
        Add-Failure -Category $promised -Source $promised -Status 'absent' -Reason 'Nothing of it is on this machine.'
    }
}

# In order of volatility; the alert's own files come as soon as what is more fleeting is safe.
function Invoke-Collection {
    Invoke-Part -Category 'system' -Read { Save-System }
    Invoke-Part -Category 'process' -Read { Save-Processes }
    Invoke-Part -Category 'network' -Read { Save-Network }
    Invoke-Part -Category 'session' -Read { Save-Sessions }
    Invoke-Part -Category 'alert file' -Read { Save-AlertFiles }
    $script:CeilingShare = 1
    Invoke-Part -Category 'process' -Read { Save-ExecutableHashes }
    Invoke-Part -Category 'schedule' -Read { Save-Schedules }
    Invoke-Part -Category 'service' -Read { Save-Services }
    Invoke-Part -Category 'autostart' -Read { Save-Autostarts }
    Invoke-Part -Category 'user' -Read { Save-Users }
    Invoke-Part -Category 'history' -Read { Save-Histories }
    Invoke-Part -Category 'event log' -Read { Save-EventLogs }
    Invoke-Part -Category 'defender' -Read { Save-Defender }
    Save-Cases
    Invoke-Part -Category 'firewall' -Read { Save-Firewall }
    Invoke-Part -Category 'software' -Read { Save-Software }
    Invoke-Part -Category 'snapshot' -Read { Save-Shadows }
    Invoke-Part -Category 'bits' -Read { Save-Bits }
    Invoke-Part -Category 'remote tool' -Read { Save-RemoteTools }
    Invoke-Part -Category 'execution' -Read { Save-Traces }
    Invoke-Part -Category 'file listing' -Read { Save-Listings }
    Invoke-Part -Category 'registry' -Read { Save-Hives }
    Invoke-Part -Category 'file listing' -Read { Save-Mft }
    Invoke-Part -Category 'system' -Read { Add-MissingCategories }
}

# ------------------------------------------------------------------------------------------------------------ main

Set-ScriptSha256
Invoke-Collecting -ScriptName 'evidence-triage.ps1' -Children 'wevtutil.exe' -KnownOptions @('ransomware', 'infostealer', 'hands-on-keyboard') -Read { Invoke-Collection }
exit 0
