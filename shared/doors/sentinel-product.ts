/**
 * Whether an alert in Sentinel that is none of Defender for Endpoint by its id is about machines that may be collected from
 * all the same: one of Sentinel's own rules, or one of Defender for Endpoint whose id did not come along.
 */
export function isCollectable(productName: string | null): boolean {
  return (
    productName !== null && /sentinel|defender advanced threat protection|defender for endpoint/i.test(productName)
  );
}
