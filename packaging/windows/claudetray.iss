; The installer for Windows: for one person, without administrator's rights. packaging/windows/build.py calls it with
; the version, the machine (x64 or arm64) and the folder that PyInstaller made.
#define AppName "claudetray"
#define Home "https://github.com/claudetray/claudetray"
#if Machine == "arm64"
  #define Allowed "arm64"
#else
  #define Allowed "x64compatible"
#endif

[Setup]
AppId={{6E0D6E1B-2B4C-4E0E-9C39-7A5B2B0C1D57}
AppName={#AppName}
AppVersion={#Version}
AppVerName={#AppName} {#Version}
AppPublisher=The claudetray authors
AppPublisherURL={#Home}
AppSupportURL={#Home}/issues
AppUpdatesURL={#Home}/releases/latest
VersionInfoVersion={#Version}
DefaultDirName={autopf}\{#AppName}
DisableProgramGroupPage=yes
DisableDirPage=auto
PrivilegesRequired=lowest
ArchitecturesAllowed={#Allowed}
ArchitecturesInstallIn64BitMode={#Allowed}
MinVersion=10.0.17763
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\build\icons\claudetray.ico
UninstallDisplayIcon={app}\claudetrayw.exe
UninstallDisplayName={#AppName}
OutputDir=..\..\dist
OutputBaseFilename=claudetray-{#Version}-windows-{#Machine}
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
; A running copy, its proxy and its helpers are closed first. What the proxy had not written yet is in its journal.
CloseApplications=force
CloseApplicationsFilter=*.exe,*.dll,*.pyd
RestartApplications=no

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "autostart"; Description: "Start {#AppName} when I sign in to Windows"; Flags: unchecked

[InstallDelete]
; An update leaves nothing of the version before.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Folder}\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
; The same identity as the running program's: its windows gather under this icon, and its notifications have its name.
Name: "{autoprograms}\{#AppName}"; Filename: "{app}\claudetrayw.exe"; AppUserModelID: "{#AppName}"

[Registry]
; What the notifications registered.
Root: HKCU; Subkey: "Software\Classes\AppUserModelId\{#AppName}"; Flags: dontcreatekey uninsdeletekey

[Run]
Filename: "{app}\claudetray.exe"; Parameters: "autostart on"; Flags: runhidden; Tasks: autostart
Filename: "{app}\claudetrayw.exe"; Description: "Start {#AppName} now"; Flags: nowait postinstall skipifsilent
; A silent update (winget) leaves it as it found it.
Filename: "{app}\claudetrayw.exe"; Parameters: "--minimized"; Flags: nowait; Check: RanBefore

[UninstallRun]
; The tray, its proxy and its helpers; nothing is lost by that.
Filename: "{sys}\taskkill.exe"; Parameters: "/F /T /IM claudetrayw.exe"; Flags: runhidden; RunOnceId: "tray"
Filename: "{sys}\taskkill.exe"; Parameters: "/F /T /IM claudetray.exe"; Flags: runhidden; RunOnceId: "helpers"
Filename: "{app}\claudetray.exe"; Parameters: "autostart off"; Flags: runhidden; RunOnceId: "autostart"

[Code]
var
  Ran: Boolean;

function InitializeSetup(): Boolean;
var
  Code: Integer;
begin
  Ran := Exec(ExpandConstant('{cmd}'),
    '/C tasklist /FI "IMAGENAME eq claudetrayw.exe" /NH | find /I "claudetrayw.exe"',
    '', SW_HIDE, ewWaitUntilTerminated, Code) and (Code = 0);
  Result := True;
end;

function RanBefore(): Boolean;
begin
  Result := Ran and WizardSilent;
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Data: String;
  Code: Integer;
begin
  if Step <> usPostUninstall then
    exit;
  Data := ExpandConstant('{localappdata}\{#AppName}');
  if UninstallSilent or not DirExists(Data) then
    exit;
  if MsgBox('Delete your data as well? It holds the balances, the calls on record and the settings, in ' + Data + '.',
    mbConfirmation, MB_YESNO or MB_DEFBUTTON2) = IDYES then
  begin
    DelTree(Data, True, True, True);
    { the key that opened the secrets in it }
    Exec(ExpandConstant('{sys}\cmdkey.exe'), '/delete:{#AppName}', '', SW_HIDE, ewWaitUntilTerminated, Code);
  end;
end;
