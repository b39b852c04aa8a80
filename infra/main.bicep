metadata description = 'The evidence collector in one resource group: a function app, its state, its evidence and its logs.'
targetScope = 'resourceGroup'

@description('Region of all resources; it must offer the Flex Consumption plan.')
param location string = resourceGroup().location

@description('First part of the resource names: lower-case letters, digits and hyphens.')
@minLength(3)
@maxLength(18)
param name string = 'evidence-collector'

@description('off: refuse alerts. observe: plan and record, run nothing on a machine. collect: run.')
@allowed(['off', 'observe', 'collect'])
param mode string = 'observe'

@description('Base URL of the Defender API, as it is for the cloud and region of the tenant.')
param defenderApiUrl string = 'https://api.security.microsoft.com'

@description('Scope that the identity asks a Defender token for.')
param defenderScope string = 'https://api.securitycenter.microsoft.com/.default'

@description('Hosts that result links may lead to, separated by commas; a suffix begins with a dot.')
#disable-next-line no-hardcoded-env-urls
param resultLinkHosts string = '.blob.core.windows.net'

@description('Live responses that may be started in any 60 seconds, over the whole tenant.')
@minValue(1)
@maxValue(1000)
param liveResponseCallsPerMinute int = 10

@description('Live response sessions that may be open at once; leave some of the tenant\'s for people.')
@minValue(1)
@maxValue(1000)
param liveResponseSessions int = 20

@description('When the timer runs: six fields from seconds to day of week, UTC.')
param pollSchedule string = '*/15 * * * * *'

@description('Hours until a collection ends with what it has.')
@minValue(1)
@maxValue(720)
param collectionDeadlineHours int = 72

@description('Days in which evidence cannot be changed or deleted, counted from when it was stored.')
@minValue(1)
@maxValue(146000)
param immutabilityDays int = 365

@description('true once a person has locked the immutability policies: this deployment then leaves them as they are.')
param immutabilityIsLocked bool = false

@description('Days in which deleted evidence that is no longer immutable can be brought back.')
@minValue(1)
@maxValue(365)
param softDeleteDays int = 30

@description('Redundancy of both storage accounts.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@description('Memory of one instance, shared by the Functions host and the collector.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

var suffix = uniqueString(resourceGroup().id, name)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-${suffix}'
  location: location
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    name: '${name}-${suffix}'
    retentionDays: logRetentionDays
    principalId: identity.properties.principalId
  }
}

module state 'modules/state-storage.bicep' = {
  name: 'state-storage'
  params: {
    location: location
    accountName: 'state${suffix}'
    sku: storageSku
    principalId: identity.properties.principalId
  }
}

module evidence 'modules/evidence-storage.bicep' = {
  name: 'evidence-storage'
  params: {
    location: location
    accountName: 'evidence${suffix}'
    sku: storageSku
    principalId: identity.properties.principalId
    immutabilityDays: immutabilityDays
    immutabilityIsLocked: immutabilityIsLocked
    softDeleteDays: softDeleteDays
    workspaceId: monitoring.outputs.workspaceId
  }
}

module app 'modules/function-app.bicep' = {
  name: 'function-app'
  params: {
    location: location
    name: '${name}-${suffix}'
    identityId: identity.id
    packageContainerUri: state.outputs.packageContainerUri
    instanceMemoryMB: instanceMemoryMB
    appSettings: {
      MODE: mode
      DEFENDER_API_URL: defenderApiUrl
      DEFENDER_SCOPE: defenderScope
      DEFENDER_TENANT_ID: tenant().tenantId
      RESULT_LINK_HOSTS: resultLinkHosts
      LIVE_RESPONSE_CALLS_PER_MINUTE: string(liveResponseCallsPerMinute)
      LIVE_RESPONSE_SESSIONS: string(liveResponseSessions)
      POLL_SCHEDULE: pollSchedule
      COLLECTION_DEADLINE_HOURS: string(collectionDeadlineHours)
      StateStorage__blobServiceUri: state.outputs.blobServiceUri
      StateStorage__queueServiceUri: state.outputs.queueServiceUri
      StateStorage__tableServiceUri: state.outputs.tableServiceUri
      StateStorage__credential: 'managedidentity'
      StateStorage__clientId: identity.properties.clientId
      EvidenceStorage__blobServiceUri: evidence.outputs.blobServiceUri
      EvidenceStorage__clientId: identity.properties.clientId
      AZURE_CLIENT_ID: identity.properties.clientId
      AzureWebJobsStorage__blobServiceUri: state.outputs.blobServiceUri
      AzureWebJobsStorage__queueServiceUri: state.outputs.queueServiceUri
      AzureWebJobsStorage__tableServiceUri: state.outputs.tableServiceUri
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.properties.clientId
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
    }
  }
}

@description('Object id of the identity, which the Defender application roles are granted to.')
output identityPrincipalId string = identity.properties.principalId

@description('Name of the function app, which the package is uploaded to.')
output functionAppName string = app.outputs.name

@description('URL of the function app; its HTTP API lies under /api.')
output appUrl string = 'https://${app.outputs.hostName}'

@description('Resource id of the state account, the source of the event subscription for tickets.')
output stateAccountId string = state.outputs.accountId

@description('Name of the evidence account.')
output evidenceAccountName string = evidence.outputs.accountName

@description('Resource id of the workspace with the logs of the app and of every access to evidence.')
output workspaceId string = monitoring.outputs.workspaceId
