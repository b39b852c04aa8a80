metadata description = 'The workbook on the collector\'s own lines of telemetry and on the access log of evidence.'

param location string
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspaceId, 'evidence collector')
  location: location
  kind: 'shared'
  properties: {
    displayName: 'Evidence Collector'
    category: 'workbook'
    sourceId: workspaceId
    version: '1.0'
    serializedData: replace(loadTextContent('../workbook.json'), '{workspaceId}', workspaceId)
  }
}
