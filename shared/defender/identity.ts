/** As whom Defender is called. `clientId` of a managed identity is that of a user-assigned one, null for the system-assigned one. */
export type DefenderIdentity =
  | { readonly by: 'token'; readonly accessToken: string }
  | { readonly by: 'managed identity'; readonly clientId: string | null }
  | { readonly by: 'signed-in developer' }
  | (AppRegistration & { readonly by: 'client secret'; readonly clientSecret: string })
  | (AppRegistration & { readonly by: 'client certificate'; readonly certificatePath: string })
  | (AppRegistration & { readonly by: 'federated credential'; readonly managedIdentityClientId: string | null });

/** An app registration in the tenant whose Defender is called. */
interface AppRegistration {
  readonly tenantId: string;
  readonly clientId: string;
}

/** The sentence that says what to check when that identity got no token; it holds nothing of its values. */
export function adviseOnIdentity(identity: DefenderIdentity): string {
  switch (identity.by) {
    case 'token':
      return 'Set DEFENDER_ACCESS_TOKEN again, or remove it to use the identity of the app.';
    case 'managed identity':
      return 'Check that the app has the managed identity (with AZURE_CLIENT_ID: that user-assigned one), and that DEFENDER_CLOUD or DEFENDER_SCOPE is right.';
    case 'signed-in developer':
      return 'Check that the app has a managed identity (locally: that you are signed in, or set DEFENDER_ACCESS_TOKEN), and that DEFENDER_CLOUD or DEFENDER_SCOPE is right.';
    case 'client secret':
      return 'Check DEFENDER_TENANT_ID, DEFENDER_CLIENT_ID, that DEFENDER_CLIENT_SECRET has not expired, and that DEFENDER_CLOUD is right.';
    case 'client certificate':
      return 'Check DEFENDER_TENANT_ID, DEFENDER_CLIENT_ID, that the certificate in DEFENDER_CLIENT_CERTIFICATE_PATH is one of the app registration and has not expired, and that DEFENDER_CLOUD is right.';
    case 'federated credential':
      return "Check DEFENDER_TENANT_ID, DEFENDER_CLIENT_ID, and that this app registration has a federated credential whose subject is the object id of the app's managed identity (the user-assigned one of AZURE_CLIENT_ID) and whose issuer is the identity's tenant.";
    default: {
      const unknown: never = identity;
      throw new Error(`Unknown identity ${Object.keys(unknown).join()}.`);
    }
  }
}
