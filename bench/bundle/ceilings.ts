/** How large the bundles may be, in bytes, minified and gzipped: the one place. Lower them as they shrink. */
export interface Limits {
  /** This library's own code. */
  readonly own: number;
  /** With its dependencies, without the AWS client. */
  readonly all: number;
}

/** `base`: `createTracker` of `chime-delivery/core` without features. `preset`: everything that `chime-delivery` exports. */
export const ceilings: Readonly<Record<'base' | 'preset', Limits>> = {
  base: { own: 39_650, all: 56_300 },
  preset: { own: 61_200, all: 78_300 },
};

/** What is aimed at. */
export const targets: Readonly<Record<'base' | 'preset', Limits>> = {
  base: { own: 19_000, all: 37_000 },
  preset: { own: 28_000, all: 46_000 },
};
