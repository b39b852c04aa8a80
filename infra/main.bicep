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

@description('Which Defender cloud the tenant is in; us to ina are regions of the commercial one.')
@allowed(['commercial', 'us', 'eu', 'uk', 'au', 'swa', 'ina', 'gcc', 'gcc-high', 'dod'])
param defenderCloud string = 'commercial'

@description('Live responses that may be started in any 60 seconds, over the whole tenant.')
@minValue(1)
@maxValue(100)
param liveResponseCallsPerMinute int = 10

@description('Live response sessions that may be open at once; leave some of the tenant\'s for people.')
@minValue(1)
@maxValue(100)
param liveResponseSessions int = 20

@description('Calls to each other API of Defender in any minute, over the whole tenant.')
@minValue(1)
@maxValue(1000)
param apiCallsPerMinute int = 100

@description('The same in any hour.')
@minValue(1)
@maxValue(60000)
param apiCallsPerHour int = 1500

@description('Minutes after which a live response that no machine takes up is cancelled and tried again later.')
@minValue(1)
@maxValue(4320)
param pendingLimitMinutes int = 20

@description('Minutes after its end for which a collection still stands for a smaller alert on its machine.')
@minValue(0)
@maxValue(1440)
param mergeMinutes int = 60

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

@description('Writes one comment with the outcome on each alert; the identity then needs Alert.ReadWrite.All as well.')
param commentOnAlert bool = false

@description('Endpoint of an Event Grid topic (CloudEvents 1.0) that hears of each collection; empty for none. The identity needs EventGrid Data Sender on it.')
param completionTopicEndpoint string = ''

@description('How many alerts a caller without the role Operate may send in a day.')
@minValue(1)
@maxValue(1000000)
param submitDailyLimit int = 2000

@description('Asks Defender for new alerts by a timer, for those whose alerts nothing sends.')
param discoverAlerts bool = false

@description('Severities of alerts that are discovered, separated by commas.')
param discoverSeverities string = 'Medium,High'

@description('Statuses of alerts that are discovered, separated by commas.')
param discoverStatuses string = 'New,InProgress'

@description('When the timer that discovers alerts runs.')
param discoverSchedule string = '30 * * * * *'

@description('When the timer that checks old packages runs.')
param fixitySchedule string = '0 30 2 * * *'

@description('Days after which a package that was checked is checked again; 0 for never.')
@minValue(0)
@maxValue(3650)
param fixityDays int = 30

@description('Days after which evidence moves to the cool tier.')
@minValue(1)
@maxValue(3650)
param coolAfterDays int = 30

@description('Days after which evidence moves to the cold tier.')
@minValue(2)
@maxValue(3650)
param coldAfterDays int = 180

@description('custom: the app reads and adds evidence and deletes none, and signs with its key and does nothing else with it. built-in: wider roles, for those who may not define any.')
@allowed(['custom', 'built-in'])
param evidenceWriterRole string = 'custom'

@description('Resource group for the evidence account; empty for the same one. It must exist.')
param evidenceResourceGroup string = ''

@description('Subscription of that resource group; empty for the same one.')
param evidenceSubscriptionId string = ''

@description('Client id of the app registration whose roles callers bear; empty for function keys, which give Read and Submit only.')
param apiClientId string = ''

@description('true in a second deployment, after the package was uploaded: subscribes the app to its tickets and to the alert topic.')
param subscribe bool = false

@description('Settings of the app that have no parameter of their own here, by their names in the README, such as RESULT_LINK_HOSTS.')
@secure()
param moreSettings object = {}

@description('Who is told of alarms; empty for nobody.')
param alarmEmail string = ''

@description('true gives the app a network of its own, in which alone storage and key vault are reached. The app itself stays reachable for its callers.')
param privateNetwork bool = false

@description('Addresses of that network, at least a /25.')
param networkAddressPrefix string = '10.71.0.0/24'

@description('What a month may cost, in the currency of the subscription; 0 for no budget. alarmEmail is told at 80 %, and when 100 % are to be expected.')
@minValue(0)
param monthlyBudget int = 0

@description('First day of the month that the budget begins in; pass the same again in later deployments.')
param budgetStartDate string = utcNow('yyyy-MM-01')

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
var publicNetworkAccess = privateNetwork ? 'Disabled' : 'Enabled'

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
    publicNetworkAccess: publicNetworkAccess
  }
}

module evidence 'modules/evidence-storage.bicep' = {
  name: 'evidence-storage'
  scope: resourceGroup(
    evidenceSubscriptionId == '' ? subscription().subscriptionId : evidenceSubscriptionId,
    evidenceResourceGroup == '' ? resourceGroup().name : evidenceResourceGroup
  )
  params: {
    location: location
    accountName: 'evidence${suffix}'
    sku: storageSku
    principalId: identity.properties.principalId
    immutabilityDays: immutabilityDays
    immutabilityIsLocked: immutabilityIsLocked
    softDeleteDays: softDeleteDays
    coolAfterDays: coolAfterDays
    coldAfterDays: coldAfterDays
    writerRole: evidenceWriterRole
    publicNetworkAccess: publicNetworkAccess
    workspaceId: monitoring.outputs.workspaceId
  }
}

module signing 'modules/signing-key.bicep' = {
  name: 'signing-key'
  params: {
    location: location
    vaultName: take('kv-${suffix}', 24)
    principalId: identity.properties.principalId
    workspaceId: monitoring.outputs.workspaceId
    signerRole: evidenceWriterRole
    publicNetworkAccess: publicNetworkAccess
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    location: location
    name: '${name}-${suffix}'
    addressPrefix: networkAddressPrefix
    stateAccountId: state.outputs.accountId
    evidenceAccountId: evidence.outputs.accountId
    vaultId: signing.outputs.vaultId
  }
}

module app 'modules/function-app.bicep' = {
  name: 'function-app'
  params: {
    location: location
    name: '${name}-${suffix}'
    identityId: identity.id
    apiClientId: apiClientId
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
    packageContainerUri: state.outputs.packageContainerUri
    instanceMemoryMB: instanceMemoryMB
    moreSettings: moreSettings
    appSettings: {
      MODE: mode
      DEFENDER_CLOUD: defenderCloud
      DEFENDER_TENANT_ID: tenant().tenantId
      LIVE_RESPONSE_CALLS_PER_MINUTE: string(liveResponseCallsPerMinute)
      LIVE_RESPONSE_SESSIONS: string(liveResponseSessions)
      API_CALLS_PER_MINUTE: string(apiCallsPerMinute)
      API_CALLS_PER_HOUR: string(apiCallsPerHour)
      PENDING_LIMIT_MINUTES: string(pendingLimitMinutes)
      MERGE_MINUTES: string(mergeMinutes)
      POLL_SCHEDULE: pollSchedule
      COLLECTION_DEADLINE_HOURS: string(collectionDeadlineHours)
      COMMENT_ON_ALERT: string(commentOnAlert)
      COMPLETION_TOPIC_ENDPOINT: completionTopicEndpoint
      SUBMIT_DAILY_LIMIT: string(submitDailyLimit)
      DISCOVER_ALERTS: string(discoverAlerts)
      DISCOVER_SEVERITIES: discoverSeverities
      DISCOVER_STATUSES: discoverStatuses
      DISCOVER_SCHEDULE: discoverSchedule
      FIXITY_SCHEDULE: fixitySchedule
      FIXITY_DAYS: string(fixityDays)
      SIGNING_KEY_ID: signing.outputs.keyId
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

module alerts 'modules/alert-topic.bicep' = {
  name: 'alert-topic'
  params: {
    location: location
    name: '${name}-alerts-${suffix}'
    functionAppId: app.outputs.id
    deadLetterAccountId: state.outputs.accountId
    deadLetterContainer: state.outputs.deadLetterContainer
    subscribe: subscribe
  }
}

module tickets 'modules/ticket-subscription.bicep' = {
  name: 'ticket-subscription'
  params: {
    location: location
    name: '${name}-tickets-${suffix}'
    stateAccountId: state.outputs.accountId
    functionAppName: app.outputs.name
    subscribe: subscribe
  }
}

module alarms 'modules/alarms.bicep' = {
  name: 'alarms'
  params: {
    location: location
    name: '${name}-${suffix}'
    workspaceId: monitoring.outputs.workspaceId
    componentId: monitoring.outputs.componentId
    email: alarmEmail
  }
}

module budget 'modules/budget.bicep' = if (monthlyBudget > 0) {
  name: 'budget'
  params: {
    name: '${name}-${suffix}'
    amount: monthlyBudget
    startDate: budgetStartDate
    email: alarmEmail
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: {
    location: location
    workspaceId: monitoring.outputs.workspaceId
  }
}

@description('Object id of the identity, which the Defender application roles are granted to.')
output identityPrincipalId string = identity.properties.principalId

@description('Name of the function app, which the package is uploaded to.')
output functionAppName string = app.outputs.name

@description('URL of the function app; its HTTP API lies under /api.')
output appUrl string = 'https://${app.outputs.hostName}'

@description('Address of the topic that takes alerts as CloudEvents, from senders with the role EventGrid Data Sender.')
output alertTopicEndpoint string = alerts.outputs.endpoint

@description('Name of the system topic of tickets, for those who subscribe by the command line.')
output ticketTopicName string = tickets.outputs.topicName

@description('Identifier of the key that signs packages.')
output signingKeyId string = signing.outputs.keyId

@description('Resource id of the state account.')
output stateAccountId string = state.outputs.accountId

@description('Name of the evidence account.')
output evidenceAccountName string = evidence.outputs.accountName

@description('Address that calls of the app come from; empty where it has no network of its own.')
output outboundAddress string = privateNetwork ? network!.outputs.outboundAddress : ''

@description('Resource id of the workspace with the logs of the app and of every access to evidence.')
output workspaceId string = monitoring.outputs.workspaceId
