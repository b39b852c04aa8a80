/** The endpoints we call, each with the application permissions of which any one opens it (Defender: the page of each endpoint). */
export const PERMISSIONS = {
  'get alert': ['Alert.Read.All', 'Alert.ReadWrite.All'],
  'list alerts': ['Alert.Read.All', 'Alert.ReadWrite.All'],
  'comment on alert': ['Alert.ReadWrite.All'],
  'get alert files': ['File.Read.All'],
  'get alert machine': ['Machine.Read.All', 'Machine.ReadWrite.All'],
  'get machine': ['Machine.Read.All', 'Machine.ReadWrite.All'],
  'find machines': ['Machine.Read.All', 'Machine.ReadWrite.All'],
  'run live response': ['Machine.LiveResponse'],
  'list machine actions': ['Machine.Read.All', 'Machine.ReadWrite.All'],
  'get machine action': ['Machine.Read.All', 'Machine.ReadWrite.All'],
  'cancel machine action': ['Machine.LiveResponse'],
  'get result link': ['Machine.ReadWrite.All'],
  'list library files': ['Library.Manage'],
  'upload library file': ['Library.Manage'],
  'delete library file': ['Library.Manage'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The name of an endpoint, as errors and telemetry give it. */
export type EndpointName = keyof typeof PERMISSIONS;

/** The sentences that say which application permission an endpoint needs, and how to grant it. */
export function explainPermission(endpoint: EndpointName): string {
  const names = PERMISSIONS[endpoint].join(' or ');
  return (
    `The app's identity needs the application permission ${names} of WindowsDefenderATP ` +
    '(app id fc780465-2017-40d4-a0c5-307022471b92). Grant it by an app role assignment: POST ' +
    'https://graph.microsoft.com/v1.0/servicePrincipals/{object id of the identity}/appRoleAssignments; ' +
    'the portal cannot do this for a managed identity. A new grant takes some minutes to work, and a token ' +
    'that was issued before does not hold it: restart the app if it stays refused, and know that Azure keeps ' +
    'the tokens of a managed identity for up to a day.'
  );
}
