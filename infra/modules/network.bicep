metadata description = 'A network for the app: what it stores and signs with has addresses in it alone, and what it calls outside sees one address.'

param location string
param name string
param stateAccountId string
param evidenceAccountId string
param vaultId string

@description('Addresses of the network, at least a /25 that no network uses which is to be joined to it.')
param addressPrefix string

var storageSuffix = environment().suffixes.storage
var zoneNames = [
  'privatelink.blob.${storageSuffix}'
  'privatelink.queue.${storageSuffix}'
  'privatelink.table.${storageSuffix}'
  'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
]
var targets = [
  { name: 'state-blob', id: stateAccountId, kind: 'blob', zone: 0 }
  { name: 'state-queue', id: stateAccountId, kind: 'queue', zone: 1 }
  { name: 'state-table', id: stateAccountId, kind: 'table', zone: 2 }
  { name: 'evidence-blob', id: evidenceAccountId, kind: 'blob', zone: 0 }
  { name: 'vault', id: vaultId, kind: 'vault', zone: 3 }
]

// A subnet gives no way out by itself any more, and Defender is outside.
resource address 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: '${name}-outbound'
  location: location
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource gateway 'Microsoft.Network/natGateways@2025-05-01' = {
  name: name
  location: location
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: address.id }] }
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: name
  location: location
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          defaultOutboundAccess: false
          natGateway: { id: gateway.id }
          // What the Flex Consumption plan wants, in place of App Service's Microsoft.Web/serverFarms.
          delegations: [{ name: 'flex-consumption', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 27, 2)
          defaultOutboundAccess: false
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }

  resource app 'subnets' existing = { name: 'app' }
  resource endpoints 'subnets' existing = { name: 'endpoints' }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zoneName in zoneNames: {
    name: zoneName
    location: 'global'
  }
]

// Results of Defender lie in accounts of others: a name that these zones do not hold is asked for outside.
resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zoneName, index) in zoneNames: {
    parent: zones[index]
    name: name
    location: 'global'
    properties: {
      registrationEnabled: false
      resolutionPolicy: 'NxDomainRedirect'
      virtualNetwork: { id: network.id }
    }
  }
]

resource privateEndpoints 'Microsoft.Network/privateEndpoints@2025-05-01' = [
  for target in targets: {
    name: '${name}-${target.name}'
    location: location
    properties: {
      subnet: { id: network::endpoints.id }
      privateLinkServiceConnections: [
        { name: target.name, properties: { privateLinkServiceId: target.id, groupIds: [target.kind] } }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [
  for (target, index) in targets: {
    parent: privateEndpoints[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: target.kind, properties: { privateDnsZoneId: zones[target.zone].id } }]
    }
    dependsOn: [links]
  }
]

output appSubnetId string = network::app.id
output outboundAddress string = address.properties.ipAddress
