metadata description = 'Alarms on the collector\'s own lines of telemetry, and whom they tell.'

param location string
param name string
param workspaceId string
param componentId string
param email string

// Each line of the collector is one JSON object in a trace's message.
var lines = 'AppTraces | where _ResourceId =~ "${componentId}" | extend line = parse_json(Message) | where isnotempty(line.event)'

var alarms = [
  {
    name: 'timer-silent'
    title: 'The timer has not run'
    description: 'No poll in 15 minutes: nothing is started or looked after, except what alerts wake. See operate.md, The timer has not run.'
    severity: 1
    query: '${lines} | where line.event == "poll"'
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: 'collections-fail'
    title: 'Collections fail'
    description: 'A collection ended as failed. See operate.md, Collections fail.'
    severity: 2
    query: '${lines} | where line.event == "transition" and line.to == "failed"'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'collections-stuck'
    title: 'Collections are stuck'
    description: 'A collection has been at a step that waits for no machine for over an hour. See operate.md, Collections are stuck.'
    severity: 2
    query: '${lines} | where line.event == "transition" | extend collection = tostring(line.collection), state = tostring(line.to) | summarize since = min(TimeGenerated), seen = max(TimeGenerated) by collection, state | summarize arg_max(seen, state, since) by collection | where state in ("received", "copying", "sealing") and since < ago(1h)'
    operator: 'GreaterThan'
    threshold: 0
    frequency: 'PT1H'
    window: 'P2D'
  }
  {
    name: 'copies-fail'
    title: 'Results cannot be copied'
    description: 'Copies of results were refused more than five times in 15 minutes. See operate.md, Results cannot be copied.'
    severity: 2
    query: '${lines} | where line.event == "copy" and line.outcome == "refused"'
    operator: 'GreaterThan'
    threshold: 5
  }
  {
    name: 'evidence-mismatch'
    title: 'Stored evidence does not match its hashes'
    description: 'A package that was sealed is not what it was. See operate.md, Stored evidence does not match its hashes.'
    severity: 0
    query: '${lines} | where line.event == "evidence mismatch"'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'throttled'
    title: 'Defender throttles the collector'
    description: 'Defender answered 429 to more than ten calls in 15 minutes: other software uses the tenant\'s quota as well. See operate.md, Quotas.'
    severity: 3
    query: '${lines} | where line.event == "defender call" and line.status == 429'
    operator: 'GreaterThan'
    threshold: 10
  }
  {
    name: 'set-aside'
    title: 'A collection was set aside'
    description: 'A row cannot be read; its collection waits for a person. See operate.md, A collection was set aside.'
    severity: 2
    query: '${lines} | where line.event == "set aside"'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'pretender'
    title: 'Somebody sends live responses in the collector\'s name'
    description: 'A live response bears the collector\'s comment and is not its own. See operate.md, A pretender.'
    severity: 1
    query: '${lines} | where line.event == "pretender"'
    operator: 'GreaterThan'
    threshold: 0
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (email != '') {
  name: name
  location: 'global'
  properties: {
    groupShortName: 'evidence'
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource rules 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alarm in alarms: {
    name: '${name}-${alarm.name}'
    location: location
    properties: {
      displayName: 'Evidence collector: ${alarm.title}'
      description: alarm.description
      severity: alarm.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alarm.?frequency ?? 'PT5M'
      windowSize: alarm.?window ?? 'PT15M'
      criteria: {
        allOf: [
          {
            query: alarm.query
            timeAggregation: 'Count'
            operator: alarm.operator
            threshold: alarm.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: true
      actions: { actionGroups: email == '' ? [] : [people.id] }
    }
  }
]
