#Requires -Version 5.1
<#
.SYNOPSIS
Runs an offline collector of Velociraptor that the session has put on the machine, and leaves its archive. Windows PowerShell 5.1.

.DESCRIPTION
The collector is copied into a folder that only SYSTEM and Administrators can enter, its hash is compared there, and it is run with
that folder as its own, at most nine minutes, with low priority. The archive stays; our own scripts remove the folder after a day.
It does not change settings, and gives no text of an alert to anything. The file is pure ASCII.

.PARAMETER Collection
The id of the collection: 32 hex digits, and -r1 to -r999 behind them when it is tried again.

.PARAMETER Sha256
The SHA-256 of the collector, 64 hex digits in lower case.
#>

[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Collection,
    [Parameter(Mandatory)]
    [string] $Sha256
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$CollectorName = 'velociraptor-collector.exe'
$ParentFolder = 'C:\Windows\Temp'
# Where live response puts files; the folder it runs scripts in comes second.
$Places = @('C:\ProgramData\Microsoft\Windows Defender Advanced Threat Protection\Downloads', [System.Environment]::CurrentDirectory)
$LimitSeconds = 540
$SystemSid = 'S-1-5-18'
$AdministratorsSid = 'S-1-5-32-544'

# CreateDirectory accepts a folder that exists, Move does not: so it is made by another name, with its access list, and moved.
function New-ClosedFolder {
    param([string] $Path)
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
        [System.IO.Directory]::Move($staging, $Path)
    }
    catch {
        [System.IO.Directory]::Delete($staging, $true)
        throw "$Path could not be made: it is there already, or the disk is full. Nothing was run."
    }
}

function Get-Sha256 {
    param([string] $Path)
    $hasher = [System.Security.Cryptography.SHA256CryptoServiceProvider]::new()
    $stream = [System.IO.FileStream]::new($Path, [System.IO.FileMode]::Open, [System.IO.FileAccess]::Read, [System.IO.FileShare]::Read)
    try {
        return [System.BitConverter]::ToString($hasher.ComputeHash($stream)).Replace('-', '').ToLowerInvariant()
    }
    finally {
        $stream.Dispose()
        $hasher.Dispose()
    }
}

# Copies the collector to a path of ours; what it is, is what is compared there.
function Copy-Collector {
    param([string] $Target)
    foreach ($place in $Places) {
        $found = $place + '\' + $CollectorName
        if (-not [System.IO.File]::Exists($found)) { continue }
        [System.IO.File]::Copy($found, $Target)
        if ((Get-Sha256 -Path $Target) -cne $Sha256) { throw "$found is not the collector that the profile pins. Nothing was run." }
        return
    }
    throw "$CollectorName is in none of the folders where live response puts files. Put it before this script is run."
}

# -> its exit code.
function Invoke-Collector {
    param([string] $Executable, [string] $WorkingFolder)
    $start = [System.Diagnostics.ProcessStartInfo]::new()
    $start.FileName = $Executable
    $start.WorkingDirectory = $WorkingFolder
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    # A collector that asks something finds the end of its input instead of waiting.
    $start.RedirectStandardInput = $true
    $running = [System.Diagnostics.Process]::Start($start)
    try {
        $running.StandardInput.Close()
        try {
            $running.PriorityClass = [System.Diagnostics.ProcessPriorityClass]::BelowNormal
        }
        catch {
            Write-Verbose -Message 'It had ended before its priority was lowered.'
        }
        if (-not $running.WaitForExit($LimitSeconds * 1000)) {
            $running.Kill()
            [void] $running.WaitForExit(5000)
            throw "It had not ended within $LimitSeconds s. Build the collector with fewer artifacts."
        }
        return $running.ExitCode
    }
    finally {
        $running.Dispose()
    }
}

if ($Collection -cnotmatch '\A[0-9a-f]{32}(-r[0-9]{1,3})?\z') { throw 'The collection is not 32 hex digits.' }
if ($Sha256 -cnotmatch '\A[0-9a-f]{64}\z') { throw 'The SHA-256 is not 64 hex digits in lower case.' }

$Folder = $ParentFolder + '\evidence-collector-' + $Collection + '-999'
New-ClosedFolder -Path $Folder
$IsKept = $false
try {
    $Work = $Folder + '\work'
    [void] [System.IO.Directory]::CreateDirectory($Work)
    $Program = $Work + '\' + $CollectorName
    Copy-Collector -Target $Program
    $Code = Invoke-Collector -Executable $Program -WorkingFolder $Work
    $Archives = @([System.IO.Directory]::GetFiles($Work, '*.zip'))
    if ($Archives.Count -ne 1) { throw "It ended with code $Code and left $($Archives.Count) archives instead of one in its folder." }
    $Archive = $Folder + '\evidence.zip'
    [System.IO.File]::Move($Archives[0], $Archive)
    [System.IO.Directory]::Delete($Work, $true)
    $IsKept = $true
    Write-Output -InputObject "It ended with code $Code. SHA-256 of the archive: $(Get-Sha256 -Path $Archive)"
}
finally {
    if (-not $IsKept) {
        try {
            [System.IO.Directory]::Delete($Folder, $true)
        }
        catch {
            Write-Verbose -Message 'Something in the folder is still in use; a later run of our scripts removes it.'
        }
    }
}
