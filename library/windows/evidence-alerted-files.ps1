#Requires -Version 5.1
<#
.SYNOPSIS
The files of an alert on Windows, with a verdict on each, run by live response as SYSTEM. The contract is in library/README.md.

.DESCRIPTION
It reads; it writes nowhere but in one fresh folder below C:\Windows\Temp that only SYSTEM and Administrators can enter, of
which only the archive stays. No network, nothing installed, no text is ever run as code. Only when the request has the option
restore-quarantine does it change anything: Defender restores a file into that folder, which Defender does not look into for as
long as that takes. The one program it starts is Defender's own, for that, and with the option detached a copy of itself. The file
is pure ASCII, so that no code page can change it.

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

# The first and the last part that are taken of a file that is too large.
$BlockBytes = 1mb
$MaximumCandidates = 5000
$MaximumCandidateBytes = 64mb
$SecondsToSearch = 60
$SecondsToRestore = 90
$QuarantinedStatus = 3
$ExclusionsKey = 'SOFTWARE\Microsoft\Windows Defender\Exclusions\Paths'
$ExclusionPattern = '\AC:\\Windows\\Temp\\evidence-collector-[0-9a-f]{32}(-r[0-9]{1,3})?-(0|[1-9][0-9]{0,2})\\restored\z'
$QuarantinedPaths = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)

# ------------------------------------------------------------------------------------------------------ quarantine

# A resource of a detection -> the path of the file it names, or ''. Files inside others are behind ->.
function Get-ResourcePath {
    param([string] $Resource)
    $found = [regex]::Match($Resource, '\A(?:file|containerfile|webfile):_([^|]+?)(?:->.*)?(?:\|.*)?\z')
    return $found.Groups[1].Value
}

# What Defender says it has quarantined (MPTHREAT_STATUS, 3).
function Save-Detections {
    Save-CimClass -Category 'defender' -Namespace 'root/Microsoft/Windows/Defender' -ClassName 'MSFT_MpThreatDetection'
    $query = @{ Namespace = 'root/Microsoft/Windows/Defender'; ClassName = 'MSFT_MpThreatDetection'; OperationTimeoutSec = (Get-Seconds -Wish 30) }
    foreach ($detection in @(Get-CimInstance @query)) {
        if ([int] $detection.ThreatStatusID -ne $QuarantinedStatus) { continue }
        foreach ($resource in @($detection.Resources)) {
            $named = Get-ResourcePath -Resource ([string] $resource)
            if ($named -cne '') { [void] $QuarantinedPaths.Add($named) }
        }
    }
}

# Defender's own program, as its service is installed; null when it is not where it belongs.
function Get-DefenderTool {
    $key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey('SOFTWARE\Microsoft\Windows Defender', $false)
    if ($null -eq $key) { return $null }
    try {
        $place = [string] $key.GetValue('InstallLocation', '')
    }
    finally {
        $key.Dispose()
    }
    $known = '\AC:\\(ProgramData\\Microsoft\\Windows Defender\\Platform\\[0-9][0-9.-]+|Program Files\\Windows Defender)\\?\z'
    if ($place -notmatch $known) { return $null }
    $tool = $place.TrimEnd('\') + '\MpCmdRun.exe'
    if ($null -ne (Test-RegularFile -Path $tool)) { return $null }
    return $tool
}

# The folders of ours that Defender is told not to look into.
function Get-OwnExclusions {
    $key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($ExclusionsKey, $false)
    if ($null -eq $key) { return }
    try {
        foreach ($name in $key.GetValueNames()) {
            if ($name -match $ExclusionPattern) { $name }
        }
    }
    finally {
        $key.Dispose()
    }
}

function Add-Exclusion {
    param([string] $Place)
    [void] (Invoke-CimMethod -Namespace 'root/Microsoft/Windows/Defender' -ClassName 'MSFT_MpPreference' -MethodName 'Add' -Arguments @{
            ExclusionPath = [string[]] @($Place)
        } -OperationTimeoutSec 30)
    if (@(Get-OwnExclusions) -notcontains $Place) { throw 'Defender did not take the exclusion; tamper protection or a policy may forbid it.' }
}

# Removes every exclusion of ours, also one that a run left which was ended; what stays is said to people.
function Remove-Exclusions {
    foreach ($place in @(Get-OwnExclusions)) {
        try {
            [void] (Invoke-CimMethod -Namespace 'root/Microsoft/Windows/Defender' -ClassName 'MSFT_MpPreference' -MethodName 'Remove' -Arguments @{
                    ExclusionPath = [string[]] @($place)
                } -OperationTimeoutSec 30)
        }
        catch {
            Add-Failure -Category 'defender' -Source "exclusion of $place" -Status 'failed' -Reason (Get-Message -Failure $_)
        }
    }
    foreach ($place in @(Get-OwnExclusions)) {
        $script:NoticeForPeople = "Defender still does not look into $place. Remove this exclusion by hand."
        Add-Failure -Category 'defender' -Source "exclusion of $place" -Status 'failed' -Reason $NoticeForPeople
    }
}

# The path has no quote in it and does not end in a backslash, as was checked: in quotes it is one argument of the program,
# and no shell reads it.
function Invoke-Restore {
    param([string] $Tool, [string] $Path, [string] $Place)
    $start = [System.Diagnostics.ProcessStartInfo]::new()
    $start.FileName = $Tool
    $start.Arguments = '-Restore -FilePath "' + $Path + '" -Path "' + $Place + '"'
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $restorer = [System.Diagnostics.Process]::Start($start)
    try {
        if (-not $restorer.WaitForExit(1000 * (Get-Seconds -Wish 60))) {
            $restorer.Kill()
            [void] $restorer.WaitForExit(5000)
            throw 'Defender did not restore it within its time.'
        }
        if ($restorer.ExitCode -ne 0) { throw "Defender did not restore it: MpCmdRun ended with code $($restorer.ExitCode)." }
    }
    finally {
        $restorer.Dispose()
    }
}

# Packs what Defender restored for a file; the folder is excluded until it is empty again.
function Save-Restored {
    param($Row, [int] $Index, [string] $Path)
    # The next run takes every exclusion of ours for one that was left behind: at most one run at a time may have one.
    if (Test-Option -Word 'detached') { throw 'Detached work restores nothing. Ask for it in a session of its own.' }
    $tool = Get-DefenderTool
    if ($null -eq $tool) { throw 'The program of Defender is not where it belongs.' }
    if ((Get-SecondsLeft) -lt $SecondsToRestore) { throw 'There is no time left to restore it.' }
    $place = $Folder + '\restored'
    [void] [System.IO.Directory]::CreateDirectory($place)
    try {
        Add-Exclusion -Place $place
        Invoke-Restore -Tool $tool -Path $Path -Place $place
        $found = @([System.IO.DirectoryInfo]::new($place).GetFiles())
        if ($found.Count -eq 0) { throw 'Defender said that it restored it, and left nothing in the folder.' }
        $Row['status'] = 'collected'
        $Row['reason'] = 'Restored from quarantine by Defender into a folder of ours.'
        $Row['file'] = Get-FileFacts -Path $found[0].FullName
        Save-Stored -Row $Row -FilePath $found[0].FullName -Name ('files/' + $Index)
    }
    finally {
        try {
            if ([System.IO.Directory]::Exists($place)) { [System.IO.Directory]::Delete($place, $true) }
        }
        catch {
            $script:NoticeForPeople = "What was restored could not be removed from $place. Remove it by hand."
        }
        Remove-Exclusions
    }
}

# ------------------------------------------------------------------------------------------------ the alert's own files

# The beginning and the end of a file that is too large, as rows of their own.
function Save-Blocks {
    param([string] $Path, [string] $EncodedPath, $Asking)
    foreach ($part in @('head', 'tail')) {
        if (-not (Test-Budget -Category 'alert file' -Source $Path)) { return }
        $blockRow = New-Row -Category 'alert file' -Source ($part + ' of ' + $Path)
        $blockRow['path'] = $EncodedPath
        $blockRow['request'] = $Asking
        $temporary = $WorkFolder + '\file.raw'
        [System.IO.File]::Delete($temporary)
        $room = [System.Math]::Min([long] $BlockBytes, [long] ((Get-BytesLeft) / 4))
        $outcome = Copy-Evidence -Path $Path -Target $temporary -MaximumBytes $room -Part $part -Seconds 20
        $blockRow['status'] = $outcome.Status
        $blockRow['reason'] = $outcome.Reason
        $blockRow['file'] = $outcome.File
        if ($outcome.Status -ceq 'truncated') {
            Save-Stored -Row $blockRow -FilePath $temporary -Name ('artifacts/' + $blockRow['id'] + '.raw')
        }
        else {
            $Rows.Add($blockRow)
        }
    }
}

function Save-AlertedFile {
    param([int] $Index, [string] $EncodedPath, [string] $ExpectedHash)
    $fileAnswer = [ordered] @{ path = $EncodedPath; status = 'skipped'; verdict = 'not comparable'; sha256 = $null; bytes = $null }
    $FileAnswers.Add($fileAnswer)
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
    # What there is no room for is still hashed; its first and last parts have a place.
    $left = [System.Math]::Max([long] 0, (Get-BytesLeft))
    $room = $left - [System.Math]::Min([long] (4 * $BlockBytes), [long] [System.Math]::Floor($left / 4))
    $outcome = New-Outcome -Status 'absent' -Reason 'The alert has no path for it.'
    if ($path -cne '') { $outcome = Copy-Evidence -Path $path -Target $temporary -MaximumBytes $room -Part 'whole' -Seconds 180 }
    $row['status'] = $outcome.Status
    if ($outcome.Reason -cne '') { $row['reason'] = $outcome.Reason }
    $row['file'] = $outcome.File
    $row['bytes'] = $outcome.Bytes
    $row['sha256'] = $outcome.Sha256
    $isQuarantined = (@('absent', 'unreadable') -ccontains $outcome.Status) -and $QuarantinedPaths.Contains($path)
    if ($outcome.Status -ceq 'collected') {
        Save-Stored -Row $row -FilePath $temporary -Name ('files/' + $Index)
    }
    elseif ($isQuarantined -and (Test-Option -Word 'restore-quarantine') -and ($null -eq (Test-PathSyntax -Path $path))) {
        try {
            Save-Restored -Row $row -Index $Index -Path $path
        }
        catch {
            $row['reason'] = 'In quarantine, and not restored: ' + (Get-Message -Failure $_)
            if (-not $Rows.Contains($row)) { $Rows.Add($row) }
        }
    }
    else {
        if ($isQuarantined) { $row['reason'] = 'Defender has it in quarantine. The option restore-quarantine would restore it.' }
        $Rows.Add($row)
        if ($outcome.Status -ceq 'too large') { Save-Blocks -Path $path -EncodedPath $EncodedPath -Asking $row['request'] }
    }
    $fileAnswer['status'] = $row['status']
    $fileAnswer['sha256'] = $row['sha256']
    $fileAnswer['bytes'] = $row['bytes']
    $fileAnswer['verdict'] = Get-Verdict -Status $row['status'] -Hash $row['sha256'] -ExpectedHash $ExpectedHash -IsQuarantined $isQuarantined
    $row['request']['verdict'] = $fileAnswer['verdict']
}

function Save-AlertedFiles {
    for ($index = 0; $index -lt $Asked.Files.Count; $index++) {
        $file = $Asked.Files[$index]
        try {
            Save-AlertedFile -Index $index -EncodedPath $file.Path -ExpectedHash $file.Sha256
        }
        catch {
            # Antivirus may take the copy of what it knows; the other files are still wanted.
            $FileAnswers[$index]['status'] = 'unreadable'
            Add-Failure -Category 'alert file' -Source $file.Path -Status 'unreadable' -Reason (Get-Message -Failure $_)
        }
    }
}

# --------------------------------------------------------------------------------------------------------- by hash

# Hashes that the alert has and that were found at no path it names: hash -> number in the request.
function Get-WantedHashes {
    $wanted = [System.Collections.Generic.Dictionary[string, int]]::new()
    for ($index = 0; $index -lt $FileAnswers.Count; $index++) {
        $hash = $Asked.Files[$index].Sha256
        if (($hash -cne '') -and ($FileAnswers[$index]['sha256'] -cne $hash)) { $wanted[$hash] = $index }
    }
    foreach ($found in $FileAnswers) {
        if ($null -ne $found['sha256']) { [void] $wanted.Remove($found['sha256']) }
    }
    return $wanted
}

# Folders where a file of an alert may have been moved to: those the alert names, and those where things are dropped.
function Get-SearchFolders {
    foreach ($file in $Asked.Files) {
        try {
            $path = ConvertFrom-Base64Url -Text $file.Path
            if ($null -eq (Test-PathSyntax -Path $path)) { [System.IO.Path]::GetDirectoryName($path) }
        }
        catch {
            continue
        }
    }
    'C:\Users\Public'
    'C:\Windows\Temp'
    'C:\ProgramData'
    foreach ($user in [System.IO.DirectoryInfo]::new('C:\Users').GetDirectories()) {
        if (Test-ReparsePoint -Entry $user) { continue }
        $user.FullName + '\Downloads'
        $user.FullName + '\Desktop'
        $user.FullName + '\AppData\Local\Temp'
        $user.FullName + '\AppData\Roaming'
    }
}

# The paths that may be a wanted file: what runs, then what lies in those folders, not below them.
function Get-Candidates {
    $seen = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($process in @(Get-CimInstance -Namespace 'root/cimv2' -ClassName 'Win32_Process' -OperationTimeoutSec 30)) {
        if (($null -ne $process.ExecutablePath) -and $seen.Add($process.ExecutablePath)) { $process.ExecutablePath }
    }
    foreach ($place in @(Get-SearchFolders)) {
        if ((-not [System.IO.Directory]::Exists($place)) -or (-not $seen.Add($place))) { continue }
        try {
            foreach ($entry in [System.IO.DirectoryInfo]::new($place).EnumerateFiles()) {
                if ($seen.Count -gt $MaximumCandidates) { return }
                if (($entry.Length -le $MaximumCandidateBytes) -and $seen.Add($entry.FullName)) { $entry.FullName }
            }
        }
        catch {
            continue
        }
    }
}

# A file of the alert under another path is a row of its own; the verdict stays what became of the path.
function Save-ByHash {
    $wanted = Get-WantedHashes
    if ($wanted.Count -eq 0) { return }
    $timer = [System.Diagnostics.Stopwatch]::StartNew()
    $looked = 0
    foreach ($candidate in @(Get-Candidates)) {
        if (($wanted.Count -eq 0) -or ($timer.Elapsed.TotalSeconds -gt $SecondsToSearch) -or ((Get-SecondsLeft) -le 0)) { break }
        $looked++
        $outcome = Copy-Evidence -Path $candidate -Target '' -MaximumBytes $MaximumCandidateBytes -Part 'whole' -Seconds 10
        if (($null -eq $outcome.Sha256) -or (-not $wanted.ContainsKey($outcome.Sha256))) { continue }
        $asking = [ordered] @{ index = $wanted[$outcome.Sha256]; sha256 = $outcome.Sha256 }
        [void] $wanted.Remove($outcome.Sha256)
        $before = $Rows.Count
        Save-File -Category 'alert file' -Path $candidate -MaximumBytes (Get-BytesLeft) -Part 'whole' -Expected
        if ($Rows.Count -gt $before) { $Rows[$before]['request'] = $asking }
    }
    if ($wanted.Count -gt 0) {
        Add-Failure -Category 'alert file' -Source 'search by hash' -Status 'absent' `
            -Reason "$($wanted.Count) hashes of the alert are no file among the $looked that were looked at."
    }
}

# ------------------------------------------------------------------------------------------------------------ main

function Invoke-Collection {
    $script:CeilingShare = 1
    Invoke-Part -Category 'defender' -Read { Remove-Exclusions }
    Invoke-Part -Category 'defender' -Read { Save-Detections }
    Invoke-Part -Category 'alert file' -Read { Save-AlertedFiles }
    Invoke-Part -Category 'alert file' -Read { Save-ByHash }
}

Set-ScriptSha256
Invoke-Collecting -ScriptName 'evidence-alerted-files.ps1' -Children 'MpCmdRun.exe' -KnownOptions @('restore-quarantine') -Read { Invoke-Collection }
exit 0
