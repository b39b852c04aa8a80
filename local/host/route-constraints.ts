/** Tells whether a route parameter's value is allowed. */
export type RouteConstraint = (value: string) => boolean;

/** https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints; the argument is what stands in parentheses. */
const constraintMakers: Record<string, (argument: string) => RouteConstraint> = {
  alpha: () => (value) => /^[a-z]*$/i.test(value),
  bool: () => (value) => /^(true|false)$/i.test(value),
  guid: () => (value) => /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value),
  int: () => (value) => /^[+-]?\d{1,10}$/.test(value) && Math.abs(Number(value)) < 2 ** 31,
  long: () => (value) => /^[+-]?\d{1,19}$/.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value),
  minlength: (argument) => (value) => value.length >= Number(argument),
  maxlength: (argument) => (value) => value.length <= Number(argument),
  length: (argument) => {
    const [least = 0, most = least] = argument.split(',').map(Number);
    return (value) => value.length >= least && value.length <= most;
  },
  min: (argument) => (value) => /^[+-]?\d+$/.test(value) && Number(value) >= Number(argument),
  max: (argument) => (value) => /^[+-]?\d+$/.test(value) && Number(value) <= Number(argument),
  regex: (argument) => {
    const pattern = new RegExp(argument.replaceAll('{{', '{').replaceAll('}}', '}'), 'i');
    return (value) => pattern.test(value);
  },
};

/** Reads `:int:min(1)` and the like; throws a sentence when a constraint is not among those known here. */
export function readRouteConstraints(written: string): RouteConstraint[] {
  return [...written.matchAll(/:(\w+)(?:\((.*?)\)(?=:|$))?/g)].map(([, name = '', argument = '']) => {
    const make = constraintMakers[name.toLowerCase()];
    if (make !== undefined) return make(argument);
    throw new Error(
      `A route has the constraint "${name}", which the local host does not know. It knows ${Object.keys(constraintMakers).join(', ')}.`,
    );
  });
}
