import type { Collection } from '../domain/collection.ts';
import { judgeReport, type Result, type ScriptReport } from '../domain/result.ts';
import { judgeScriptOf } from '../domain/script-verdict.ts';

/** A collection as the HTTP API answers it: ids, status and reason, never a link. */
export function answerCollection(collection: Collection, url: string) {
  const {
    id,
    status,
    reason,
    alertId,
    incidentId,
    tenantId,
    machineId,
    machineName,
    severity,
    title,
    receivedAt,
    deadline,
  } = collection;
  const plan = 'plan' in collection && collection.plan !== null ? collection.plan : null;
  const sealed = 'sealed' in collection ? collection.sealed : null;
  return {
    id,
    status,
    reason,
    url,
    alertId,
    incidentId,
    tenantId,
    machineId,
    machineName,
    severity,
    title,
    receivedAt,
    deadline,
    endedAt: 'endedAt' in collection ? collection.endedAt : null,
    mergedInto: 'mergedInto' in collection ? collection.mergedInto : null,
    retryOf: collection.retryOf,
    united: collection.united,
    calledOff: collection.calledOff,
    silentSince: collection.silence?.since ?? null,
    notBefore: 'endedAt' in collection ? null : collection.notBefore,
    profile: plan === null ? null : { id: plan.profileId, title: plan.profileTitle, sha256: plan.profileSha256 },
    actionId: 'actionId' in collection ? collection.actionId : null,
    results: collection.results.map((result) => answerResult(collection, result)),
    package:
      sealed === null
        ? null
        : {
            manifestSha256: sealed.manifestSha256,
            tagmanifestSha256: sealed.tagmanifestSha256,
            sealedAt: sealed.sealedAt,
            evidenceUrl: `${url}/evidence`,
            custodyUrl: `${url}/custody`,
            reportUrl: `${url}/report`,
          },
  };
}

function answerResult(collection: Collection, result: Result) {
  const { session, index, command, subject, status, failure } = result;
  const stored =
    result.status === 'stored'
      ? { path: result.item.path, bytes: result.item.bytes, sha256: result.item.sha256 }
      : null;
  const run = result.status === 'stored' ? answerReport(result.item.report) : null;
  return { session, index, command, subject, status, failure, stored, run, script: judgeScriptOf(collection, result) };
}

/** How a script's run ended, as reported by the machine; its output is in the package. */
function answerReport(report: ScriptReport | null) {
  if (report === null) return null;
  const { exitCode, answer, reason } = report;
  return { outcome: judgeReport(report), exitCode, answer, reason };
}
