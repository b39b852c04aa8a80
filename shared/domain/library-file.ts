/** A file of the live response library, as Defender lists it; `sha256` is empty where Defender gives none. */
export interface LibraryFile {
  readonly fileName: string;
  readonly sha256: string;
  readonly createdBy: string | null;
  readonly lastUpdatedAt: string | null;
}
