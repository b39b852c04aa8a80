import type { PackedDocument } from '../domain/collection.ts';
import { placeDocument } from '../domain/evidence-path.ts';
import { listNotRequested } from '../domain/explain-plan.ts';
import { type PlanningBasis, writePackedPlan } from '../domain/packed-plan.ts';
import { type Plan, planSchema } from '../domain/plan.ts';
import type { Ports } from './ports.ts';

/** Writes the plan into the package before anything is run; if one is there already, that one is the plan. */
export async function packPlan(
  ports: Ports,
  collectionId: string,
  plan: Plan,
  basis: PlanningBasis,
): Promise<{ readonly plan: Plan; readonly document: PackedDocument }> {
  const path = placeDocument('plan');
  const text = writePackedPlan(ports.version, plan, basis, listNotRequested(plan, basis.alert.files));
  const stored = await ports.evidence.putText(collectionId, path, text);
  const document = { path, bytes: stored.bytes, sha256: stored.sha256 };
  if (stored.text === text) return { plan, document };
  const first: unknown = JSON.parse(stored.text);
  const inside = typeof first === 'object' && first !== null && 'plan' in first ? first.plan : null;
  return { plan: planSchema.parse(inside), document };
}
