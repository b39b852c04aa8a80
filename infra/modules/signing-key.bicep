metadata description = 'A Key Vault with the key that signs packages; the app may read it and sign with it, nothing else.'

param location string
param vaultName string
param principalId string
param workspaceId string

@description('Disabled: reached by a private endpoint alone, and by the service that deploys.')
@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string

@description('custom: the app signs, and does nothing else with the key. built-in: Key Vault Crypto User, for those who may not define roles.')
@allowed(['custom', 'built-in'])
param signerRole string

var keyVaultCryptoUser = '12338af0-0e69-4776-bea7-57ae8d297424'

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: vaultName
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: publicNetworkAccess
    networkAcls: { defaultAction: publicNetworkAccess == 'Enabled' ? 'Allow' : 'Deny', bypass: 'AzureServices' }
  }
}

resource key 'Microsoft.KeyVault/vaults/keys@2026-02-01' = {
  parent: vault
  name: 'evidence'
  properties: {
    kty: 'EC'
    curveName: 'P-256'
    keyOps: ['sign', 'verify']
    attributes: { enabled: true, exportable: false }
  }
}

// No built-in role signs without being able to decrypt, wrap and verify as well.
resource signer 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (signerRole == 'custom') {
  name: guid(resourceGroup().id, 'evidence signer')
  properties: {
    roleName: 'Evidence signer (${resourceGroup().name})'
    description: 'Reads a key and signs with it.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: []
        dataActions: ['Microsoft.KeyVault/vaults/keys/read', 'Microsoft.KeyVault/vaults/keys/sign/action']
      }
    ]
  }
}

var signerRoleId = signerRole == 'custom' ? signer.id : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultCryptoUser)

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: key
  name: guid(key.id, principalId, signerRole)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: signerRoleId
  }
}

// The newest version that lists log categories; the stable one is of 2016.
#disable-next-line use-recent-api-versions
resource accessLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'access-log'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

output vaultId string = vault.id

@description('Identifier of the key without a version: SIGNING_KEY_ID.')
output keyId string = '${vault.properties.vaultUri}keys/${key.name}'
