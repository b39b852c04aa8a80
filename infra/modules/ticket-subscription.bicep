metadata description = 'Tells the blob function of each ticket. Without it the timer copies each result itself, minutes later.'

param location string
param name string
param stateAccountId string
param functionAppName string
param subscribe bool

resource site 'Microsoft.Web/sites@2025-03-01' existing = { name: functionAppName }

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: location
  properties: { source: stateAccountId, topicType: 'Microsoft.Storage.StorageAccounts' }
}

// The key in the address exists once the app has started with its package, so that this is for a second deployment.
resource subscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (subscribe) {
  parent: topic
  name: 'tickets'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: 'https://${site.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.copy-result&code=${listKeys('${site.id}/host/default', '2025-03-01').systemKeys.blobs_extension}'
      }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: '/blobServices/default/containers/tickets/'
    }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
}

output topicName string = topic.name
