metadata description = 'Evidence and custody log: immutable for a time, with every read, write and delete logged. Nothing else lies in this account.'

param location string
param accountName string
param sku string
param principalId string
param immutabilityDays int
param immutabilityIsLocked bool
param softDeleteDays int
param workspaceId string

@description('Disabled: reached by a private endpoint alone.')
@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string

@description('Days after which evidence moves to the cool tier, and to the cold one; reading it then costs more.')
param coolAfterDays int
param coldAfterDays int

@description('custom: the app reads and adds, and deletes nothing. built-in: Storage Blob Data Contributor, for those who may not define roles.')
@allowed(['custom', 'built-in'])
param writerRole string

var containerNames = ['evidence', 'custody']
var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' = {
  name: accountName
  location: location
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicNetworkAccess
    networkAcls: { defaultAction: publicNetworkAccess == 'Enabled' ? 'Allow' : 'Deny', bypass: 'None' }
    encryption: {
      keySource: 'Microsoft.Storage'
      requireInfrastructureEncryption: true
      services: { blob: { enabled: true, keyType: 'Account' } }
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = [
  for containerName in containerNames: {
    parent: blobs
    name: containerName
    properties: { publicAccess: 'None' }
  }
]

// A new policy is unlocked; a locked one refuses to be written again.
resource policies 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2025-08-01' = [
  for (containerName, index) in containerNames: if (!immutabilityIsLocked) {
    parent: containers[index]
    name: 'default'
    properties: {
      immutabilityPeriodSinceCreationInDays: immutabilityDays
      allowProtectedAppendWrites: false
    }
  }
]

// Immutability holds for a time; this role never lets the app delete.
resource writer 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (writerRole == 'custom') {
  name: guid(resourceGroup().id, 'evidence writer')
  properties: {
    roleName: 'Evidence writer (${resourceGroup().name})'
    description: 'Reads and writes blobs, and deletes none.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/read']
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
        ]
      }
    ]
  }
}

var writerRoleId = writerRole == 'custom' ? writer.id : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'cool-then-cold'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['evidence/', 'custody/'] }
            actions: {
              baseBlob: {
                tierToCool: { daysAfterModificationGreaterThan: coolAfterDays }
                tierToCold: { daysAfterModificationGreaterThan: coldAfterDays }
              }
            }
          }
        }
      ]
    }
  }
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (containerName, index) in containerNames: {
    scope: containers[index]
    name: guid(containers[index].id, principalId, writerRole)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: writerRoleId
    }
  }
]

// The newest version that lists log categories; the stable one is of 2016.
#disable-next-line use-recent-api-versions
resource accessLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: blobs
  name: 'access-log'
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageRead', enabled: true }
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

output accountId string = account.id
output accountName string = account.name
output blobServiceUri string = account.properties.primaryEndpoints.blob
