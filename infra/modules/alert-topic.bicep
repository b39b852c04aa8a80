metadata description = 'An Event Grid topic that takes alerts, for senders that have no HTTP call of their own to make.'

param location string
param name string
param functionAppId string
param deadLetterAccountId string
param deadLetterContainer string
param subscribe bool

var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource deadLetterAccount 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: last(split(deadLetterAccountId, '/'))

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource container 'containers' existing = { name: deadLetterContainer }
  }
}

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: name
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
  }
}

resource mayStoreDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: deadLetterAccount::blobs::container
  name: guid(deadLetterAccount::blobs::container.id, topic.id, storageBlobDataContributor)
  properties: {
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
  }
}

// The function exists only after the package was uploaded, so that this is for a second deployment.
resource subscription 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = if (subscribe) {
  parent: topic
  name: 'alerts'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    destination: {
      endpointType: 'AzureFunction'
      properties: { resourceId: '${functionAppId}/functions/receive-event', maxEventsPerBatch: 1 }
    }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: deadLetterAccountId, blobContainerName: deadLetterContainer }
      }
    }
  }
  dependsOn: [mayStoreDeadLetters]
}

output topicId string = topic.id
output endpoint string = topic.properties.endpoint
