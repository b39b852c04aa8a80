/** A text as an OData string literal, its quotes doubled. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A path with a `$filter`, encoded. */
export function filtered(path: string, filter: string): string {
  return `${path}?$filter=${encodeURIComponent(filter)}`;
}
