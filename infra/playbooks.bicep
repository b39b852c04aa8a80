metadata description = 'Playbooks that send what fired to the collector and write the outcome to the incident, and a rule that runs one. Deploy it into the resource group of the Sentinel workspace.'
targetScope = 'resourceGroup'

param location string = resourceGroup().location

@description('First part of the names.')
@minLength(3)
@maxLength(30)
param name string = 'evidence-collector'

@description('URL of the collector: output appUrl of main.bicep.')
param collectorUrl string

@description('What the collector is asked a token for: api:// and the client id of its app registration.')
param collectorAudience string

@description('Name of the Log Analytics workspace that Sentinel is on; empty for the Defender connector alone.')
param workspaceName string = ''

@description('Severities of incidents for which evidence is collected without anybody asking.')
param severities string[] = ['High']

@description('true runs the playbook for each new incident of these severities. Sentinel needs Microsoft Sentinel Automation Contributor on this resource group for it.')
param runOnIncidents bool = false

var sentinelResponder = '3e150937-b8fe-4cfb-8069-0eaf05ecd056'
var sentinelPlaybooks = [
  { kind: 'incident', title: 'Collect evidence of an incident', definition: loadJsonContent('playbooks/incident.json') }
  { kind: 'alert', title: 'Collect evidence of an alert', definition: loadJsonContent('playbooks/alert.json') }
  { kind: 'entity', title: 'Collect evidence of a host', definition: loadJsonContent('playbooks/entity.json') }
]
var hasSentinel = workspaceName != ''

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = { name: workspaceName }

resource sentinelConnection 'Microsoft.Web/connections@2016-06-01' = if (hasSentinel) {
  name: '${name}-azuresentinel'
  location: location
  properties: {
    displayName: 'Evidence collector'
    api: { id: subscriptionResourceId('Microsoft.Web/locations/managedApis', location, 'azuresentinel') }
    #disable-next-line BCP037
    parameterValueType: 'Alternative'
  }
}

resource playbooks 'Microsoft.Logic/workflows@2019-05-01' = [
  for playbook in sentinelPlaybooks: if (hasSentinel) {
    name: '${name}-${playbook.kind}'
    location: location
    tags: { 'hidden-SentinelTemplateName': playbook.title }
    identity: { type: 'SystemAssigned' }
    properties: {
      state: 'Enabled'
      definition: playbook.definition
      parameters: {
        collectorUrl: { value: collectorUrl }
        collectorAudience: { value: collectorAudience }
        '$connections': {
          value: {
            azuresentinel: {
              connectionId: sentinelConnection.id
              connectionName: sentinelConnection.name
              id: subscriptionResourceId('Microsoft.Web/locations/managedApis', location, 'azuresentinel')
              connectionProperties: { authentication: { type: 'ManagedServiceIdentity' } }
            }
          }
        }
      }
    }
  }
]

resource mayComment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (playbook, index) in sentinelPlaybooks: if (hasSentinel) {
    scope: workspace
    name: guid(workspace.id, playbooks[index].id, sentinelResponder)
    properties: {
      principalId: playbooks[index].identity.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sentinelResponder)
    }
  }
]

resource rule 'Microsoft.SecurityInsights/automationRules@2025-09-01' = if (hasSentinel && runOnIncidents) {
  scope: workspace
  name: guid(workspace.id, name, 'collect evidence')
  properties: {
    displayName: 'Collect evidence'
    order: 100
    triggeringLogic: {
      isEnabled: true
      triggersOn: 'Incidents'
      triggersWhen: 'Created'
      conditions: [
        {
          conditionType: 'Property'
          conditionProperties: { propertyName: 'IncidentSeverity', operator: 'Equals', propertyValues: severities }
        }
      ]
    }
    actions: [
      {
        order: 1
        actionType: 'RunPlaybook'
        actionConfiguration: { logicAppResourceId: playbooks[0].id, tenantId: tenant().tenantId }
      }
    ]
  }
}

// For those without Sentinel: the connector of Defender for Endpoint fires for each alert. A person signs its connection in once.
resource defenderConnection 'Microsoft.Web/connections@2016-06-01' = if (!hasSentinel) {
  name: '${name}-wdatp'
  location: location
  properties: {
    displayName: 'Evidence collector'
    api: { id: subscriptionResourceId('Microsoft.Web/locations/managedApis', location, 'wdatp') }
  }
}

resource defenderPlaybook 'Microsoft.Logic/workflows@2019-05-01' = if (!hasSentinel) {
  name: '${name}-defender'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    state: 'Enabled'
    definition: loadJsonContent('playbooks/defender-connector.json')
    parameters: {
      collectorUrl: { value: collectorUrl }
      collectorAudience: { value: collectorAudience }
      '$connections': {
        value: {
          wdatp: {
            connectionId: defenderConnection.id
            connectionName: defenderConnection.name
            id: subscriptionResourceId('Microsoft.Web/locations/managedApis', location, 'wdatp')
          }
        }
      }
    }
  }
}

@description('Object ids of the playbooks\' identities, to which the role Submit of the collector\'s app registration is granted.')
output playbookPrincipalIds array = [
  for (playbook, index) in sentinelPlaybooks: hasSentinel ? playbooks[index].identity.principalId : ''
]

@description('The same for the playbook of the Defender connector; empty where Sentinel is used.')
output defenderPlaybookPrincipalId string = hasSentinel ? '' : defenderPlaybook.identity.principalId
