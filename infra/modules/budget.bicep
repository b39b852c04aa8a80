metadata description = 'Tells when a month costs, or is going to cost, more than was thought. It stops nothing.'

param name string

@description('What a month may cost, in the currency of the subscription.')
param amount int

@description('First day of the month that it begins in, such as 2026-03-01.')
param startDate string

@description('Who is told; empty for the owners of the resource group.')
param email string

var emails = email == '' ? [] : [email]
var roles = email == '' ? ['Owner'] : []

// The check without the compiler has no types of this provider.
#disable-next-line BCP081
resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    notifications: {
      spent80: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: emails
        contactRoles: roles
      }
      forecast100: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emails
        contactRoles: roles
      }
    }
  }
}
