import {
  type Command,
  lineOf,
  type Node,
  nodesOf,
  parsePowerShell,
  readCommands,
  readFunctions,
  type ScriptFunction,
  walk,
} from './powershell-tree.ts';

/** The cmdlets a library script may run, each with the parameters it may be given: all else needs a review here. */
const cmdlets: Record<string, string[]> = {
  'add-type': ['-assemblyname'],
  'convertfrom-json': ['-inputobject'],
  'convertto-json': ['-inputobject', '-compress', '-depth'],
  'get-ciminstance': ['-namespace', '-classname', '-operationtimeoutsec'],
  'get-content': ['-literalpath', '-stream', '-totalcount'],
  'get-item': ['-literalpath', '-force', '-stream'],
  'invoke-cimmethod': ['-inputobject', '-namespace', '-classname', '-methodname', '-arguments', '-operationtimeoutsec'],
  'set-strictmode': ['-version'],
  'write-output': ['-inputobject'],
  'write-verbose': ['-message'],
};

/** The .NET types a library script may name. */
const types = new Set(
  `allowemptystring bool byte byte[] cmdletbinding datetime guid int int16 long ordered parameter pscustomobject regex
  scriptblock string string[] switch type type[] uint16 uint32 uint64 byte[] object[] intptr microsoft.management.infrastructure.ciminstance
  microsoft.win32.registry microsoft.win32.registryhive microsoft.win32.registrykey microsoft.win32.registryvalueoptions
  microsoft.win32.registryview microsoft.win32.safehandles.safefilehandle microsoft.win32.safehandles.saferegistryhandle
  system.appdomain system.bitconverter system.buffer system.collections.generic.hashset[string]
  system.collections.generic.list[object] system.collections.generic.list[string]
  system.collections.generic.queue[object] system.collections.generic.sortedlist[string,object] system.collections.generic.dictionary[string,int] system.collections.generic.dictionary[string,string] system.collections.generic.dictionary[string,object] system.collections.generic.hashset[int] system.io.path system.collections.ienumerable system.convert system.diagnostics.process
  system.diagnostics.eventing.reader.eventlognotfoundexception system.diagnostics.eventing.reader.eventlogsession
  system.diagnostics.eventing.reader.pathtype system.diagnostics.processpriorityclass system.diagnostics.processstartinfo
  system.diagnostics.stopwatch system.environment system.globalization.cultureinfo system.io.compression.compressionlevel
  system.io.compression.ziparchive system.io.compression.ziparchivemode system.io.directory system.io.directoryinfo
  system.io.directorynotfoundexception system.io.driveinfo system.io.file system.io.fileaccess system.io.fileinfo
  system.io.filemode system.io.filenotfoundexception system.io.fileshare system.io.filestream system.io.filesysteminfo
  system.io.seekorigin system.io.streamwriter system.math system.security.accesscontrol.accesscontrolsections
  system.security.accesscontrol.accesscontroltype system.security.accesscontrol.directorysecurity
  system.security.accesscontrol.filesystemaccessrule system.security.accesscontrol.filesystemrights
  system.security.accesscontrol.inheritanceflags system.security.accesscontrol.propagationflags
  system.security.cryptography.sha256cryptoserviceprovider system.security.principal.securityidentifier
  system.security.principal.windowsbuiltinrole system.security.principal.windowsidentity
  system.security.principal.windowsprincipal system.security.principal.tokenaccesslevels system.stringcomparer
  system.stringcomparison system.diagnostics.processwindowstyle system.threading.thread system.io.stream
  system.text.stringbuilder system.reflection.assemblyname system.reflection.callingconventions
  system.reflection.emit.assemblybuilderaccess system.reflection.methodattributes
  system.reflection.methodimplattributes system.reflection.typeattributes
  system.runtime.interopservices.callingconvention system.runtime.interopservices.charset system.text.utf8encoding system.timezoneinfo void`.split(
    /\s+/,
  ),
);

/** The methods of CIM classes a library script may call: the owner of a process, its own detached start, an exclusion. */
const cimMethods = ['GetOwnerSid', 'Create', 'Add', 'Remove'];

/** The functions of Windows a library script may declare, by library. */
const nativeFunctions: Record<string, string[]> = {
  'kernel32.dll': ['CreateFileW', 'DeviceIoControl', 'GetFinalPathNameByHandleW', 'OpenProcess'],
  'advapi32.dll': ['AdjustTokenPrivileges', 'RegSaveKeyExW'],
  'dbghelp.dll': ['MiniDumpWriteDump'],
};

/** Members that run text, load code, or reach out, whatever they are called on. */
const forbiddenMembers =
  /^(invoke|invokescript|invokecommand|newscriptblock|addscript|load|loadfrom|loadfile|download\w*|upload\w*|open(read|write)|getresponse|connect|sendasync|getasync|expandstring|gettypefromprogid|gettypefromclsid)$/i;

const automatic = new Set(
  `_ true false null pid pscommandpath args error executioncontext home host input lastexitcode matches myinvocation
  profile psboundparameters pscmdlet psculture psedition pshome psitem psscriptroot psversiontable pwd sender shellid
  stacktrace this event eventargs foreach switch nestedpromptlevel`.split(/\s+/),
);
const readable = new Set(['_', 'true', 'false', 'null', 'pid', 'pscommandpath']);
const preferences = new Set(['erroractionpreference', 'progresspreference', 'warningpreference', 'verbosepreference']);

function checkCommand(command: Command, functions: Map<string, ScriptFunction>): string[] {
  const at = lineOf(command.node);
  if (command.operator === '&') {
    return command.name === '$Read'
      ? []
      : [`${at}: & runs ${command.name}; only & $Read, a block of the script, may be`];
  }
  if (command.operator !== null) return [`${at}: ${command.operator} runs ${command.name}`];
  const own = functions.get(command.name.toLowerCase());
  const splats = nodesOf(command.node, 'variable').some((variable) => variable.text.startsWith('@'));
  if (own !== undefined) {
    const known = own.parameters.map((parameter) => `-${parameter.name}`);
    const unknown = command.parameters.filter((given) => !known.includes(given));
    const missing = own.parameters.filter((one) => one.needed && !command.parameters.includes(`-${one.name}`));
    return [
      ...unknown.map((given) => `${at}: ${command.name} has no parameter ${given}`),
      ...missing.map((one) => `${at}: ${command.name} is not given -${one.name}`),
    ];
  }
  const allowed = cmdlets[command.name.toLowerCase()];
  if (allowed === undefined) return [`${at}: ${command.name} is no cmdlet that may be used`];
  const wrong = command.parameters.filter((given) => !allowed.includes(given));
  const bare = command.parameters.length === 0 && !splats;
  return [
    ...wrong.map((given) => `${at}: ${command.name} may not be given ${given}`),
    ...(bare ? [`${at}: ${command.name} is not given its parameters by name`] : []),
  ];
}

/** The text of a command's parameter, when it is a literal string. */
function readLiteral(command: Command, parameter: string): string | null {
  const given = new RegExp(`\\s${parameter}\\s+'([^']*)'`, 'i').exec(command.node.text);
  return given?.[1] ?? null;
}

function checkCimMethod(command: Command): string[] {
  if (command.name.toLowerCase() !== 'invoke-cimmethod') return [];
  const method = readLiteral(command, '-MethodName');
  if (method !== null && cimMethods.includes(method)) return [];
  return [`${lineOf(command.node)}: the method ${method ?? 'that is no literal'} of a CIM class may not be called`];
}

/** The functions of Windows that a script declares, each a dictionary that has Name and Library as literals. */
function checkNative(root: Node, functions: ScriptFunction[]): string[] {
  const makers = nodesOf(root, 'member_name').filter((member) => /^definepinvokemethod$/i.test(member.text));
  const home = functions.find((one) => one.name === 'New-NativeType');
  const allowed = home === undefined ? [] : nodesOf(home.node, 'member_name');
  const tables = nodesOf(root, 'hash_literal_expression').filter((table) => /\bLibrary\b/i.test(table.text));
  return [
    ...makers
      .filter((maker) => !allowed.includes(maker))
      .map((maker) => `${lineOf(maker)}: declares outside its place`),
    ...tables
      .filter((table) => {
        const [, name] = /\bName = '(\w+)'/.exec(table.text) ?? [];
        const [, dll] = /\bLibrary = '([\w.]+)'/.exec(table.text) ?? [];
        return name === undefined || dll === undefined || !(nativeFunctions[dll] ?? []).includes(name);
      })
      .map((table) => `${lineOf(table)}: declares a function of Windows that may not be used`),
  ];
}

function nameOf(variable: Node): string {
  return variable.text
    .replace(/^[$@]/, '')
    .replace(/^script:/i, '')
    .toLowerCase();
}

/** The names that are set in a part of a script: assigned, counted up, walked over, or parameters. */
function readNamesSet(part: Node): Node[] {
  const found: Node[] = [];
  for (const node of walk(part)) {
    if (node.type === 'left_assignment_expression') {
      const first = nodesOf(node, 'variable')[0];
      const isPlain = first !== undefined && nodesOf(node, 'member_access', 'element_access').length === 0;
      if (isPlain) found.push(first);
    } else if (node.type === 'foreach_statement' || node.type === 'script_parameter') {
      const variable = node.children.find((child) => child.type === 'variable');
      if (variable !== undefined) found.push(variable);
    }
  }
  return found;
}

function checkVariables(root: Node, functions: ScriptFunction[]): string[] {
  const inFunction = new Map<Node, ScriptFunction>();
  for (const one of functions) for (const node of walk(one.node)) inFunction.set(node, one);
  const isTop = (node: Node) => !inFunction.has(node);
  const set = readNamesSet(root);
  const top = new Set(set.filter(isTop).map(nameOf));
  const local = new Map(functions.map((one) => [one.name, new Set(readNamesSet(one.node).map(nameOf))]));
  const faults: string[] = [];
  for (const variable of set) {
    if (automatic.has(nameOf(variable))) faults.push(`${lineOf(variable)}: ${variable.text} is PowerShell's own`);
    const isShared = /^\$script:/i.test(variable.text);
    if (isShared && !top.has(nameOf(variable)))
      faults.push(`${lineOf(variable)}: ${variable.text} is not set at the start`);
    // What a function calls would see the local one.
    if (!isShared && !isTop(variable) && top.has(nameOf(variable)))
      faults.push(`${lineOf(variable)}: ${variable.text} hides a variable of the whole script`);
  }
  for (const variable of nodesOf(root, 'variable')) {
    const name = nameOf(variable);
    const own = inFunction.get(variable);
    const isKnown =
      readable.has(name) ||
      preferences.has(name) ||
      top.has(name) ||
      (own !== undefined && (local.get(own.name)?.has(name) ?? false));
    if (!isKnown) faults.push(`${lineOf(variable)}: ${variable.text} is set nowhere`);
  }
  return faults;
}

/** What is wrong with a PowerShell script of the library, one sentence a fault; empty when nothing is. */
export function findFaults(text: string): string[] {
  const root = parsePowerShell(text);
  const functions = readFunctions(root);
  const byName = new Map(functions.map((one) => [one.name.toLowerCase(), one]));
  const commands = readCommands(root);
  const called = new Set(commands.map((command) => command.name.toLowerCase()));
  return [
    ...walk(root)
      .filter((node) => node.isError)
      .map((node) => `${lineOf(node)}: cannot be parsed`),
    ...walk(root)
      .filter((node) => node.isMissing)
      .map((node) => `${lineOf(node)}: ${node.type} is missing`),
    ...functions
      .filter((one) => byName.get(one.name.toLowerCase()) !== one)
      .map((one) => `${one.name} is defined twice`),
    ...functions.filter((one) => !called.has(one.name.toLowerCase())).map((one) => `${one.name} is never called`),
    ...commands.flatMap((command) => checkCommand(command, byName)),
    ...commands.flatMap(checkCimMethod),
    ...checkNative(root, functions),
    ...nodesOf(root, 'type_literal')
      .filter((type) => !types.has(type.text.slice(1, -1).replace(/\s+/g, '').toLowerCase()))
      .map((type) => `${lineOf(type)}: the type ${type.text} may not be used`),
    ...nodesOf(root, 'invokation_expression', 'member_access')
      .filter((node) => /^\[scriptblock\]/i.test(node.text))
      .map((node) => `${lineOf(node)}: a block may not be made of text`),
    ...nodesOf(root, 'member_name')
      .filter((member) => forbiddenMembers.test(member.text))
      .map((member) => `${lineOf(member)}: the member ${member.text} may not be used`),
    ...checkVariables(root, functions),
  ];
}
